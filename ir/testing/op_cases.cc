#include "ir/testing/op_cases.h"

#include <utility>

#include "ir/testing/control_cases.h"

namespace weft::ir::testing {

using wasm::HeapType;
using wasm::ImmediateKind;
using wasm::InfoOf;
using wasm::OpClass;
using wasm::Operator;
using wasm::OpInfo;

namespace {

constexpr uint32_t kMemories[] = {kMemory32, kMemory64, kSharedMemory};

ValueType AddressOf(bool is_64) { return is_64 ? kI64 : kI32; }

ValueType MemoryAddress(uint32_t memory) {
  return AddressOf(memory == kMemory64);
}
ValueType TableAddress(uint32_t table) {
  return AddressOf(table == kFuncTable64);
}
ValueType ElementOf(uint32_t table) {
  return Nullable(table == kAnyTable ? HeapType::kAny : HeapType::kFunc);
}

// The operator applied to all of its parameters.
OpCase Apply(const Operator& op, Types params, Types results) {
  OpCase c;
  for (uint32_t i = 0; i < params.size(); ++i) c.code.Get(i);
  c.code.Do(op);
  c.params = std::move(params);
  c.results = std::move(results);
  c.op = op;
  return c;
}

OpCase Apply(Op op, Types params, Types results, uint32_t a = 0,
             uint32_t b = 0) {
  Operator o;
  o.op = op;
  o.index[0] = a;
  o.index[1] = b;
  return Apply(o, std::move(params), std::move(results));
}

OpCase ApplyHeap(Op op, HeapType heap, Types params, Types results) {
  Operator o;
  o.op = op;
  o.heap[0] = heap;
  return Apply(o, std::move(params), std::move(results));
}

OpCase Simple(const Operator& op, ValueType address) {
  const OpInfo& info = InfoOf(op.op);
  Types params, results;
  for (int i = 0; i < info.num_params; ++i) {
    const bool is_address = (info.address_params >> i & 1) != 0;
    params.push_back(is_address ? address : info.params[i]);
  }
  for (int i = 0; i < info.num_results; ++i) {
    results.push_back(info.address_result && i == 0 ? address
                                                    : info.results[i]);
  }
  return Apply(op, params, results);
}

// One or several cases of a kSimple row, according to its immediates.
std::vector<OpCase> SimpleCases(Op op) {
  const auto kinds = InfoOf(op).immediates;
  Operator o;
  o.op = op;
  if (kinds.empty()) return {Simple(o, kI32)};
  std::vector<OpCase> cases;
  switch (kinds.front()) {
    case ImmediateKind::kMemArg:
      for (uint32_t memory : kMemories) {
        uint8_t align = 0;
        while ((2u << align) <= InfoOf(op).access_bytes) ++align;
        o.mem = {memory == kMemory64 ? uint64_t{5} << 32 : 5, memory, align};
        if (kinds.size() > 1) o.index[0] = 1;  // A lane.
        cases.push_back(Simple(o, MemoryAddress(memory)));
      }
      return cases;
    case ImmediateKind::kMemory:
      for (uint32_t memory : kMemories) {
        o.index[0] = memory;
        cases.push_back(Simple(o, MemoryAddress(memory)));
      }
      return cases;
    case ImmediateKind::kData:
      if (kinds.size() == 1) return {Simple(o, kI32)};
      for (uint32_t memory : kMemories) {
        o.index[1] = memory;
        cases.push_back(Simple(o, MemoryAddress(memory)));
      }
      return cases;
    case ImmediateKind::kTable:
      for (uint32_t table : {kFuncTable, kFuncTable64, kAnyTable}) {
        o.index[0] = table;
        cases.push_back(Simple(o, TableAddress(table)));
      }
      return cases;
    case ImmediateKind::kElem:
    case ImmediateKind::kOrdering:
      return {Simple(o, kI32)};
    case ImmediateKind::kLane:
      o.index[0] = 1;
      return {Simple(o, kI32)};
    case ImmediateKind::kI32:
    case ImmediateKind::kF32:
      o.value = 0xff812345;
      return {Simple(o, kI32)};
    case ImmediateKind::kI64:
    case ImmediateKind::kF64:
      o.value = 0xfff8000012345678;
      return {Simple(o, kI32)};
    case ImmediateKind::kV128:
      o.value = 0x0123456789abcdef;
      o.value_high = 0xfedcba9876543210;
      return {Simple(o, kI32)};
    case ImmediateKind::kLanes16:
      o.value = 0x001f1e1d1c1b1a19;
      o.value_high = 0x0706050403020100;
      return {Simple(o, kI32)};
    default:
      return {};
  }
}

std::vector<OpCase> TableCases(Op op) {
  std::vector<OpCase> cases;
  for (uint32_t table : {kFuncTable, kFuncTable64, kAnyTable}) {
    const ValueType at = TableAddress(table);
    const ValueType element = ElementOf(table);
    switch (InfoOf(op).op_class) {
      case OpClass::kTableGet:
        cases.push_back(Apply(op, {at}, {element}, table));
        break;
      case OpClass::kTableSet:
        cases.push_back(Apply(op, {at, element}, {}, table));
        break;
      case OpClass::kTableGrow:
        cases.push_back(Apply(op, {element, at}, {at}, table));
        break;
      case OpClass::kTableFill:
        cases.push_back(Apply(op, {at, element, at}, {}, table));
        break;
      case OpClass::kTableInit:
        if (table == kAnyTable) break;  // Segment 0 holds functions.
        cases.push_back(Apply(op, {at, kI32, kI32}, {}, 0, table));
        break;
      default:
        for (uint32_t from : {kFuncTable, kFuncTable64}) {
          if (table == kAnyTable) break;
          const bool is_64 = table == kFuncTable64 && from == kFuncTable64;
          cases.push_back(Apply(op, {at, TableAddress(from), AddressOf(is_64)},
                                {}, table, from));
        }
        break;
    }
  }
  return cases;
}

std::vector<OpCase> MemoryCopyCases(Op op) {
  std::vector<OpCase> cases;
  for (uint32_t to : kMemories) {
    for (uint32_t from : kMemories) {
      const bool is_64 = to == kMemory64 && from == kMemory64;
      cases.push_back(
          Apply(op, {MemoryAddress(to), MemoryAddress(from), AddressOf(is_64)},
                {}, to, from));
    }
  }
  return cases;
}

std::vector<OpCase> StructCases(Op op) {
  const ValueType ref = Nullable(Defined(kTypeStruct));
  switch (op) {
    case Op::kStructNew:
      return {Apply(op, {kI32, kI32, kI32, kF64},
                    {NonNull(Defined(kTypeStruct))}, kTypeStruct),
              Apply(op, {kI32, kI32, kI32, kF64, kI64},
                    {NonNull(Defined(kTypeSubStruct))}, kTypeSubStruct)};
    case Op::kStructNewDefault:
      return {Apply(op, {}, {NonNull(Defined(kTypeStruct))}, kTypeStruct)};
    case Op::kStructGet:
      return {Apply(op, {ref}, {kI32}, kTypeStruct, 0),
              Apply(op, {ref}, {kF64}, kTypeStruct, 3),
              // Of a subtype's value.
              Apply(op, {NonNull(Defined(kTypeSubStruct))}, {kF64}, kTypeStruct,
                    3)};
    case Op::kStructGetS:
    case Op::kStructGetU:
      return {Apply(op, {ref}, {kI32}, kTypeStruct, 1),
              Apply(op, {ref}, {kI32}, kTypeStruct, 2)};
    case Op::kStructSet:
      return {Apply(op, {ref, kI32}, {}, kTypeStruct, 0),
              Apply(op, {ref, kI32}, {}, kTypeStruct, 1),
              Apply(op, {Nullable(Defined(kTypeSubStruct)), kI64}, {},
                    kTypeSubStruct, 4)};
    default:
      return {};
  }
}

std::vector<OpCase> ArrayCases(Op op) {
  struct Array {
    uint32_t type;
    ValueType element;
    bool packed;
  };
  const Array arrays[] = {{kTypeBytes, kI32, true},
                          {kTypeShorts, kI32, true},
                          {kTypeInts, kI32, false},
                          {kTypeFuncs, Nullable(HeapType::kFunc), false},
                          {kTypeEmptyArray, kI64, false}};
  std::vector<OpCase> cases;
  for (const auto& [type, element, packed] : arrays) {
    const ValueType ref = Nullable(Defined(type));
    const ValueType made = NonNull(Defined(type));
    const bool is_func = type == kTypeFuncs;
    switch (op) {
      case Op::kArrayNew:
        cases.push_back(Apply(op, {element, kI32}, {made}, type));
        break;
      case Op::kArrayNewDefault:
        cases.push_back(Apply(op, {kI32}, {made}, type));
        break;
      case Op::kArrayNewFixed:
        cases.push_back(Apply(op, {element, element}, {made}, type, 2));
        cases.push_back(Apply(op, {}, {made}, type, 0));
        break;
      case Op::kArrayNewData:
        if (!is_func) cases.push_back(Apply(op, {kI32, kI32}, {made}, type));
        break;
      case Op::kArrayNewElem:
        if (is_func) cases.push_back(Apply(op, {kI32, kI32}, {made}, type));
        break;
      case Op::kArrayGet:
        if (!packed) cases.push_back(Apply(op, {ref, kI32}, {element}, type));
        break;
      case Op::kArrayGetS:
      case Op::kArrayGetU:
        if (packed) cases.push_back(Apply(op, {ref, kI32}, {element}, type));
        break;
      case Op::kArraySet:
        cases.push_back(Apply(op, {ref, kI32, element}, {}, type));
        break;
      case Op::kArrayFill:
        cases.push_back(Apply(op, {ref, kI32, element, kI32}, {}, type));
        break;
      case Op::kArrayCopy:
        cases.push_back(
            Apply(op, {ref, kI32, ref, kI32, kI32}, {}, type, type));
        break;
      case Op::kArrayInitData:
      case Op::kArrayInitElem:
        if (is_func == (op == Op::kArrayInitElem)) {
          cases.push_back(Apply(op, {ref, kI32, kI32, kI32}, {}, type));
        }
        break;
      default:
        break;
    }
  }
  return cases;
}

std::vector<OpCase> ReferenceCases(Op op) {
  const ValueType any = Nullable(HeapType::kAny);
  const ValueType func = Nullable(HeapType::kFunc);
  const ValueType external = Nullable(HeapType::kExtern);
  const HeapType object = Defined(kTypeStruct);
  switch (op) {
    case Op::kRefNull:
      return {ApplyHeap(op, HeapType::kAny, {}, {any}),
              ApplyHeap(op, HeapType::kNoFunc, {}, {func}),
              ApplyHeap(op, object, {}, {Nullable(object)})};
    case Op::kRefFunc:
      return {Apply(op, {}, {func}, kFuncOne),
              Apply(op, {}, {NonNull(Defined(kTypePair))}, kFuncPair)};
    case Op::kRefIsNull:
      return {Apply(op, {any}, {kI32}), Apply(op, {func}, {kI32}),
              Apply(op, {external}, {kI32})};
    case Op::kRefAsNonNull:
      return {Apply(op, {any}, {NonNull(HeapType::kAny)}),
              Apply(op, {Nullable(object)}, {NonNull(object)})};
    case Op::kRefTest:
    case Op::kRefTestNull:
      return {ApplyHeap(op, object, {any}, {kI32}),
              ApplyHeap(op, HeapType::kI31, {any}, {kI32}),
              ApplyHeap(op, Defined(kTypeOne), {func}, {kI32})};
    case Op::kRefCast:
      return {ApplyHeap(op, object, {any}, {NonNull(object)}),
              ApplyHeap(op, Defined(kTypeOne), {func},
                        {NonNull(Defined(kTypeOne))})};
    case Op::kRefCastNull:
      return {ApplyHeap(op, HeapType::kEq, {any}, {Nullable(HeapType::kEq)})};
    case Op::kAnyConvertExtern:
      return {
          Apply(op, {external}, {any}),
          Apply(op, {NonNull(HeapType::kExtern)}, {NonNull(HeapType::kAny)})};
    case Op::kExternConvertAny:
      return {Apply(op, {any}, {external})};
    default:
      return {};
  }
}

std::vector<OpCase> CallCases(Op op) {
  const ValueType ref = Nullable(Defined(kTypePair));
  const ValueType ref_one = Nullable(Defined(kTypeOne));
  switch (op) {
    case Op::kCall:
    case Op::kReturnCall:
      return {Apply(op, {kI32}, {}, kFuncTrace),
              Apply(op, {kI32}, {kI32}, kFuncOne),
              Apply(op, {kI32}, {kI32, kI32}, kFuncPair)};
    case Op::kCallIndirect:
    case Op::kReturnCallIndirect:
      return {Apply(op, {kI32, kI32}, {kI32}, kTypeOne, kFuncTable),
              Apply(op, {kI32, kI64}, {kI32, kI32}, kTypePair, kFuncTable64)};
    case Op::kCallRef:
    case Op::kReturnCallRef:
      return {Apply(op, {kI32, ref}, {kI32, kI32}, kTypePair),
              Apply(op, {kI32, ref_one}, {kI32}, kTypeOne)};
    default:
      return {};
  }
}

std::vector<OpCase> SelectCases(Op op) {
  std::vector<OpCase> cases;
  if (op == Op::kSelect) {
    for (ValueType type : {kI32, kI64, kF32, kF64, kV128}) {
      cases.push_back(Apply(op, {type, type, kI32}, {type}));
    }
    return cases;
  }
  static const ValueType kTypes[] = {kF32, Nullable(HeapType::kAny),
                                     NonNull(Defined(kTypeStruct))};
  for (const ValueType& type : kTypes) {
    Operator o;
    o.op = op;
    o.types = absl::MakeConstSpan(&type, 1);
    cases.push_back(Apply(o, {type, type, kI32}, {type}));
  }
  return cases;
}

std::vector<OpCase> GlobalCases(Op op) {
  const ValueType any = Nullable(HeapType::kAny);
  if (op == Op::kGlobalSet) {
    return {Apply(op, {kI32}, {}, kGlobalI32),
            Apply(op, {NonNull(HeapType::kI31)}, {}, kGlobalAny)};
  }
  return {Apply(op, {}, {kI32}, kGlobalI32), Apply(op, {}, {any}, kGlobalAny),
          Apply(op, {}, {kI32}, kGlobalConst)};
}

}  // namespace

std::vector<OpCase> OpCasesFor(Op op) {
  switch (InfoOf(op).op_class) {
    case OpClass::kSimple:
      return SimpleCases(op);
    case OpClass::kTableGet:
    case OpClass::kTableSet:
    case OpClass::kTableGrow:
    case OpClass::kTableFill:
    case OpClass::kTableCopy:
    case OpClass::kTableInit:
      return TableCases(op);
    case OpClass::kMemoryCopy:
      return MemoryCopyCases(op);
    case OpClass::kStructNew:
    case OpClass::kStructNewDefault:
    case OpClass::kStructGet:
    case OpClass::kStructSet:
      return StructCases(op);
    case OpClass::kArrayNew:
    case OpClass::kArrayNewDefault:
    case OpClass::kArrayNewFixed:
    case OpClass::kArrayNewSegment:
    case OpClass::kArrayGet:
    case OpClass::kArraySet:
    case OpClass::kArrayFill:
    case OpClass::kArrayCopy:
    case OpClass::kArrayInit:
      return ArrayCases(op);
    case OpClass::kRefNull:
    case OpClass::kRefIsNull:
    case OpClass::kRefFunc:
    case OpClass::kRefAsNonNull:
    case OpClass::kRefTest:
    case OpClass::kRefCast:
    case OpClass::kConvertExtern:
      return ReferenceCases(op);
    case OpClass::kCall:
    case OpClass::kCallIndirect:
    case OpClass::kCallRef:
    case OpClass::kReturnCall:
    case OpClass::kReturnCallIndirect:
    case OpClass::kReturnCallRef:
      return CallCases(op);
    case OpClass::kSelect:
    case OpClass::kSelectTyped:
      return SelectCases(op);
    case OpClass::kGlobalGet:
    case OpClass::kGlobalSet:
      return GlobalCases(op);
    case OpClass::kThrow:
      return {Apply(op, {}, {}, kTagEmpty), Apply(op, {kI32}, {}, kTagI32),
              Apply(op, {kI32, kI64}, {}, kTagI32I64)};
    case OpClass::kThrowRef:
      return {Apply(op, {Nullable(HeapType::kExn)}, {})};
    case OpClass::kUnreachable:
    case OpClass::kNop:
    case OpClass::kBlock:
    case OpClass::kLoop:
    case OpClass::kIf:
    case OpClass::kElse:
    case OpClass::kEnd:
    case OpClass::kTryTable:
    case OpClass::kTry:
    case OpClass::kCatch:
    case OpClass::kCatchAll:
    case OpClass::kDelegate:
    case OpClass::kRethrow:
    case OpClass::kBr:
    case OpClass::kBrIf:
    case OpClass::kBrTable:
    case OpClass::kBrOnNull:
    case OpClass::kBrOnNonNull:
    case OpClass::kBrOnCast:
    case OpClass::kReturn:
    case OpClass::kDrop:
    case OpClass::kLocalGet:
    case OpClass::kLocalSet:
    case OpClass::kLocalTee:
      return ControlCasesFor(op);
  }
  return {};
}

}  // namespace weft::ir::testing
