a = max(b..., 1)
