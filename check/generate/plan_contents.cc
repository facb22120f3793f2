// Globals, segments, and the constant expressions in them.
#include <algorithm>
#include <utility>

#include "check/generate/plan.h"

namespace weft::check::generate {
namespace {

using wasm::ByteWriter;
using wasm::DataSegment;
using wasm::ElemSegment;
using wasm::Feature;
using wasm::FuncIndex;
using wasm::HeapType;
using wasm::Op;
using wasm::SubType;
using wasm::TypeIndex;
using wasm::ValueType;

class ConstWriter {
 public:
  ConstWriter(uint32_t globals, ByteSource& source, Plan* plan)
      : globals_(globals), source_(source), plan_(*plan), out_(plan->bytes) {}

  // Each appends a value; false with nothing or something half done when
  // there is none.
  bool Value(ValueType type);

 private:
  void Number(ValueType type);
  bool Reference(HeapType heap);
  bool FuncRef(HeapType heap);
  bool Aggregate(TypeIndex index);
  bool Global(ValueType type);

  void Emit(Op op) { WriteOpcode(op, &out_); }
  void Emit(Op op, uint32_t index) {
    WriteOpcode(op, &out_);
    out_.U32(index);
  }

  const uint32_t globals_;
  ByteSource& source_;
  Plan& plan_;
  ByteWriter& out_;
  int depth_ = 0;
};

bool ConstWriter::Value(ValueType type) {
  if (source_.OneIn(4) && Global(type)) return true;
  if (!type.is_ref()) {
    Number(type);
    return true;
  }
  const size_t before = out_.size();
  if (++depth_ < 4 && (!type.nullable() || source_.Percent(60)) &&
      Reference(type.heap())) {
    --depth_;
    return true;
  }
  --depth_;
  out_.mutable_bytes().resize(before);
  if (!type.nullable()) return false;
  Emit(Op::kRefNull);
  wasm::WriteHeapType(type.heap(), &out_);
  return true;
}

void ConstWriter::Number(ValueType type) {
  WriteConstant(type, source_, &out_);
  if (type != ValueType::kI32 && type != ValueType::kI64) return;
  if (!plan_.Has(Feature::kExtendedConst) || !source_.OneIn(6)) return;
  static constexpr Op kOps[2][3] = {{Op::kI32Add, Op::kI32Sub, Op::kI32Mul},
                                    {Op::kI64Add, Op::kI64Sub, Op::kI64Mul}};
  WriteConstant(type, source_, &out_);
  Emit(source_.Pick(kOps[type == ValueType::kI64]));
}

bool ConstWriter::Global(ValueType type) {
  const bool any_defined = plan_.Has(Feature::kGc);
  for (uint32_t i = 0; i < globals_; ++i) {
    const PlannedGlobal& global = plan_.globals[i];
    if (!global.type.is_mutable && (global.is_import || any_defined) &&
        IsSubtype(plan_, global.type.value, type)) {
      Emit(Op::kGlobalGet, i);
      return true;
    }
  }
  return false;
}

bool ConstWriter::FuncRef(HeapType heap) {
  const uint32_t n = static_cast<uint32_t>(plan_.funcs.size());
  const uint32_t first = source_.Below(n);
  for (uint32_t i = 0; i < n; ++i) {
    const FuncIndex func = (first + i) % n;
    if (!IsSubtype(plan_, HeapType::Defined(plan_.funcs[func].type), heap)) {
      continue;
    }
    Emit(Op::kRefFunc, func);
    return true;
  }
  return false;
}

bool ConstWriter::Aggregate(TypeIndex index) {
  const SubType& type = plan_.types[index];
  const bool defaultable = std::all_of(
      type.fields.begin(), type.fields.end(), [](const wasm::FieldType& field) {
        return field.storage.value.is_defaultable();
      });
  const bool is_struct = type.kind == SubType::kStruct;
  if (defaultable && source_.OneIn(2)) {
    if (!is_struct) {
      Emit(Op::kI32Const);
      out_.S64(4 + source_.Below(3));
    }
    Emit(is_struct ? Op::kStructNewDefault : Op::kArrayNewDefault, index);
    return true;
  }
  const uint32_t n = is_struct ? static_cast<uint32_t>(type.fields.size()) : 4;
  for (uint32_t i = 0; i < n; ++i) {
    if (!Value(type.fields[is_struct ? i : 0].storage.value)) return false;
  }
  Emit(is_struct ? Op::kStructNew : Op::kArrayNewFixed, index);
  if (!is_struct) out_.U32(n);
  return true;
}

bool ConstWriter::Reference(HeapType heap) {
  if (TopOf(plan_, heap) == HeapType::kFunc) return FuncRef(heap);
  if (!plan_.Has(Feature::kGc)) return false;
  if (heap.is_defined()) return Aggregate(heap.index());
  switch (heap.abstract()) {
    case HeapType::kExtern:
      if (!Reference(HeapType::kAny)) return false;
      Emit(Op::kExternConvertAny);
      return true;
    case HeapType::kAny:
    case HeapType::kEq:
      if (!plan_.struct_types.empty() && source_.OneIn(2)) {
        return Reference(HeapType::kStruct);
      }
      if (!plan_.array_types.empty() && source_.OneIn(2)) {
        return Reference(HeapType::kArray);
      }
      return Reference(HeapType::kI31);
    case HeapType::kI31:
      WriteConstant(ValueType::kI32, source_, &out_);
      Emit(Op::kRefI31);
      return true;
    case HeapType::kStruct:
      if (plan_.struct_types.empty()) return false;
      return Aggregate(source_.Pick(absl::MakeConstSpan(plan_.struct_types)));
    case HeapType::kArray:
      if (plan_.array_types.empty()) return false;
      return Aggregate(source_.Pick(absl::MakeConstSpan(plan_.array_types)));
    case HeapType::kFunc:
    case HeapType::kNoFunc:
    case HeapType::kNoExtern:
    case HeapType::kNone:
    case HeapType::kExn:
    case HeapType::kNoExn:
      return false;
  }
  return false;
}

// Functions for a segment of `n` entries: mostly all of one type, so that
// indirect calls meet the type they expect.
std::vector<FuncIndex> SomeFuncs(uint32_t n, ByteSource& source,
                                 const Plan& plan) {
  const uint32_t count = static_cast<uint32_t>(plan.funcs.size());
  const FuncIndex model = source.Below(count);
  const bool one_type = source.Percent(70);
  std::vector<FuncIndex> funcs;
  for (uint32_t i = 0; i < n; ++i) {
    FuncIndex func = source.Below(count);
    while (one_type && plan.funcs[func].type != plan.funcs[model].type) {
      func = (func + 1) % count;
    }
    funcs.push_back(func);
  }
  return funcs;
}

// An active segment of functions for table `index`.
void FillFuncTable(wasm::TableIndex index, ByteSource& source, Plan* plan) {
  PlannedTable& table = plan->tables[index];
  // Needs a segment kind of the bulk proposal.
  if (index != 0 && !plan->Has(Feature::kBulkMemory)) return;
  PlannedElem elem;
  elem.mode = ElemSegment::kActive;
  elem.table = index;
  elem.size = source.Percent(80) ? table.entries : source.Below(table.entries);
  elem.type = ValueType::Ref(HeapType::kFunc, false);
  elem.funcs = SomeFuncs(elem.size, source, *plan);
  for (FuncIndex func : elem.funcs) plan->funcs[func].is_declared = true;
  table.funcs = elem.funcs;
  plan->elems.push_back(std::move(elem));
}

// A segment of expressions of `type`.
bool ExprElem(ValueType type, uint32_t size, ByteSource& source, Plan* plan,
              PlannedElem* elem) {
  elem->is_exprs = true;
  elem->type = type;
  elem->size = size;
  elem->exprs.begin = static_cast<uint32_t>(plan->bytes.size());
  const uint32_t globals = static_cast<uint32_t>(plan->globals.size());
  for (uint32_t i = 0; i < size; ++i) {
    if (!WriteConstExpr(type, globals, source, plan)) return false;
  }
  elem->exprs.end = static_cast<uint32_t>(plan->bytes.size());
  return true;
}

void PlanElems(ByteSource& source, Plan* plan) {
  const ValueType func_ref = ValueType::Ref(HeapType::kFunc, true);
  for (size_t i = 0; i < plan->tables.size(); ++i) {
    const ValueType element = plan->tables[i].type.element;
    if (element == func_ref) {
      FillFuncTable(static_cast<wasm::TableIndex>(i), source, plan);
    } else if (plan->Has(Feature::kBulkMemory) && source.Percent(70)) {
      PlannedElem elem;
      elem.mode = ElemSegment::kActive;
      elem.table = static_cast<wasm::TableIndex>(i);
      if (ExprElem(element, 1 + source.Below(2), source, plan, &elem)) {
        plan->elems.push_back(std::move(elem));
      }
    }
  }
  if (!plan->Has(Feature::kBulkMemory) ||
      !plan->Has(Feature::kReferenceTypes)) {
    return;
  }
  // Passive ones for tables and arrays.
  const uint32_t n = source.Below(4);
  for (uint32_t i = 0; i < n; ++i) {
    PlannedElem elem;
    elem.may_drop = source.OneIn(4);
    if (source.OneIn(2)) {
      elem.size = 2 + source.Below(3);
      elem.type = ValueType::Ref(HeapType::kFunc, false);
      elem.funcs = SomeFuncs(elem.size, source, *plan);
      for (FuncIndex func : elem.funcs) plan->funcs[func].is_declared = true;
      plan->elems.push_back(std::move(elem));
      continue;
    }
    ValueType type = source.Pick(absl::MakeConstSpan(plan->ref_types));
    if (source.OneIn(3) && !plan->tables.empty()) {
      type = source.Pick(absl::MakeConstSpan(plan->tables)).type.element;
    }
    for (const TypeIndex array : plan->array_types) {
      const ValueType field = plan->types[array].fields[0].storage.value;
      if (field.is_ref() && source.Percent(75)) type = field;
    }
    if (ExprElem(type, 2 + source.Below(3), source, plan, &elem)) {
      plan->elems.push_back(std::move(elem));
    }
  }
}

void PlanDatas(uint32_t max_bytes, ByteSource& source, Plan* plan) {
  const bool passive = plan->Has(Feature::kBulkMemory);
  const uint32_t n = max_bytes < 160 ? source.OneIn(4) : source.Below(4);
  for (uint32_t i = 0; i < n; ++i) {
    PlannedData data;
    uint32_t size = 4 + source.Below(24);
    if (passive && source.Percent(60)) {
      data.may_drop = source.OneIn(3);
      if (size < 16) size += 16;
    } else {
      if (plan->memories.empty()) continue;
      data.mode = DataSegment::kActive;
      data.memory = source.Below(static_cast<uint32_t>(plan->memories.size()));
      if (plan->memories[data.memory].bytes < 64) continue;
      data.offset = source.Below(16);
    }
    data.content.begin = static_cast<uint32_t>(plan->bytes.size());
    for (uint32_t b = 0; b < size; ++b) {
      plan->bytes.Byte(static_cast<uint8_t>(source.Bits(8)));
    }
    data.content.end = static_cast<uint32_t>(plan->bytes.size());
    plan->datas.push_back(data);
  }
}

}  // namespace

bool WriteConstExpr(ValueType type, uint32_t globals, ByteSource& source,
                    Plan* plan) {
  const size_t before = plan->bytes.size();
  if (!ConstWriter(globals, source, plan).Value(type)) {
    plan->bytes.mutable_bytes().resize(before);
    return false;
  }
  WriteOpcode(Op::kEnd, &plan->bytes);
  return true;
}

void PlanGlobals(uint32_t max_bytes, ByteSource& source, Plan* plan) {
  const uint32_t n = source.Below(std::min<uint32_t>(2 + max_bytes / 160, 8));
  uint32_t imports = source.OneIn(4) && max_bytes >= 160 ? source.Below(3) : 0;
  for (uint32_t i = 0; i < n; ++i) {
    PlannedGlobal global;
    ValueType type = RandomType(*plan, source, false);
    global.type.is_mutable = source.Percent(75);
    global.is_import = imports > 0;
    global.is_exported = source.Percent(40);
    if (global.is_import) {
      --imports;
      if (type.is_ref()) type = ValueType::Ref(TopOf(*plan, type.heap()), true);
    } else {
      global.init.begin = static_cast<uint32_t>(plan->bytes.size());
      if (!WriteConstExpr(type, i, source, plan)) {
        type = type.AsNullable();
        WriteConstExpr(type, i, source, plan);
      }
      global.init.end = static_cast<uint32_t>(plan->bytes.size());
    }
    if (global.type.is_mutable && !plan->Has(Feature::kMutableGlobals)) {
      if (global.is_import) global.type.is_mutable = false;
      global.is_exported = false;
    }
    global.type.value = type;
    plan->globals.push_back(global);
  }
}

void PlanSegments(uint32_t max_bytes, ByteSource& source, Plan* plan) {
  PlanElems(source, plan);
  PlanDatas(max_bytes, source, plan);
}

}  // namespace weft::check::generate
