;; remove-unused takes out the type [] -> [f32 i64], which a block would like
;; to have when the function passes behind it lower its body.
(module
  (type (;0;) (func (param i32) (result funcref f32 i64)))
  (type (;1;) (func (result funcref f32 i64)))
  (type (;2;) (func (result f32 i64)))
  (export "b" (func 0))
  (func (;0;) (type 0) (param i32) (result funcref f32 i64)
    (local f32 i64)
    (if (type 1) (result funcref f32 i64) (i32.const 0)
      (then
        (unreachable)
      )
      (else
        (ref.null 0)
        (f32.const 0)
        (i64.const 0)
      )
    )
    local.set 2
    local.set 1
    drop
    (ref.null func)
    (local.get 1)
    (local.get 2)
  )
)
