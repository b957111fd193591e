# Every structural form of the syntax.
// a line comment of the other kind
/* an inline
   comment */
attribute = "value"
with-hyphen_and_underscore = 1
größe = 2
empty {}
one_line { argument = true }
bare label {
}
mixed "quoted" bare "with \"escapes\" and \u00e9" {
  nested "deeper" {
    attribute = null
  }

  nested "again" {}
}
after /* between */ "x" /* words */ { # behind the brace
  a = 1 # behind an argument
} // behind a block
