;; --passes=roundtrip-ssa. The value of $w is a struct wherever it is read, but
;; its local says less, and so does what is read from it.
(module
  (type $s (struct (field i32)))
  (global $g (mut (ref null $s)) (ref.null $s))
  (func $h (param anyref))
  (func (export "f") (param $c i32) (result i32) (local $w anyref)
    global.get $g
    loop (param (ref null $s))
      local.set $w
      (struct.new $s (i32.const 1))
      local.get $c
      i32.const 1
      i32.sub
      local.tee $c
      i32.const 0
      i32.gt_s
      br_if 0
      drop
    end
    local.get $w
    call $h
    local.get $w
    ref.is_null))
