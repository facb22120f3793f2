#include "exec/bytecode/function_code.h"

#include <algorithm>

namespace weft::exec {

uint32_t FunctionCode::OffsetOf(uint32_t cell) const {
  const auto behind =
      std::upper_bound(positions.begin(), positions.end(), cell,
                       [](uint32_t c, const CodePosition& position) {
                         return c < position.cell;
                       });
  return behind == positions.begin() ? 0 : std::prev(behind)->offset;
}

uint32_t FunctionCode::RegionOf(uint32_t cell) const {
  // Regions nest, and inner ones lie behind the outer: the last one that
  // begins at or before the cell is it, or one around that.
  const auto behind = std::upper_bound(
      regions.begin(), regions.end(), cell,
      [](uint32_t c, const TryRegion& region) { return c < region.begin; });
  if (behind == regions.begin()) return TryRegion::kNoParent;
  auto index = static_cast<uint32_t>(behind - regions.begin() - 1);
  while (index != TryRegion::kNoParent && cell >= regions[index].end) {
    index = regions[index].outer;
  }
  return index;
}

}  // namespace weft::exec
