numbers  = [0, 12, 1.5, 1e3, 1.5E-3, 123456789012345678901234567890, 3.14159265358979323846]
strings  = ["", "a\nb\tc\r\"\\", "\u00e9\U0001F600", "$${a} %%{b} $ %", "$$"]
literals = [true, false, null]
arithmetic = 1 + 2 * 3 - 4 / 5 % 6
grouped    = (1 + 2) * -(3 - 4)
logic      = !true || 1 < 2 && 3 >= 3 != false == (1 > 2)
chosen     = 1 == 1 ? "yes" : 1 == 2 ? "no" : "never"
tuple = [
  1,
  [2, 3],
]
object = {
  a       = 1
  "b c"   : 2,
  (upper("d")) = 3, "${"e"}" = 4
  for2 = [for v in [1]: v]
}
access  = object.a + object["b c"] + tuple[1][0] + tuple.0
splats  = [objects.*.id, objects[*].list[0], objects[*]]
for_all = [for v in [1, 2, 3] : v * 2 if v != 2]
for_map = { for k, v in { a = 1 } : upper(k) => v }
grouped_map = { for v in ["a", "b", "a"] : v => 1... }
call    = join(",", ["a"], ["b", "c"]...)
multi_line = upper(
  "a",
)
