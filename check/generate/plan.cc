// Features, functions, memories, tables and tags.
#include "check/generate/plan.h"

#include <algorithm>

namespace weft::check::generate {
namespace {

using wasm::Feature;
using wasm::FeatureSet;
using wasm::FuncIndex;
using wasm::HeapType;
using wasm::SubType;
using wasm::TypeIndex;
using wasm::ValueType;

// Small modules show more of a few features together than of all.
FeatureSet ChooseFeatures(FeatureSet features, uint32_t max_bytes,
                          ByteSource& source) {
  struct Share {
    Feature feature;
    uint32_t percent;
  };
  static constexpr Share kShares[] = {
      {Feature::kGc, 50},
      {Feature::kFunctionReferences, 75},
      {Feature::kReferenceTypes, 85},
      {Feature::kSimd128, 40},
      {Feature::kRelaxedSimd, 50},
      {Feature::kThreads, 30},
      {Feature::kExceptionHandling, 50},
      {Feature::kLegacyExceptions, 50},
      {Feature::kMemory64, 30},
      {Feature::kMultiMemory, 40},
      {Feature::kCustomPageSizes, 50},
      {Feature::kWideArithmetic, 40},
      {Feature::kTailCall, 70},
      {Feature::kMultiValue, 80},
      {Feature::kBulkMemory, 80},
  };
  for (const Share& share : kShares) {
    const uint32_t percent =
        max_bytes < 160 ? share.percent / 2 : share.percent;
    if (!source.Percent(percent)) features.Remove(share.feature);
  }
  const auto needs = [&](Feature feature, Feature other) {
    if (!features.Has(other)) features.Remove(feature);
  };
  needs(Feature::kFunctionReferences, Feature::kReferenceTypes);
  needs(Feature::kGc, Feature::kFunctionReferences);
  needs(Feature::kRelaxedSimd, Feature::kSimd128);
  needs(Feature::kLegacyExceptions, Feature::kExceptionHandling);
  return features;
}

// Those that a host makes without knowing the module.
ValueType RandomHostType(const Plan& plan, ByteSource& source) {
  const ValueType type = RandomType(plan, source, true);
  return type.is_ref() && type.heap().is_defined()
             ? ValueType::Ref(TopOf(plan, type.heap()), true)
             : type;
}

TypeIndex HostSignature(ByteSource& source, Plan* plan) {
  std::vector<ValueType> params;
  std::vector<ValueType> results;
  for (uint32_t n = source.Below(4); n > 0; --n) {
    params.push_back(RandomHostType(*plan, source));
  }
  const uint32_t max =
      plan->Has(Feature::kMultiValue) && source.OneIn(4) ? 3 : 2;
  for (uint32_t n = source.Below(max); n > 0; --n) {
    results.push_back(RandomHostType(*plan, source));
  }
  return FuncTypeOf(plan, params, results);
}

bool CanBeExported(const SubType& type) {
  return std::all_of(type.params.begin(), type.params.end(),
                     [](ValueType param) { return param.is_defaultable(); });
}

void PlanFuncs(uint32_t max_bytes, ByteSource& source, Plan* plan) {
  if (max_bytes >= 200 && source.Percent(50)) {
    for (uint32_t n = 1 + source.Below(3); n > 0; --n) {
      PlannedFunc func;
      func.type = HostSignature(source, plan);
      func.is_import = true;
      func.is_exported = source.OneIn(16);
      plan->funcs.push_back(func);
    }
  }
  std::vector<TypeIndex> types;
  for (size_t i = 0; i < plan->types.size(); ++i) {
    if (plan->types[i].kind == SubType::kFunc) {
      types.push_back(static_cast<TypeIndex>(i));
    }
  }
  const uint32_t max = std::min<uint32_t>(1 + max_bytes / 160, 40);
  bool any_exported = false;
  for (uint32_t n = 1 + source.Below(max); n > 0; --n) {
    PlannedFunc func;
    func.type = source.Pick(absl::MakeConstSpan(types));
    func.is_exported =
        CanBeExported(plan->types[func.type]) && source.Percent(65);
    any_exported |= func.is_exported;
    plan->funcs.push_back(func);
  }
  if (!any_exported) {
    PlannedFunc& last = plan->funcs.back();
    if (!CanBeExported(plan->types[last.type])) {
      last.type = FuncTypeOf(plan, {ValueType::kI32}, {ValueType::kI32});
    }
    last.is_exported = true;
  }
  if (max_bytes >= 128 && source.OneIn(12)) {
    plan->start = static_cast<FuncIndex>(plan->funcs.size());
    PlannedFunc func;
    func.type = FuncTypeOf(plan, {}, {});
    plan->funcs.push_back(func);
  }
  for (PlannedFunc& func : plan->funcs) func.is_declared = func.is_exported;
}

// References to the functions, now that there are some of these types.
void AddFuncRefs(ByteSource& source, Plan* plan) {
  if (!plan->Has(Feature::kFunctionReferences)) return;
  plan->ref_types.push_back(ValueType::Ref(HeapType::kFunc, false));
  for (uint32_t n = 1 + source.Below(2); n > 0; --n) {
    const FuncIndex func =
        source.Below(static_cast<uint32_t>(plan->funcs.size()));
    for (bool nullable : {true, false}) {
      const ValueType type =
          ValueType::Ref(HeapType::Defined(plan->funcs[func].type), nullable);
      plan->ref_types.push_back(type);
    }
  }
}

void PlanMemory(ByteSource& source, Plan* plan) {
  PlannedMemory memory;
  wasm::MemoryType& type = memory.type;
  type.limits.is_64 = plan->Has(Feature::kMemory64) && source.Percent(60);
  type.limits.is_shared = plan->Has(Feature::kThreads) && source.Percent(60);
  if (plan->Has(Feature::kCustomPageSizes) && source.Percent(60)) {
    type.has_page_size = true;
    type.page_size_log2 = source.OneIn(5) ? 16 : 0;
  }
  const bool small = type.page_size_log2 == 0;
  type.limits.min = small ? 64u << source.Below(6) : 1 + source.OneIn(8);
  if (source.OneIn(40)) type.limits.min = 0;
  type.limits.has_max = type.limits.is_shared || source.Percent(80);
  const uint64_t growth = source.Below(4);
  if (type.limits.has_max) {
    type.limits.max = type.limits.min + (small ? growth * 16 : growth);
  }
  memory.bytes = type.limits.min << type.page_size_log2;
  if (memory.bytes > 1u << 16) memory.bytes = 1u << 16;
  memory.is_import = plan->memories.empty() || plan->memories.back().is_import
                         ? source.OneIn(7)
                         : false;
  memory.is_exported = source.Percent(50);
  plan->memories.push_back(memory);
}

void PlanTable(ByteSource& source, Plan* plan) {
  PlannedTable table;
  ValueType element = ValueType::Ref(HeapType::kFunc, true);
  if (!plan->ref_types.empty() &&
      source.Percent(plan->tables.empty() ? 30 : 60)) {
    element = source.Pick(absl::MakeConstSpan(plan->ref_types));
  }
  // A value to begin with, which tables without null must have.
  const bool with_init = plan->Has(Feature::kFunctionReferences) &&
                         (!element.nullable() || source.OneIn(6));
  if (with_init) {
    table.init.begin = static_cast<uint32_t>(plan->bytes.size());
    if (!WriteConstExpr(element, 0, source, plan)) {
      element = element.AsNullable();
    }
    table.init.end = static_cast<uint32_t>(plan->bytes.size());
  }
  table.type.element = element;
  wasm::Limits& limits = table.type.limits;
  limits.is_64 = plan->Has(Feature::kMemory64) && source.OneIn(3);
  table.entries = 2u << source.Below(3);
  limits.min = table.entries + source.Below(3);
  limits.has_max = source.Percent(60);
  if (limits.has_max) limits.max = limits.min + source.Below(5);
  const bool may_import = plan->tables.empty() || plan->tables.back().is_import;
  table.is_import = may_import && element.nullable() &&
                    !element.heap().is_defined() && source.OneIn(7);
  if (table.is_import) table.init = ByteRange();
  table.is_exported = source.Percent(35);
  plan->tables.push_back(std::move(table));
}

void PlanTags(ByteSource& source, Plan* plan) {
  if (!plan->Has(Feature::kExceptionHandling)) return;
  for (uint32_t n = 1 + source.Below(2); n > 0; --n) {
    std::vector<ValueType> params;
    for (uint32_t p = source.Below(3); p > 0; --p) {
      params.push_back(RandomType(*plan, source, true));
    }
    // Values, or tags, that could be taken for each other.
    if (source.OneIn(3)) params.assign(2, RandomNumberType(*plan, source));
    PlannedTag tag;
    tag.type = !plan->tags.empty() && source.OneIn(2)
                   ? plan->tags.back().type
                   : FuncTypeOf(plan, params, {});
    const bool may_import = plan->tags.empty() || plan->tags.back().is_import;
    const std::vector<ValueType>& values = plan->types[tag.type].params;
    const bool is_host_type =
        std::none_of(values.begin(), values.end(), [](ValueType value) {
          return value.is_ref() && value.heap().is_defined();
        });
    tag.is_import = may_import && is_host_type && source.OneIn(4);
    tag.is_exported = source.Percent(40);
    plan->tags.push_back(tag);
  }
}

// How many of a thing a module has: none, one, and rarely more.
uint32_t FewOf(uint32_t percent_none, bool may_be_many, ByteSource& source) {
  if (source.Percent(percent_none)) return 0;
  return may_be_many && source.Percent(50) ? 2 + source.Below(2) : 1;
}

}  // namespace

void MakePlan(const GenerateOptions& options, ByteSource& source, Plan* plan) {
  const uint32_t max_bytes = options.max_bytes;
  plan->features = ChooseFeatures(options.features, max_bytes, source);
  plan->canonicalize_nans = options.canonicalize_nans;
  plan->is_risky = source.OneIn(3);
  plan->has_names = max_bytes >= 256 && source.OneIn(12);
  PlanTypes(max_bytes, source, plan);
  PlanFuncs(max_bytes, source, plan);
  AddFuncRefs(source, plan);
  const bool tiny = max_bytes < 160;
  const uint32_t memories =
      FewOf(tiny ? 50 : 8, plan->Has(Feature::kMultiMemory), source);
  for (uint32_t i = 0; i < memories; ++i) PlanMemory(source, plan);
  const uint32_t tables =
      FewOf(tiny ? 80 : 20, plan->Has(Feature::kReferenceTypes), source);
  for (uint32_t i = 0; i < tables; ++i) PlanTable(source, plan);
  PlanTags(source, plan);
  PlanGlobals(max_bytes, source, plan);
  PlanSegments(max_bytes, source, plan);
}

}  // namespace weft::check::generate
