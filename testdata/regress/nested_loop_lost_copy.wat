;; --passes=roundtrip-ssa. br_if gives the outer loop's parameter its next value;
;; when it is not taken, the inner loop reads the old one in its next iteration.
(module
  (func (export "f") (param $c i32) (result i32) (local $x i32) (local $s i32)
    i32.const 5
    loop $outer (param i32)
      local.set $x
      loop $inner
        local.get $s
        i32.const 10
        i32.mul
        local.get $x
        i32.add
        local.set $s
        i32.const 7
        local.get $s
        i32.const 9
        i32.eq
        br_if $outer
        drop
        local.get $c
        i32.const 1
        i32.sub
        local.tee $c
        i32.const 0
        i32.gt_s
        br_if $inner
      end
    end
    local.get $s))
