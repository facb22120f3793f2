// Typed 32-bit ids into dense stores, so that an id of one entity is never
// taken for that of another.
#ifndef WEFT_BASE_IDS_H_
#define WEFT_BASE_IDS_H_

#include <compare>
#include <cstdint>

namespace weft {

// An index with the type `Tag`. The default value means "none".
template <typename Tag>
struct Id {
  uint32_t index = 0xffffffffu;

  constexpr Id() = default;
  constexpr explicit Id(uint32_t i) : index(i) {}
  constexpr bool valid() const { return index != 0xffffffffu; }
  friend constexpr auto operator<=>(Id, Id) = default;

  template <typename H>
  friend H AbslHashValue(H h, Id id) {
    return H::combine(std::move(h), id.index);
  }
};

}  // namespace weft

#endif  // WEFT_BASE_IDS_H_
