// The holes are disjoint and aligned to their size, as buddies. There is at
// most one of a size: a field goes to the end only when no hole is as large as
// the field, and padding before it makes smaller holes only, of those sizes
// that the end's low bits name; a hole of such a size would have taken the
// field that set the bit.
#include "exec/runtime/struct_layout.h"

#include <bit>

#include "base/check.h"

namespace weft::exec {

uint32_t StructLayout::Add(StorageKind kind) {
  const uint32_t log2 = StorageSizeLog2(kind);
  for (uint32_t i = log2; i < holes_.size(); ++i) {
    if (holes_[i] == 0) continue;
    const uint32_t offset = holes_[i];
    holes_[i] = 0;
    for (uint32_t j = log2; j < i; ++j) holes_[j] = offset + (1u << j);
    return offset;
  }
  const uint32_t align = log2 < 3 ? 1u << log2 : 8;
  while ((end_ & (align - 1)) != 0) {
    const int hole = std::countr_zero(end_);
    WEFT_DCHECK(holes_[hole] == 0);
    holes_[hole] = end_;
    end_ += 1u << hole;
  }
  const uint32_t offset = end_;
  end_ += StorageSize(kind);
  return offset;
}

}  // namespace weft::exec
