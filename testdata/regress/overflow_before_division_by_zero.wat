;; --passes=roundtrip-ssa. f(0, 0) traps by overflow; the operands of the
;; subtraction would be computed in the other order.
(module
  (func (export "f") (param i32 i32) (result i32) (local $a i32) (local $b i32)
    i32.const 0x80000000
    local.get 0
    i32.const 1
    i32.sub
    i32.div_s
    local.set $a
    i32.const 7
    local.get 1
    i32.div_u
    local.set $b
    local.get $b
    local.get $a
    i32.sub))
