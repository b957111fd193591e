a = "b ${c"
