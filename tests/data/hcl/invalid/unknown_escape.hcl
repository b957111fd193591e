a = "b\qc"
