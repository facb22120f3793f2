// Hash-consing of recursion groups, as in ir/wasm/canonical_types.cc: inside a
// group a reference is its distance from the group's begin, outside it is the
// TypeId, so that groups compare without following references. Groups come in
// order; what they refer to outside has its id already.
#include "exec/runtime/type_registry.h"

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <new>
#include <type_traits>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "absl/status/status.h"
#include "base/check.h"
#include "exec/runtime/size_classes.h"
#include "exec/runtime/struct_layout.h"
#include "ir/wasm/module.h"

namespace weft::exec {
namespace {

using wasm::HeapType;
using wasm::SubType;
using wasm::TypeIndex;
using wasm::ValueType;

static_assert(std::is_trivially_destructible_v<RuntimeType>);

constexpr size_t kMaxSignature = 1000;

StorageKind StorageKindOf(const wasm::StorageType& storage) {
  switch (storage.packed) {
    case wasm::StorageType::kI8:
      return StorageKind::kI8;
    case wasm::StorageType::kI16:
      return StorageKind::kI16;
    case wasm::StorageType::kNotPacked:
      break;
  }
  switch (storage.value.kind()) {
    case ValueType::kI32:
      return StorageKind::kI32;
    case ValueType::kI64:
      return StorageKind::kI64;
    case ValueType::kF32:
      return StorageKind::kF32;
    case ValueType::kF64:
      return StorageKind::kF64;
    case ValueType::kV128:
      return StorageKind::kV128;
    case ValueType::kRef:
      return StorageKind::kRef;
    case ValueType::kNone:
    case ValueType::kBottom:
      break;
  }
  CheckFailed(__FILE__, __LINE__, "a storage type");
}

RuntimeType::Kind KindOf(SubType::Kind kind) {
  switch (kind) {
    case SubType::kFunc:
      return RuntimeType::kFunc;
    case SubType::kStruct:
      return RuntimeType::kStruct;
    case SubType::kArray:
      return RuntimeType::kArray;
  }
  CheckFailed(__FILE__, __LINE__, "a kind of types");
}

// A recursion group as its module has it.
struct Group {
  absl::Span<const SubType> types;  // Its own.
  TypeIndex begin = 0;              // Index of the first.
  // By type index, for those before the group; null when indices are TypeIds.
  const TypeId* ids = nullptr;

  bool Contains(TypeIndex index) const { return index - begin < types.size(); }
  TypeId IdOf(TypeIndex index) const {
    return ids == nullptr ? index : ids[index];
  }
};

// Memory that lives as long as the registry.
class Arena {
 public:
  template <typename T>
  absl::Span<T> Allocate(size_t count) {
    static_assert(alignof(T) <= 8 && std::is_trivially_destructible_v<T>);
    if (count == 0) return {};
    const size_t bytes = (count * sizeof(T) + 7) & ~size_t{7};
    if (bytes > left_) {
      left_ = std::max(bytes, kChunkBytes);
      chunks_.push_back(std::make_unique<uint64_t[]>(left_ / 8));
      next_ = reinterpret_cast<uint8_t*>(chunks_.back().get());
    }
    T* const begin = reinterpret_cast<T*>(next_);
    std::uninitialized_value_construct_n(begin, count);
    next_ += bytes;
    left_ -= bytes;
    return absl::MakeSpan(begin, count);
  }

 private:
  static constexpr size_t kChunkBytes = 16 << 10;

  std::vector<std::unique_ptr<uint64_t[]>> chunks_;
  uint8_t* next_ = nullptr;
  size_t left_ = 0;
};

// What is compared of a reference to a defined type: the distance inside the
// group, odd, or the id outside, even.
uint64_t IndexKey(const Group& group, TypeIndex index) {
  if (group.Contains(index)) return uint64_t{index - group.begin} << 1 | 1;
  return uint64_t{group.IdOf(index)} << 1;
}
uint64_t IndexKey(const RuntimeType& type, TypeId id) {
  const TypeId distance = id - type.group_begin;
  if (distance < type.group_size) return uint64_t{distance} << 1 | 1;
  return uint64_t{id} << 1;
}

template <typename Owner>
uint64_t ValueKey(const Owner& owner, ValueType type) {
  if (!type.is_ref() || !type.heap().is_defined()) return type.bits();
  const ValueType bare = ValueType::Ref(HeapType::Defined(0), type.nullable());
  return bare.bits() | (IndexKey(owner, type.heap().index()) + 1) << 32;
}

template <typename Owner>
uint64_t FieldKey(const Owner& owner, ValueType type, StorageKind kind,
                  bool is_mutable) {
  // Bits 4 to 7 of a value type are free.
  return ValueKey(owner, type) ^ uint64_t { static_cast<uint8_t>(kind) } << 4 ^
         uint64_t { is_mutable } << 7;
}
uint64_t FieldKey(const Group& group, const wasm::FieldType& field) {
  return FieldKey(group, field.storage.value, StorageKindOf(field.storage),
                  field.is_mutable);
}

uint64_t SuperKey(const Group& group, const SubType& type) {
  return type.super == wasm::kNoIndex ? 0 : IndexKey(group, type.super);
}
uint64_t SuperKey(const RuntimeType& type) {
  return type.super() == 0 ? 0 : IndexKey(type, type.super());
}

uint64_t HashGroup(const Group& group) {
  uint64_t hash = group.types.size();
  const auto mix = [&hash](uint64_t value) {
    hash = absl::HashOf(hash, value);
  };
  for (const SubType& type : group.types) {
    mix(uint64_t{type.kind} << 1 | (type.is_final ? 1 : 0));
    mix(SuperKey(group, type));
    mix(type.params.size());
    for (ValueType value : type.params) mix(ValueKey(group, value));
    mix(type.results.size());
    for (ValueType value : type.results) mix(ValueKey(group, value));
    mix(type.fields.size());
    for (const wasm::FieldType& field : type.fields) {
      mix(FieldKey(group, field));
    }
  }
  return hash;
}

bool SameValues(const RuntimeType& type, absl::Span<const ValueType> values,
                const Group& group, absl::Span<const ValueType> others) {
  return std::equal(values.begin(), values.end(), others.begin(), others.end(),
                    [&](ValueType a, ValueType b) {
                      return ValueKey(type, a) == ValueKey(group, b);
                    });
}

bool SameFields(const RuntimeType& type, const Group& group,
                const SubType& other) {
  const absl::Span<const FieldLayout> fields =
      type.is_array ? absl::MakeConstSpan(&type.element, 1) : type.fields;
  return std::equal(fields.begin(), fields.end(), other.fields.begin(),
                    other.fields.end(),
                    [&](const FieldLayout& a, const wasm::FieldType& b) {
                      return FieldKey(type, a.type, a.kind, a.is_mutable) ==
                             FieldKey(group, b);
                    });
}

bool SameType(const RuntimeType& type, const Group& group,
              const SubType& other) {
  return type.kind == KindOf(other.kind) && type.is_final == other.is_final &&
         SuperKey(type) == SuperKey(group, other) &&
         SameValues(type, type.params, group, other.params) &&
         SameValues(type, type.results, group, other.results) &&
         SameFields(type, group, other);
}

}  // namespace

class TypeRegistry::Impl {
 public:
  explicit Impl(TypeRegistry& registry) : registry_(registry) {}

  ~Impl() {
    for (RuntimeType* chunk : chunks_) ::operator delete(chunk);
  }

  // The id of the group's first type; the others follow.
  absl::StatusOr<TypeId> Intern(const Group& group) {
    const uint64_t hash = HashGroup(group);
    const TypeId next = registry_.size();
    const auto it = first_.find(hash);
    TypeId last = 0;  // Of the groups with this hash; almost always one.
    for (TypeId id = it == first_.end() ? 0 : it->second; id != 0;) {
      if (Same(id, group)) return id;
      last = id;
      const auto following = next_.find(id);
      id = following == next_.end() ? 0 : following->second;
    }
    if (group.types.size() > registry_.max_types_ + size_t{1} - next) {
      return absl::ResourceExhaustedError("too many types in one engine");
    }
    Add(group, next);
    if (last == 0) {
      first_[hash] = next;
    } else {
      next_[last] = next;
    }
    return next;
  }

  std::mutex mutex;

 private:
  bool Same(TypeId id, const Group& group) const {
    if (registry_.Get(id).group_size != group.types.size()) return false;
    for (size_t i = 0; i < group.types.size(); ++i) {
      if (!SameType(registry_.Get(id + i), group, group.types[i])) return false;
    }
    return true;
  }

  void Add(const Group& group, TypeId begin) {
    const uint32_t size = group.types.size();
    for (uint32_t i = 0; i < size; ++i) {
      RuntimeType& type = NewType(begin + i);
      type.group_begin = begin;
      type.group_size = size;
      Fill(group, group.types[i], type);
    }
    registry_.size_.store(begin + size, std::memory_order_release);
  }

  RuntimeType& NewType(TypeId id) {
    std::atomic<RuntimeType*>& slot = registry_.chunks_[id >> kChunkBits];
    RuntimeType* chunk = slot.load(std::memory_order_relaxed);
    if (chunk == nullptr) {
      chunk = static_cast<RuntimeType*>(
          ::operator new(kChunkSize * sizeof(RuntimeType)));
      chunks_.push_back(chunk);
      slot.store(chunk, std::memory_order_relaxed);
    }
    RuntimeType* const type = new (chunk + (id & (kChunkSize - 1))) RuntimeType;
    type->id = id;
    return *type;
  }

  void Fill(const Group& group, const SubType& from, RuntimeType& type) {
    type.kind = KindOf(from.kind);
    type.is_final = from.is_final;
    type.is_array = type.kind == RuntimeType::kArray;
    SetDisplay(group, from, type);
    type.params = Values(group, from.params, type);
    type.results = Values(group, from.results, type);
    type.param_slot = Slots(type.params, &type.param_slots);
    type.result_slot = Slots(type.results, &type.result_slots);
    switch (type.kind) {
      case RuntimeType::kFunc:
        LayOutException(group, type);
        break;
      case RuntimeType::kStruct:
        LayOutStruct(group, from, type);
        break;
      case RuntimeType::kArray:
        type.element = Field(group, from.fields[0], kArrayElementsOffset, type);
        type.traces_elements = IsTraced(group, from.fields[0].storage.value);
        break;
    }
    type.size_class = SizeClass(type.object_bytes);
  }

  TypeId IdOf(const Group& group, TypeIndex index, TypeId group_begin) const {
    return group.Contains(index) ? group_begin + (index - group.begin)
                                 : group.IdOf(index);
  }

  ValueType Value(const Group& group, ValueType value,
                  const RuntimeType& owner) const {
    if (!value.is_ref() || !value.heap().is_defined()) return value;
    const TypeId id = IdOf(group, value.heap().index(), owner.group_begin);
    return ValueType::Ref(HeapType::Defined(id), value.nullable());
  }

  absl::Span<const ValueType> Values(const Group& group,
                                     absl::Span<const ValueType> values,
                                     const RuntimeType& owner) {
    const auto result = arena_.Allocate<ValueType>(values.size());
    for (size_t i = 0; i < values.size(); ++i) {
      result[i] = Value(group, values[i], owner);
    }
    return result;
  }

  absl::Span<const uint16_t> Slots(absl::Span<const ValueType> values,
                                   uint16_t* total) {
    const auto result = arena_.Allocate<uint16_t>(values.size());
    *total = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      result[i] = *total;
      *total += SlotsOf(values[i]);
    }
    return result;
  }

  void SetDisplay(const Group& group, const SubType& from, RuntimeType& type) {
    absl::Span<const TypeId> above;
    if (from.super != wasm::kNoIndex) {
      const RuntimeType& super =
          registry_.Get(IdOf(group, from.super, type.group_begin));
      above = absl::MakeConstSpan(super.display, super.depth + 1u);
    }
    type.depth = above.size();
    const auto display = arena_.Allocate<TypeId>(above.size() + 1);
    std::copy(above.begin(), above.end(), display.begin());
    display.back() = type.id;
    type.display = display.data();
  }

  // Whether the collector has to follow references of this type: not to
  // functions.
  bool IsTraced(const Group& group, ValueType value) const {
    if (!value.is_ref()) return false;
    const HeapType heap = value.heap();
    if (!heap.is_defined()) {
      return heap != HeapType::kFunc && heap != HeapType::kNoFunc;
    }
    if (group.Contains(heap.index())) {
      return group.types[heap.index() - group.begin].kind != SubType::kFunc;
    }
    return registry_.Get(group.IdOf(heap.index())).kind != RuntimeType::kFunc;
  }

  FieldLayout Field(const Group& group, const wasm::FieldType& field,
                    uint32_t offset, const RuntimeType& owner) const {
    return {offset, StorageKindOf(field.storage), field.is_mutable,
            Value(group, field.storage.value, owner)};
  }

  void LayOutStruct(const Group& group, const SubType& from,
                    RuntimeType& type) {
    StructLayout layout;
    const auto fields = arena_.Allocate<FieldLayout>(from.fields.size());
    traced_.clear();
    for (size_t i = 0; i < fields.size(); ++i) {
      const wasm::FieldType& field = from.fields[i];
      const uint32_t offset = layout.Add(StorageKindOf(field.storage));
      fields[i] = Field(group, field, offset, type);
      if (IsTraced(group, field.storage.value)) traced_.push_back(offset);
    }
    type.fields = fields;
    type.object_bytes = layout.bytes();
    SetTraced(type);
  }

  void LayOutException(const Group& group, RuntimeType& type) {
    type.object_bytes =
        kExceptionPayloadOffset + type.param_slots * uint32_t{sizeof(Slot)};
    traced_.clear();
    const std::vector<ValueType>& params =
        group.types[type.id - type.group_begin].params;
    for (size_t i = 0; i < params.size(); ++i) {
      if (!IsTraced(group, params[i])) continue;
      traced_.push_back(kExceptionPayloadOffset +
                        type.param_slot[i] * uint32_t{sizeof(Slot)});
    }
    SetTraced(type);
  }

  void SetTraced(RuntimeType& type) {
    std::sort(traced_.begin(), traced_.end());
    const auto traced = arena_.Allocate<uint32_t>(traced_.size());
    std::copy(traced_.begin(), traced_.end(), traced.begin());
    type.traced = traced.data();
    type.num_traced = traced.size();
  }

  TypeRegistry& registry_;
  Arena arena_;
  std::vector<RuntimeType*> chunks_;
  std::vector<uint32_t> traced_;
  // First type of the first group of each hash, and of the next one in its
  // chain.
  absl::flat_hash_map<uint64_t, TypeId> first_;
  absl::flat_hash_map<TypeId, TypeId> next_;
};

TypeRegistry::TypeRegistry(uint32_t max_types)
    : max_types_(max_types), impl_(std::make_unique<Impl>(*this)) {
  WEFT_CHECK(max_types < kMaxTypes);
}
TypeRegistry::~TypeRegistry() = default;

absl::StatusOr<std::vector<TypeId>> TypeRegistry::Register(
    const wasm::Module& module) {
  return Register(absl::MakeConstSpan(module.types));
}

absl::StatusOr<std::vector<TypeId>> TypeRegistry::Register(
    absl::Span<const SubType> types) {
  std::vector<TypeId> ids(types.size());
  const std::lock_guard<std::mutex> lock(impl_->mutex);
  for (TypeIndex begin = 0; begin < types.size();) {
    const uint32_t size = types[begin].group_size;
    const Group group = {types.subspan(begin, size), begin, ids.data()};
    const absl::StatusOr<TypeId> id = impl_->Intern(group);
    if (!id.ok()) return id.status();
    for (uint32_t i = 0; i < size; ++i) ids[begin + i] = *id + i;
    begin += size;
  }
  return ids;
}

absl::StatusOr<TypeId> TypeRegistry::RegisterFunc(
    absl::Span<const ValueType> params, absl::Span<const ValueType> results) {
  if (params.size() > kMaxSignature || results.size() > kMaxSignature) {
    return absl::InvalidArgumentError(
        "a function type has at most 1000 parameters and 1000 results");
  }
  SubType type;
  type.params.assign(params.begin(), params.end());
  type.results.assign(results.begin(), results.end());
  const std::lock_guard<std::mutex> lock(impl_->mutex);
  // No TypeId reaches the group's own index.
  return impl_->Intern({absl::MakeConstSpan(&type, 1), kMaxTypes, nullptr});
}

}  // namespace weft::exec
