;; --passes=roundtrip-ssa. Nobody wants the results of sub128, so its operands
;; were not counted as uses; yet it was emitted, and what the store reads was
;; not assigned.
(module
  (memory (export "m") i64 1)
  (func (export "f") (param i64) (local i64)
    (local.set 1 (local.get 0))
    (i64.store (local.get 1) (i64.const 1))
    (i64.sub128 (i64.const 0) (i64.const 0) (local.get 1) (i64.const 0))
    drop
    drop))
