// The types of a module: signatures, structs, arrays, their subtypes and
// recursion groups.
#include <algorithm>
#include <utility>

#include "check/generate/plan.h"

namespace weft::check::generate {
namespace {

using wasm::Feature;
using wasm::HeapType;
using wasm::StorageType;
using wasm::SubType;
using wasm::TypeIndex;
using wasm::ValueType;

ValueType RefTo(TypeIndex index, bool nullable) {
  return ValueType::Ref(HeapType::Defined(index), nullable);
}

class TypePlanner {
 public:
  TypePlanner(ByteSource& source, Plan* plan) : source_(source), plan_(*plan) {}

  void AbstractRefs();
  void Group(uint32_t size);
  void Signature();

 private:
  void Struct(SubType* type);
  void Array(SubType* type);
  wasm::FieldType Field(TypeIndex group_end);
  bool Extend(SubType::Kind kind, SubType* type);
  void FinishAggregate(TypeIndex index);

  ByteSource& source_;
  Plan& plan_;
};

void TypePlanner::AbstractRefs() {
  std::vector<ValueType>& refs = plan_.ref_types;
  const auto add = [&](HeapType heap, bool nullable) {
    refs.push_back(ValueType::Ref(heap, nullable));
  };
  if (plan_.Has(Feature::kReferenceTypes)) {
    add(HeapType::kFunc, true);
    add(HeapType::kExtern, true);
  }
  if (plan_.Has(Feature::kExceptionHandling) &&
      plan_.Has(Feature::kReferenceTypes)) {
    add(HeapType::kExn, true);
  }
  if (!plan_.Has(Feature::kGc)) return;
  add(HeapType::kAny, true);
  add(HeapType::kEq, true);
  add(HeapType::kI31, true);
  add(HeapType::kI31, false);
  add(HeapType::kEq, false);
  add(HeapType::kAny, false);
  if (source_.OneIn(3)) {
    add(HeapType::kStruct, true);
    add(HeapType::kArray, true);
    add(HeapType::kNone, true);
  }
  if (source_.OneIn(6)) {
    add(HeapType::kNoExtern, true);
    add(HeapType::kNoFunc, true);
    add(HeapType::kExtern, false);
  }
}

// A field whose type may be one of a group that ends at `group_end`.
wasm::FieldType TypePlanner::Field(TypeIndex group_end) {
  wasm::FieldType field;
  field.is_mutable = source_.Percent(80);
  const uint32_t kind = source_.Below(10);
  if (kind < 3) {
    field.storage.value = ValueType::kI32;
    field.storage.packed = kind == 0 ? StorageType::kI16 : StorageType::kI8;
  } else if (kind < 7) {
    field.storage.value = RandomNumberType(plan_, source_);
  } else if (kind < 8) {
    // Of the same group, or of an earlier one.
    field.storage.value = RefTo(source_.Below(group_end), true);
  } else {
    ValueType ref = source_.Pick(absl::MakeConstSpan(plan_.ref_types));
    // A struct whose fields must be structs and so on would take long to make.
    if (ref.heap().is_defined()) ref = ref.AsNullable();
    field.storage.value = ref;
  }
  return field;
}

// Makes `*type` begin as a subtype of an earlier type of the kind.
bool TypePlanner::Extend(SubType::Kind kind, SubType* type) {
  const std::vector<TypeIndex>& candidates =
      kind == SubType::kStruct ? plan_.struct_types : plan_.array_types;
  if (candidates.empty() || !source_.Percent(50)) return false;
  const TypeIndex index = source_.Pick(absl::MakeConstSpan(candidates));
  const SubType& super = plan_.types[index];
  if (super.is_final) return false;
  type->super = index;
  type->depth = super.depth + 1;
  type->fields = super.fields;
  return true;
}

void TypePlanner::Struct(SubType* type) {
  type->kind = SubType::kStruct;
  const TypeIndex group_end = type->group_begin + type->group_size;
  Extend(SubType::kStruct, type);
  for (uint32_t n = 1 + source_.Below(3); n > 0; --n) {
    type->fields.push_back(Field(group_end));
  }
}

void TypePlanner::Array(SubType* type) {
  type->kind = SubType::kArray;
  if (Extend(SubType::kArray, type)) return;
  type->fields.push_back(Field(type->group_begin + type->group_size));
  // Others are of little use.
  if (source_.Percent(80)) type->fields[0].is_mutable = true;
}

void TypePlanner::FinishAggregate(TypeIndex index) {
  const bool is_struct = plan_.types[index].kind == SubType::kStruct;
  (is_struct ? plan_.struct_types : plan_.array_types).push_back(index);
  plan_.ref_types.push_back(RefTo(index, true));
  plan_.ref_types.push_back(RefTo(index, false));
}

// A recursion group of structs, arrays, and at times a function type.
void TypePlanner::Group(uint32_t size) {
  const TypeIndex begin = static_cast<TypeIndex>(plan_.types.size());
  for (TypeIndex i = begin; i < begin + size; ++i) {
    SubType type;
    type.group_begin = begin;
    type.group_size = size;
    type.is_final = source_.Percent(40);
    const uint32_t kind = source_.Below(8);
    if (kind < 4) {
      Struct(&type);
    } else if (kind < 7 || size == 1) {
      Array(&type);
    } else {
      type.params = {ValueType::kI32, RefTo(begin + source_.Below(size), true)};
      type.results = {ValueType::kI32};
    }
    const bool is_func = type.kind == SubType::kFunc;
    plan_.types.push_back(std::move(type));
    if (!is_func) FinishAggregate(i);
  }
}

void TypePlanner::Signature() {
  std::vector<ValueType> params;
  std::vector<ValueType> results;
  // The first one says how deep guarded calls may go.
  if (source_.Percent(80)) params.push_back(ValueType::kI32);
  const uint32_t more = source_.Below(4);
  for (uint32_t i = 0; i < more; ++i) {
    // Those that exclude null keep a function from being exported.
    params.push_back(RandomType(plan_, source_, source_.Percent(85)));
  }
  const uint32_t max =
      plan_.Has(Feature::kMultiValue) && source_.OneIn(3) ? 3 : 1;
  const uint32_t n = source_.Percent(15) ? 0 : 1 + source_.Below(max);
  for (uint32_t i = 0; i < n; ++i) {
    results.push_back(RandomType(plan_, source_, true));
  }
  FuncTypeOf(&plan_, params, results);
}

}  // namespace

ValueType RandomNumberType(const Plan& plan, ByteSource& source) {
  const uint32_t n = source.Below(plan.Has(Feature::kSimd128) ? 23 : 19);
  if (n < 8) return ValueType::kI32;
  if (n < 13) return ValueType::kI64;
  if (n < 16) return ValueType::kF32;
  return n < 19 ? ValueType::kF64 : ValueType::kV128;
}

ValueType RandomType(const Plan& plan, ByteSource& source, bool defaultable) {
  if (plan.ref_types.empty() || source.Percent(70)) {
    return RandomNumberType(plan, source);
  }
  const ValueType type = source.Pick(absl::MakeConstSpan(plan.ref_types));
  return defaultable ? type.AsNullable() : type;
}

TypeIndex FuncTypeOf(Plan* plan, absl::Span<const ValueType> params,
                     absl::Span<const ValueType> results) {
  const auto equal = [](const std::vector<ValueType>& a,
                        absl::Span<const ValueType> b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  };
  for (size_t i = 0; i < plan->types.size(); ++i) {
    const SubType& type = plan->types[i];
    if (type.kind == SubType::kFunc && type.group_size == 1 &&
        equal(type.params, params) && equal(type.results, results)) {
      return static_cast<TypeIndex>(i);
    }
  }
  SubType& type = plan->types.emplace_back();
  type.params.assign(params.begin(), params.end());
  type.results.assign(results.begin(), results.end());
  type.group_begin = static_cast<TypeIndex>(plan->types.size() - 1);
  return type.group_begin;
}

void PlanTypes(uint32_t max_bytes, ByteSource& source, Plan* plan) {
  TypePlanner planner(source, plan);
  planner.AbstractRefs();
  if (plan->Has(Feature::kGc)) {
    const uint32_t groups = 1 + source.Below(max_bytes < 512 ? 2 : 4);
    for (uint32_t i = 0; i < groups; ++i) {
      planner.Group(source.Percent(60) ? 1 : 1 + source.Below(3));
    }
  }
  const uint32_t signatures =
      1 + source.Below(std::min<uint32_t>(1 + max_bytes / 256, 6));
  for (uint32_t i = 0; i < signatures; ++i) planner.Signature();
}

HeapType TopOf(const Plan& plan, HeapType heap) {
  if (heap.is_defined()) {
    return plan.types[heap.index()].kind == SubType::kFunc ? HeapType::kFunc
                                                           : HeapType::kAny;
  }
  switch (heap.abstract()) {
    case HeapType::kFunc:
    case HeapType::kNoFunc:
      return HeapType::kFunc;
    case HeapType::kExtern:
    case HeapType::kNoExtern:
      return HeapType::kExtern;
    case HeapType::kAny:
    case HeapType::kEq:
    case HeapType::kI31:
    case HeapType::kStruct:
    case HeapType::kArray:
    case HeapType::kNone:
      return HeapType::kAny;
    case HeapType::kExn:
    case HeapType::kNoExn:
      return HeapType::kExn;
  }
  return HeapType::kAny;
}

HeapType BottomOf(const Plan& plan, HeapType heap) {
  switch (TopOf(plan, heap).abstract()) {
    case HeapType::kFunc:
      return HeapType::kNoFunc;
    case HeapType::kExtern:
      return HeapType::kNoExtern;
    case HeapType::kExn:
      return HeapType::kNoExn;
    default:  // The four tops only.
      return HeapType::kNone;
  }
}

bool IsSubtype(const Plan& plan, HeapType sub, HeapType super) {
  if (sub == super) return true;
  if (super.is_defined()) {
    if (!sub.is_defined()) return sub == BottomOf(plan, super);
    TypeIndex index = sub.index();
    while (index != wasm::kNoIndex && index != super.index()) {
      index = plan.types[index].super;
    }
    return index == super.index();
  }
  if (TopOf(plan, sub) != TopOf(plan, super)) return false;
  if (super == TopOf(plan, super) || sub == BottomOf(plan, super)) return true;
  if (sub == TopOf(plan, sub) || super == BottomOf(plan, sub)) return false;
  // Below any, above none.
  if (super == HeapType::kEq) return true;
  if (!sub.is_defined()) return false;
  return super == (plan.types[sub.index()].kind == SubType::kStruct
                       ? HeapType::kStruct
                       : HeapType::kArray);
}

bool IsSubtype(const Plan& plan, ValueType sub, ValueType super) {
  if (sub == super) return true;
  if (!sub.is_ref() || !super.is_ref()) return false;
  if (sub.nullable() && !super.nullable()) return false;
  return IsSubtype(plan, sub.heap(), super.heap());
}

}  // namespace weft::check::generate
