#include "check/random.h"

namespace weft::check {

uint64_t ByteSource::Given(int n) {
  uint64_t value = 0;
  for (int i = 0; i < n && pos_ != end_; ++i) {
    value |= uint64_t{*pos_++} << (8 * i);
  }
  return value;
}

}  // namespace weft::check
