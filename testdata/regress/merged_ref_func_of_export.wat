;; Of three equal functions one is exported, another referred to by a body:
;; what one is declared as, all are. --passes=merge-duplicate-functions,
;; remove-unused,dce
(module
  (type (;0;) (func))
  (type (;1;) (func (param funcref)))
  (export "a" (func 1))
  (export "b" (func 3))
  (export "c" (func 4))
  (elem (;0;) declare func 2 5)
  (func (;0;) (type 1) (param funcref))
  (func (;1;) (type 0)
    (call 0 (ref.func 5))
    (drop (i32.const 1))
  )
  (func (;2;) (type 1) (param funcref))
  (func (;3;) (type 1) (param funcref))
  (func (;4;) (type 0)
    (call 0 (ref.func 2))
    (drop (i32.const 1))
  )
  (func (;5;) (type 0))
)
