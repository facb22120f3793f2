// The NaNs that deterministic arithmetic makes.
#ifndef WEFT_EXEC_NUMERICS_NAN_BITS_H_
#define WEFT_EXEC_NUMERICS_NAN_BITS_H_

#include <cstdint>

namespace weft::exec {

// By default the positive canonical ones, as the deterministic profile says
// (specification 4.3.3).
struct NanBits {
  uint32_t f32 = 0x7fc00000;
  uint64_t f64 = 0x7ff8000000000000;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_NUMERICS_NAN_BITS_H_
