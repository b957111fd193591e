a = 
b = [1, 2
c = "ok"
d {
  e = 1 2
  f = )
}
g = "\z"
