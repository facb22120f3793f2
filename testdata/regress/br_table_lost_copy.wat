;; --passes=roundtrip-ssa. br_table gives the loop's parameter its next value,
;; which must not show where the other target reads the old one.
(module
  (func (export "f") (param $c i32) (result i32) (local $y i32) (local $n i32)
    block $exit (result i32)
      i32.const 5
      loop $l (param i32) (result i32)
        local.tee $y
        i32.const 1
        i32.add
        local.get $n
        i32.const 1
        i32.add
        local.tee $n
        local.get $c
        i32.gt_u
        br_table $l $exit
      end
    end
    i32.const 100
    i32.mul
    local.get $y
    i32.add))
