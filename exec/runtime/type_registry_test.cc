#include "exec/runtime/type_registry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "exec/runtime/testing_types.h"

namespace weft::exec {
namespace {

using testing::ArrayType;
using testing::FuncType;
using testing::Immutable;
using testing::Mutable;
using testing::Open;
using testing::Packed;
using testing::RefTo;
using testing::StructType;
using testing::TypeList;
using wasm::HeapType;
using wasm::StorageType;
using wasm::ValueType;

std::vector<TypeId> Ids(TypeRegistry& registry, const TypeList& list) {
  absl::StatusOr<std::vector<TypeId>> ids = registry.Register(list.types());
  EXPECT_TRUE(ids.ok()) << ids.status();
  return *std::move(ids);
}

TEST(TypeRegistryTest, EqualTypesOfTwoModulesHaveEqualIds) {
  TypeRegistry registry;
  TypeList a;
  a.Add(FuncType({ValueType::kI32}, {}));
  a.Add(StructType({Mutable(ValueType::kI64)}));
  a.Add(StructType({Mutable(RefTo(1))}));
  TypeList b;
  b.Add(StructType({Mutable(ValueType::kI64)}));
  b.Add(ArrayType(Mutable(RefTo(0))));
  b.Add(StructType({Mutable(RefTo(0))}));
  b.Add(FuncType({ValueType::kI32}, {}));

  const std::vector<TypeId> x = Ids(registry, a);
  const std::vector<TypeId> y = Ids(registry, b);
  EXPECT_EQ(x, (std::vector<TypeId>{1, 2, 3}));
  EXPECT_EQ(y, (std::vector<TypeId>{2, 4, 3, 1}));
  EXPECT_EQ(registry.size(), 5u);
}

TEST(TypeRegistryTest, WhatMakesTypesDiffer) {
  TypeRegistry registry;
  TypeList list;
  list.Add(StructType({Mutable(ValueType::kI32)}));
  list.Add(StructType({Immutable(ValueType::kI32)}));
  list.Add(StructType({Packed(StorageType::kI8)}));
  list.Add(StructType({Packed(StorageType::kI16)}));
  list.Add(Open(StructType({Mutable(ValueType::kI32)})));
  list.Add(Open(StructType({Mutable(ValueType::kI32)}), 4));
  list.Add(ArrayType(Mutable(ValueType::kI32)));
  list.Add(StructType({Mutable(RefTo(0))}));
  list.Add(StructType({Mutable(RefTo(0, false))}));
  list.Add(StructType({Mutable(RefTo(1))}));
  list.Add(StructType({Mutable(RefTo(9))}));
  list.Add(FuncType({ValueType::kI32}, {}));
  list.Add(FuncType({}, {ValueType::kI32}));
  const std::vector<TypeId> ids = Ids(registry, list);
  for (size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(ids[i], i + 1);
}

TEST(TypeRegistryTest, GroupsAreEqualAsAWhole) {
  TypeRegistry registry;
  const auto pair = [](wasm::TypeIndex begin) {
    return std::vector<wasm::SubType>{StructType({Mutable(RefTo(begin + 1))}),
                                      StructType({Mutable(RefTo(begin))})};
  };
  TypeList a;
  a.Add(pair(0));
  TypeList b;
  b.Add(FuncType({}, {}));
  b.Add(pair(1));
  // Refers to itself, and to the first of the pair: three different types.
  b.Add(StructType({Mutable(RefTo(3))}));
  b.Add(StructType({Mutable(RefTo(1))}));
  const std::vector<TypeId> x = Ids(registry, a);
  const std::vector<TypeId> y = Ids(registry, b);
  EXPECT_EQ(y[1], x[0]);
  EXPECT_EQ(y[2], x[1]);
  EXPECT_NE(x[0], x[1]);
  EXPECT_NE(y[3], y[4]);
  EXPECT_NE(y[3], x[0]);
  EXPECT_NE(y[4], x[1]);
}

TEST(TypeRegistryTest, AReferenceInsideIsNotOneOutside) {
  TypeRegistry registry;
  TypeList list;
  list.Add(StructType({Mutable(RefTo(0))}));
  list.Add(StructType({Mutable(RefTo(0))}));
  list.Add(StructType({Mutable(RefTo(2))}));
  EXPECT_EQ(Ids(registry, list), (std::vector<TypeId>{1, 2, 1}));
}

TEST(TypeRegistryTest, ValueTypesHoldTypeIds) {
  TypeRegistry registry;
  TypeList filler;
  filler.Add(StructType({Mutable(ValueType::kF32)}));
  Ids(registry, filler);
  TypeList list;
  list.Add({ArrayType(Mutable(RefTo(1))),
            FuncType({RefTo(0), ValueType::kV128, RefTo(HeapType::kExtern)},
                     {RefTo(1, false), ValueType::kI64})});
  const std::vector<TypeId> ids = Ids(registry, list);
  ASSERT_EQ(ids, (std::vector<TypeId>{2, 3}));

  const RuntimeType& array = registry.Get(2);
  EXPECT_EQ(array.kind, RuntimeType::kArray);
  EXPECT_EQ(array.element.type, RefTo(3));
  EXPECT_EQ(array.element.offset, kArrayElementsOffset);
  EXPECT_FALSE(array.traces_elements);  // Functions.

  const RuntimeType& func = registry.Get(3);
  EXPECT_EQ(func.params[0], RefTo(2));
  EXPECT_EQ(func.results[0], RefTo(3, false));
  EXPECT_EQ(func.param_slots, 4);
  EXPECT_EQ(func.result_slots, 2);
  EXPECT_EQ(func.param_slot, (std::vector<uint16_t>{0, 1, 3}));
  // As the payload of an exception.
  EXPECT_EQ(func.object_bytes, 8u + 4 * 8);
  EXPECT_EQ(absl::MakeConstSpan(func.traced, func.num_traced),
            (std::vector<uint32_t>{8, 32}));
}

TEST(TypeRegistryTest, DefinedSubtypes) {
  TypeRegistry registry;
  TypeList list;
  list.Add(Open(StructType({})));
  for (uint32_t depth = 1; depth <= 63; ++depth) {
    list.Add(Open(StructType({}), depth - 1));
  }
  const wasm::TypeIndex other =
      list.Add(Open(StructType({Mutable(ValueType::kI32)}), 20));
  const std::vector<TypeId> ids = Ids(registry, list);
  for (uint32_t sub = 0; sub <= 63; ++sub) {
    EXPECT_EQ(registry.Get(ids[sub]).depth, sub);
    for (uint32_t super = 0; super <= 63; ++super) {
      EXPECT_EQ(registry.IsSubtype(ids[sub], ids[super]), super <= sub);
    }
    EXPECT_EQ(registry.IsSubtype(ids[other], ids[sub]), sub <= 20);
    EXPECT_FALSE(registry.IsSubtype(ids[sub], ids[other]));
  }
  EXPECT_EQ(registry.Get(ids[63]).super(), ids[62]);
  EXPECT_EQ(registry.Get(ids[0]).super(), 0u);
}

// A supertype's row lists everything at or below it.
TEST(TypeRegistryTest, HeapSubtypingMatrix) {
  TypeRegistry registry;
  TypeList list;
  list.Add(StructType({}));
  list.Add(ArrayType(Mutable(ValueType::kI32)));
  list.Add(FuncType({}, {}));
  const std::vector<TypeId> ids = Ids(registry, list);
  const HeapType s = HeapType::Defined(ids[0]);
  const HeapType a = HeapType::Defined(ids[1]);
  const HeapType f = HeapType::Defined(ids[2]);
  const std::vector<HeapType> all = {HeapType::kFunc,
                                     HeapType::kNoFunc,
                                     HeapType::kExtern,
                                     HeapType::kNoExtern,
                                     HeapType::kAny,
                                     HeapType::kEq,
                                     HeapType::kI31,
                                     HeapType::kStruct,
                                     HeapType::kArray,
                                     HeapType::kNone,
                                     HeapType::kExn,
                                     HeapType::kNoExn,
                                     s,
                                     a,
                                     f};
  const std::vector<std::pair<HeapType, std::vector<HeapType>>> rows = {
      {HeapType::kFunc, {HeapType::kNoFunc, f}},
      {HeapType::kNoFunc, {}},
      {HeapType::kExtern, {HeapType::kNoExtern}},
      {HeapType::kNoExtern, {}},
      {HeapType::kAny,
       {HeapType::kEq, HeapType::kI31, HeapType::kStruct, HeapType::kArray,
        HeapType::kNone, s, a}},
      {HeapType::kEq,
       {HeapType::kI31, HeapType::kStruct, HeapType::kArray, HeapType::kNone, s,
        a}},
      {HeapType::kI31, {HeapType::kNone}},
      {HeapType::kStruct, {HeapType::kNone, s}},
      {HeapType::kArray, {HeapType::kNone, a}},
      {HeapType::kNone, {}},
      {HeapType::kExn, {HeapType::kNoExn}},
      {HeapType::kNoExn, {}},
      {s, {HeapType::kNone}},
      {a, {HeapType::kNone}},
      {f, {HeapType::kNoFunc}},
  };
  ASSERT_EQ(rows.size(), all.size());
  for (const auto& [super, below] : rows) {
    for (const HeapType sub : all) {
      const bool want = sub == super || std::find(below.begin(), below.end(),
                                                  sub) != below.end();
      EXPECT_EQ(registry.IsSubtype(sub, super), want)
          << sub.bits() << " <: " << super.bits();
    }
  }
}

TEST(TypeRegistryTest, ValueSubtyping) {
  TypeRegistry registry;
  EXPECT_TRUE(registry.IsSubtype(ValueType::kI32, ValueType::kI32));
  EXPECT_FALSE(registry.IsSubtype(ValueType::kI32, ValueType::kI64));
  EXPECT_FALSE(registry.IsSubtype(ValueType::kI32, RefTo(HeapType::kAny)));
  EXPECT_TRUE(registry.IsSubtype(RefTo(HeapType::kI31, false),
                                 RefTo(HeapType::kEq, true)));
  EXPECT_FALSE(registry.IsSubtype(RefTo(HeapType::kI31, true),
                                  RefTo(HeapType::kEq, false)));
  EXPECT_TRUE(registry.TopType(HeapType::kNone) == HeapType::kAny);
  EXPECT_TRUE(registry.TopType(HeapType::kNoFunc) == HeapType::kFunc);
  EXPECT_TRUE(registry.TopType(HeapType::kNoExtern) == HeapType::kExtern);
  EXPECT_TRUE(registry.TopType(HeapType::kNoExn) == HeapType::kExn);
}

TEST(TypeRegistryTest, FunctionTypesOfTheHost) {
  TypeRegistry registry;
  TypeList list;
  list.Add(StructType({}));
  list.Add(FuncType({RefTo(0), ValueType::kI32}, {ValueType::kF64}));
  list.Add({FuncType({RefTo(2)}, {})});
  const std::vector<TypeId> ids = Ids(registry, list);
  const absl::StatusOr<TypeId> same = registry.RegisterFunc(
      {RefTo(ids[0]), ValueType::kI32}, {ValueType::kF64});
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(*same, ids[1]);
  const absl::StatusOr<TypeId> recursive =
      registry.RegisterFunc({RefTo(ids[2])}, {});
  ASSERT_TRUE(recursive.ok());
  EXPECT_NE(*recursive, ids[2]);
  EXPECT_TRUE(registry.Get(*recursive).is_final);

  const std::vector<ValueType> many(1001, ValueType::kI32);
  EXPECT_EQ(registry.RegisterFunc(many, {}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(registry.RegisterFunc({}, many).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(TypeRegistryTest, AMillionTypesInAsManyGroups) {
  TypeRegistry registry;
  TypeList list;
  list.Add(StructType({Mutable(ValueType::kI32)}));
  for (uint32_t i = 1; i < 1000000; ++i) {
    list.Add(StructType({Mutable(RefTo(i - 1))}));
  }
  const std::vector<TypeId> ids = Ids(registry, list);
  EXPECT_EQ(ids.back(), 1000000u);
  EXPECT_EQ(Ids(registry, list), ids);
  EXPECT_EQ(registry.size(), 1000001u);
}

TEST(TypeRegistryTest, AMillionTypesInOneGroup) {
  TypeRegistry registry;
  std::vector<wasm::SubType> group;
  for (uint32_t i = 0; i < 1000000; ++i) {
    group.push_back(ArrayType(Mutable(RefTo(999999 - i))));
  }
  TypeList list;
  list.Add(std::move(group));
  const std::vector<TypeId> ids = Ids(registry, list);
  EXPECT_EQ(ids.back(), 1000000u);
  EXPECT_EQ(Ids(registry, list), ids);
}

TEST(TypeRegistryTest, MoreTypesThanAllowed) {
  TypeRegistry registry(3);
  TypeList list;
  list.Add(StructType({}));
  list.Add({StructType({}), StructType({})});
  const std::vector<TypeId> ids = Ids(registry, list);
  EXPECT_EQ(registry.RegisterFunc({}, {}).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Ids(registry, list), ids);
  EXPECT_EQ(registry.size(), 4u);
}

TEST(TypeRegistryTest, ThreadsGetTheSameIds) {
  TypeRegistry registry;
  TypeList list;
  list.Add(Open(StructType({})));
  for (uint32_t i = 1; i < 5000; ++i) {
    list.Add(i % 50 == 0 ? Open(StructType({Mutable(RefTo(i - 1))}))
                         : Open(StructType({}), i % 50 == 1 ? 0 : i - 1));
  }
  std::vector<std::vector<TypeId>> ids(4);
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      ids[t] = *registry.Register(list.types());
      for (size_t i = 1; i < ids[t].size(); ++i) {
        const bool below = i % 50 != 0;
        if (registry.IsSubtype(ids[t][i], ids[t][0]) != below) ++wrong[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int t = 0; t < 4; ++t) {
    EXPECT_EQ(ids[t], ids[0]);
    EXPECT_EQ(wrong[t], 0);
  }
}

}  // namespace
}  // namespace weft::exec
