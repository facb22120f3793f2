;; A function that was merged into another is still referred to by its own
;; index, while the segment that declares it names the other one.
(module
  (type (;0;) (func (param i32 externref funcref)))
  (type (;1;) (func))
  (table (;0;) 1 funcref)
  (export "a" (func 0))
  (export "t" (table 0))
  (elem (;0;) (i32.const 0) func 2)
  (elem (;1;) declare func 1 3)
  (func (;0;) (type 0) (param i32 externref funcref)
    (call 2 (i32.const 0) (ref.null extern) (ref.func 1))
    (call 2 (i32.const 0) (ref.null extern) (ref.func 3))
    (drop (local.get 0))
  )
  (func (;1;) (type 0) (param i32 externref funcref))
  (func (;2;) (type 0) (param i32 externref funcref))
  (func (;3;) (type 1))
)
