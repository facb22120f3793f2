(func f64.const nan:0xf_f f32.const 1e-46 i32.const 0x8000_0000
 v128.const f32x4 1. -inf nan 0x0.8 i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
 v128.load8_lane 0 offset=1 7 i64.const -9223372036854775808)
