interpolated = "a ${1 + 1} b ${"nested ${upper("deep")}"}"
unwrapped    = "${[1, 2]}"
stripped     = "a  ${~ "b" ~}  c"
conditional  = "%{ if 1 > 2 }more%{ else }less%{ endif }"
repeated     = "%{ for i, v in ["a", "b"] ~} ${i}=${v} %{~ endfor }"
heredoc = <<EOT
  kept ${upper("indent")}
%{ for v in ["x", "y"] ~}
- ${v}
%{ endfor ~}
$${not} \n
EOT
flushed = <<-EOT
    four
      six
    ${"  not counted"}

    four
  EOT
in_list = [<<A
one
A
  , <<B
two
B
]
