;; --passes=simplify-branches. The arm that a constant leaves over branches
;; away, so nothing comes to the end of the if any more.
(module
  (func (export "f") (param i32) (result i32)
    i32.const 8
    if (result i32)
      i32.const 5
      i32.const 1
      br_if 1
    else
      i32.const 7
    end
    i32.const 1
    i32.add))
