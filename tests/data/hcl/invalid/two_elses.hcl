a = "%{ if true }b%{ else }c%{ else }d%{ endif }"
