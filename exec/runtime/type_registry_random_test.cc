// The registry against the validator's own canonical types and subtyping, on
// random type sections.
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "exec/runtime/testing_types.h"
#include "exec/runtime/type_registry.h"
#include "ir/wasm/canonical_types.h"
#include "ir/wasm/module.h"

namespace weft::exec {
namespace {

using testing::ArrayType;
using testing::FuncType;
using testing::Immutable;
using testing::Mutable;
using testing::Open;
using testing::RefTo;
using testing::StructType;
using testing::TypeList;
using wasm::HeapType;
using wasm::ValueType;

class RandomTypes {
 public:
  explicit RandomTypes(uint32_t seed) : random_(seed) {}

  TypeList Make() {
    TypeList list;
    while (list.types().size() < 60) {
      const uint32_t begin = list.types().size();
      const uint32_t size = Below(3) == 0 ? 1 + Below(4) : 1;
      std::vector<wasm::SubType> group;
      for (uint32_t i = 0; i < size; ++i) {
        group.push_back(One(list, begin, begin + size));
      }
      list.Add(group);
    }
    return list;
  }

 private:
  uint32_t Below(uint32_t end) { return random_() % end; }

  // Few choices, so that many types are equal.
  ValueType Value(uint32_t end) {
    switch (Below(4)) {
      case 0:
        return ValueType::kI32;
      case 1:
        return RefTo(HeapType::kEq, Below(2) == 0);
      default:
        return RefTo(Below(end), Below(2) == 0);
    }
  }

  wasm::SubType One(const TypeList& list, uint32_t begin, uint32_t end) {
    // A subtype that repeats its super type is valid.
    if (begin > 0 && Below(3) == 0) {
      const uint32_t super = Below(begin);
      if (list.types()[super].depth < 60) {
        return Open(list.types()[super], super);
      }
    }
    switch (Below(4)) {
      case 0:
        return Open(FuncType({Value(end)}, {Value(end)}));
      case 1:
        return Open(ArrayType(Mutable(Value(end))));
      case 2:
        return Open(StructType({Immutable(Value(end))}));
      default:
        return Open(StructType({}));
    }
  }

  std::mt19937 random_;
};

TEST(TypeRegistryRandomTest, AgreesWithTheValidator) {
  TypeRegistry registry;
  int equal = 0;
  int below = 0;
  for (uint32_t seed = 0; seed < 150; ++seed) {
    const TypeList list = RandomTypes(seed).Make();
    wasm::Module module;
    module.types.assign(list.types().begin(), list.types().end());
    module.canonical_types = wasm::CanonicalizeTypes(module.types);
    const std::vector<TypeId> ids = *registry.Register(module);
    for (uint32_t a = 0; a < ids.size(); ++a) {
      EXPECT_EQ(registry.Get(ids[a]).depth, module.types[a].depth);
      for (uint32_t b = 0; b < ids.size(); ++b) {
        const bool same =
            module.canonical_types[a] == module.canonical_types[b];
        ASSERT_EQ(ids[a] == ids[b], same) << seed << " " << a << " " << b;
        const bool subtype =
            wasm::IsSubtype(module, HeapType::Defined(a), HeapType::Defined(b));
        ASSERT_EQ(registry.IsSubtype(ids[a], ids[b]), subtype)
            << seed << " " << a << " " << b;
        equal += same;
        below += subtype;
      }
    }
  }
  // The choices above make both common.
  EXPECT_GT(equal, 150 * 60 + 5000);
  EXPECT_GT(below, equal + 5000);
}

TEST(TypeRegistryRandomTest, SectionsOneAfterTheOtherOrAsOne) {
  // The same groups in one module get the ids they got in modules of their own.
  TypeRegistry registry;
  for (uint32_t seed = 0; seed < 100; ++seed) {
    const TypeList list = RandomTypes(seed).Make();
    const std::vector<TypeId> ids = *registry.Register(list.types());
    const uint32_t before = registry.size();
    TypeList twice;
    std::vector<wasm::SubType> group;
    for (int round = 0; round < 2; ++round) {
      const uint32_t shift = twice.types().size();
      for (wasm::SubType type : list.types()) {
        const auto move = [&](ValueType& value) {
          if (!value.is_ref() || !value.heap().is_defined()) return;
          value = RefTo(value.heap().index() + shift, value.nullable());
        };
        for (ValueType& value : type.params) move(value);
        for (ValueType& value : type.results) move(value);
        for (wasm::FieldType& field : type.fields) move(field.storage.value);
        if (type.super != wasm::kNoIndex) type.super += shift;
        group.push_back(type);
        if (group.size() == type.group_size) {
          twice.Add(std::move(group));
          group.clear();
        }
      }
    }
    const std::vector<TypeId> again = *registry.Register(twice.types());
    EXPECT_EQ(registry.size(), before);
    for (uint32_t i = 0; i < again.size(); ++i) {
      ASSERT_EQ(again[i], ids[i % ids.size()]) << seed << " " << i;
    }
  }
}

}  // namespace
}  // namespace weft::exec
