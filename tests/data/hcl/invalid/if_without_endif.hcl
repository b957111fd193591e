a = "%{ if true }b"
