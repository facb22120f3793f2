;; --passes=roundtrip-ssa. What a legacy catch receives is on the stack first of
;; all; nothing can come below it.
(module
  (tag $t (param i32))
  (func (export "f") (param $c i32) (result i32) (local $x i32)
    try (result i32)
      local.get $c
      throw $t
    catch $t
      local.set $x
      i32.const 10
      local.get $x
      i32.sub
    end))
