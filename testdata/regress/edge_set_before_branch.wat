;; --passes=rules, --passes=roundtrip-ssa. What the end of a block assigns to a
;; local was assigned before a branch to the same end that assigns another
;; value: the branch was among what is computed for the stack.
(module
  (tag $e)
  (func $take (param i32))
  (func $pass (param i32) (result i32)
    local.get 0)
  (func $throw (param i32) (result i32)
    local.get 0
    if
      throw $e
    end
    i32.const 6)
  ;; The argument that br_if leaves behind.
  (func (export "constant") (result v128)
    (local i64 v128)
    (call $take
      (i64.lt_u
        (block (result i64)
          (local.set 0 (br_if 0 (i64.const 1048577) (i32.const 0)))
          (local.set 1
            (select
              (v128.const i32x4 1 0 0 0)
              (v128.const i32x4 0 0 0 0)
              (i32.const 1)))
          (local.get 0))
        (local.get 0)))
    (local.get 1))
  ;; A value computed before the branch, for what is behind it.
  (func (export "computed") (param i32) (result i32)
    (local i32 i32)
    (block $x (result i32)
      (local.set 1 (i32.const 77))
      (local.set 2 (i32.mul (local.get 0) (local.get 0)))
      (br_if $x (i32.const 5) (i32.eq (local.get 0) (i32.const 9)))
      (local.set 1 (local.get 2)))
    (i32.add (i32.mul (local.get 1) (i32.const 100))))
  ;; A block for the stack that may leave the outer one.
  (func (export "nested") (param i32) (result i32)
    (local i32 i32)
    (block $x (result i32)
      (local.set 2 (call $pass (i32.const 3)))
      (block $y (result i32)
        (local.set 1 (i32.const 50))
        (br_if $y (i32.const 7) (i32.eqz (local.get 0)))
        (drop)
        (local.set 1 (i32.const 70))
        (br $x (i32.const 8)))
      (local.set 1 (local.get 2)))
    (i32.add (i32.mul (local.get 1) (i32.const 100))))
  ;; A call for the stack that may throw to the same end.
  (func (export "thrown") (param i32) (result i32)
    (local i32 i32)
    (local.set 1 (i32.const 9))
    (block $x
      (try_table (catch $e $x)
        (local.set 2 (call $throw (local.get 0)))
        (local.set 1 (i32.const 4))
        (br $x)))
    (i32.add (local.get 2) (i32.mul (local.get 1) (i32.const 100)))))
