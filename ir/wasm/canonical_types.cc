// Hash-consing of recursion groups. A reference to a type outside its group is
// compared by canonical index, one inside by its distance from the group's
// begin, so that a group is compared without following references. Groups are
// visited in order; those before are canonical already.
#include "ir/wasm/canonical_types.h"

#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"

namespace weft::wasm {
namespace {

class Canonicalizer {
 public:
  explicit Canonicalizer(absl::Span<const SubType> types)
      : types_(types), canonical_(types.size()) {}

  std::vector<TypeIndex> Run() && {
    TypeIndex begin = 0;
    while (begin < types_.size()) {
      const uint32_t size = types_[begin].group_size;
      const TypeIndex same = Find(begin, size);
      for (uint32_t i = 0; i < size; ++i) canonical_[begin + i] = same + i;
      begin += size;
    }
    return std::move(canonical_);
  }

 private:
  // The first group equal to the one at `begin`, which is remembered when
  // there is none before it.
  TypeIndex Find(TypeIndex begin, uint32_t size) {
    const uint64_t hash = HashGroup(begin, size);
    auto [it, inserted] = first_.try_emplace(hash, begin);
    if (inserted) return begin;
    // Groups of equal hash form a chain; they are almost always equal.
    TypeIndex candidate = it->second;
    while (true) {
      if (SameGroup(candidate, begin, size)) return candidate;
      auto next = next_.find(candidate);
      if (next == next_.end()) break;
      candidate = next->second;
    }
    next_[candidate] = begin;
    return begin;
  }

  // A value type with its reference made independent of position.
  uint64_t Key(ValueType type, TypeIndex begin) const {
    if (!type.is_ref() || !type.heap().is_defined()) return type.bits();
    const uint64_t low =
        ValueType::Ref(HeapType::Defined(0), type.nullable()).bits();
    return low | (IndexKey(type.heap().index(), begin) + 1) << 32;
  }

  // Inside the group: the distance, odd; outside: the canonical index, even.
  uint64_t IndexKey(TypeIndex index, TypeIndex begin) const {
    if (index >= begin) return uint64_t{index - begin} << 1 | 1;
    return uint64_t{canonical_[index]} << 1;
  }

  uint64_t SuperKey(const SubType& type, TypeIndex begin) const {
    return type.super == kNoIndex ? kNoIndex : IndexKey(type.super, begin);
  }

  uint64_t FieldKey(const FieldType& field, TypeIndex begin) const {
    return Key(field.storage.value, begin) ^
           uint64_t { field.storage.packed } << 4 ^
           uint64_t { field.is_mutable } << 6;
  }

  uint64_t HashGroup(TypeIndex begin, uint32_t size) const {
    uint64_t hash = size;
    const auto mix = [&hash](uint64_t value) {
      hash = absl::HashOf(hash, value);
    };
    for (uint32_t i = 0; i < size; ++i) {
      const SubType& type = types_[begin + i];
      mix(uint64_t{type.kind} << 1 | (type.is_final ? 1 : 0));
      mix(SuperKey(type, begin));
      mix(type.params.size());
      for (ValueType value : type.params) mix(Key(value, begin));
      mix(type.results.size());
      for (ValueType value : type.results) mix(Key(value, begin));
      mix(type.fields.size());
      for (const FieldType& field : type.fields) mix(FieldKey(field, begin));
    }
    return hash;
  }

  bool SameGroup(TypeIndex a, TypeIndex b, uint32_t size) const {
    if (types_[a].group_size != size) return false;
    for (uint32_t i = 0; i < size; ++i) {
      if (!SameType(types_[a + i], a, types_[b + i], b)) return false;
    }
    return true;
  }

  bool SameType(const SubType& x, TypeIndex a, const SubType& y,
                TypeIndex b) const {
    if (x.kind != y.kind || x.is_final != y.is_final ||
        SuperKey(x, a) != SuperKey(y, b) ||
        x.fields.size() != y.fields.size()) {
      return false;
    }
    for (size_t i = 0; i < x.fields.size(); ++i) {
      if (FieldKey(x.fields[i], a) != FieldKey(y.fields[i], b)) return false;
    }
    return SameValues(x.params, a, y.params, b) &&
           SameValues(x.results, a, y.results, b);
  }

  bool SameValues(absl::Span<const ValueType> x, TypeIndex a,
                  absl::Span<const ValueType> y, TypeIndex b) const {
    if (x.size() != y.size()) return false;
    for (size_t i = 0; i < x.size(); ++i) {
      if (Key(x[i], a) != Key(y[i], b)) return false;
    }
    return true;
  }

  absl::Span<const SubType> types_;
  std::vector<TypeIndex> canonical_;
  // Begin of the first group of each hash, and of the next one in its chain.
  absl::flat_hash_map<uint64_t, TypeIndex> first_;
  absl::flat_hash_map<TypeIndex, TypeIndex> next_;
};

}  // namespace

std::vector<TypeIndex> CanonicalizeTypes(absl::Span<const SubType> types) {
  return Canonicalizer(types).Run();
}

}  // namespace weft::wasm
