a = [for, b]
c = {for = 1, d = 2}
