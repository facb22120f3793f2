;; --passes=simplify-branches. A delegate names the block, whose end control
;; never reaches once the if is decided.
(module
  (func (export "f") (param $c i32) (result i32)
    local.get $c
    i32.const 1
    i32.gt_u
    if
      i32.const 9
      return
    end
    block (result i32)
      try
        local.get $c
        drop
      delegate 0
      i32.const 0
      if
      else
        unreachable
      end
      i32.const 3
    end
    i32.const 1
    i32.add))
