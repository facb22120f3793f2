;; A function that was merged into another is still referred to by its own
;; index, while the segment that declares it names the other one.
(module
  (type (;0;) (func))
  (export "b" (func 1))
  (elem (;0;) declare func 0 2)
  (func (;0;) (type 0)
    (unreachable)
  )
  (func (;1;) (type 0)
    (drop
      (block (result (ref func))
        (br_on_non_null 0 (ref.func 0))
        (ref.func 2)
      ))
  )
  (func (;2;) (type 0)
    (unreachable)
  )
)
