;; --passes=roundtrip-ssa. The results of a call are wanted in the other order,
;; so that the second would have to be read before it is there.
(module
  (func $g (result i32 i32)
    i32.const 3
    i32.const 4)
  (func (export "f") (param $c i32) (result i32 i32) (local $a i32) (local $b i32)
    local.get $c
    if
      call $g
      local.set $a
      local.set $b
      local.get $a
      local.get $b
      return
    end
    i32.const 8
    i32.const 9))
