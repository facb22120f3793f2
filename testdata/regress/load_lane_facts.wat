;; --passes=gvn. Both load the same byte, into different lanes of different
;; vectors.
(module
  (memory (export "m") 1)
  (data (i32.const 0) "\01\02\03\04")
  (func (export "f") (param $c i32) (result i32) (local $a v128) (local $b v128)
    (local.set $a (v128.load8_lane 0 (local.get $c)
      (v128.const i32x4 0 0 0 0)))
    (local.set $b (v128.load8_lane 5 (local.get $c)
      (v128.const i32x4 9 9 9 9)))
    (i32.add
      (i32x4.extract_lane 0 (local.get $a))
      (i32.mul (i32.const 1000) (i32x4.extract_lane 1 (local.get $b))))))
