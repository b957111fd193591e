a = "%{ for v in [1] }b"
