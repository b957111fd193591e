

a=1
long_name   = 2 # trailing
b = "x"   // another

c = {
x=1
  yyyy   = [1,2,3]
}
d=f( 1 ,2 )
  e="a${ 1+1 }b"
block   "label"   {
inner=true
      nested   {
 deep =  - 1
   }
}
oneline { a=1 }
list = [
for x in [1]:x
]
tuple = [{
a = 1
}, {
b = 2
}]
heredoc = <<-EOT
      text   stays   
    EOT
after = 1
	tab	=	1
weird = [ 1 . 0, a . b, a [0], (1) [0], ! true, 1-1, -1, - a, 1 .5 ]
chain = a ? b : c   /* kept */
