a = "abc
b = "ok"
c = "def
