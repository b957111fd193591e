a = [for b of c: d]
