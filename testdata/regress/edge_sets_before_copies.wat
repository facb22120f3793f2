;; --passes=roundtrip-ssa. On the edge back, one parameter gets the old value of
;; the other, which gets a computed one.
(module
  (func (export "f") (param $c i32) (result i32) (local $a i32) (local $b i32)
    block $x
      i32.const 5
      i32.const 7
      loop $l (param i32 i32)
        local.set $b
        local.set $a
        local.get $c
        i32.eqz
        br_if $x
        local.get $c
        i32.const 1
        i32.sub
        local.set $c
        local.get $b
        local.get $a
        i32.const 3
        i32.add
        br $l
      end
    end
    local.get $a
    i32.const 1000
    i32.mul
    local.get $b
    i32.add))
