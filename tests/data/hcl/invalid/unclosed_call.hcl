a = upper("b"
