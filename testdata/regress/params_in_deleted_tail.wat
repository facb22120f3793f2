;; --passes=simplify-branches,dce. A region with a parameter stands where control
;; never comes any more.
(module
  (func (export "f") (param i32) (result i32)
    local.get 0
    i32.const 1
    br_if 0
    drop
    block (result i32)
      i32.const 4
      local.get 0
      br_if 0
      drop
      i32.const 6
    end))
