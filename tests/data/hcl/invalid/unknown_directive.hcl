a = "%{ endfi }"
