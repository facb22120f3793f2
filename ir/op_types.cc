#include "ir/op_types.h"

namespace weft::ir {

using wasm::HeapType;
using wasm::InfoOf;
using wasm::OpClass;
using wasm::OpInfo;

namespace {

ValueType AddressType(const wasm::Limits& limits) {
  return limits.is_64 ? ValueType::kI64 : ValueType::kI32;
}

// The address type that a kSimple operator's immediate stands for.
ValueType SimpleAddress(const wasm::Module& module, const wasm::Operator& op) {
  for (wasm::ImmediateKind kind : InfoOf(op.op).immediates) {
    if (kind == wasm::ImmediateKind::kMemArg) {
      return AddressType(module.memories[op.mem.memory].type.limits);
    }
  }
  int position = 0;
  for (wasm::ImmediateKind kind : InfoOf(op.op).immediates) {
    if (kind == wasm::ImmediateKind::kMemory) {
      return AddressType(module.memories[op.index[position]].type.limits);
    }
    if (kind == wasm::ImmediateKind::kTable) {
      return AddressType(module.tables[op.index[position]].type.limits);
    }
    ++position;
  }
  return ValueType::kI32;
}

const wasm::SubType& Callee(const wasm::Module& module,
                            const wasm::Operator& op) {
  switch (InfoOf(op.op).op_class) {
    case OpClass::kCall:
    case OpClass::kReturnCall:
      return module.func_type(op.index[0]);
    default:
      return module.types[op.index[0]];
  }
}

ValueType DefinedRef(wasm::TypeIndex type) {
  return ValueType::Ref(HeapType::Defined(type), false);
}

}  // namespace

size_t NumOperands(const wasm::Module& module, const wasm::Operator& op) {
  const OpInfo& info = InfoOf(op.op);
  switch (info.op_class) {
    case OpClass::kSimple:
      return info.num_params;
    case OpClass::kCall:
    case OpClass::kReturnCall:
      return Callee(module, op).params.size();
    case OpClass::kCallIndirect:
    case OpClass::kCallRef:
    case OpClass::kReturnCallIndirect:
    case OpClass::kReturnCallRef:
      return Callee(module, op).params.size() + 1;
    case OpClass::kThrow:
      return module.types[module.tags[op.index[0]].type].params.size();
    case OpClass::kSelect:
    case OpClass::kSelectTyped:
    case OpClass::kTableFill:
    case OpClass::kTableCopy:
    case OpClass::kTableInit:
    case OpClass::kMemoryCopy:
    case OpClass::kArraySet:
      return 3;
    case OpClass::kTableSet:
    case OpClass::kTableGrow:
    case OpClass::kStructSet:
    case OpClass::kArrayNew:
    case OpClass::kArrayNewSegment:
    case OpClass::kArrayGet:
      return 2;
    case OpClass::kThrowRef:
    case OpClass::kDrop:
    case OpClass::kGlobalSet:
    case OpClass::kTableGet:
    case OpClass::kRefIsNull:
    case OpClass::kRefAsNonNull:
    case OpClass::kRefTest:
    case OpClass::kRefCast:
    case OpClass::kStructGet:
    case OpClass::kArrayNewDefault:
    case OpClass::kConvertExtern:
      return 1;
    case OpClass::kGlobalGet:
    case OpClass::kRefNull:
    case OpClass::kRefFunc:
    case OpClass::kStructNewDefault:
    case OpClass::kUnreachable:
    case OpClass::kNop:
      return 0;
    case OpClass::kStructNew:
      return module.types[op.index[0]].fields.size();
    case OpClass::kArrayNewFixed:
      return op.index[1];
    case OpClass::kArrayFill:
    case OpClass::kArrayInit:
      return 4;
    case OpClass::kArrayCopy:
      return 5;
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
    case OpClass::kLocalGet:
    case OpClass::kLocalSet:
    case OpClass::kLocalTee:
      break;
  }
  WEFT_CHECK(false);
  return 0;
}

void ResultTypes(const wasm::Module& module, const Function& function,
                 const wasm::Operator& op, absl::Span<const ValueId> operands,
                 std::vector<ValueType>* results) {
  results->clear();
  const OpInfo& info = InfoOf(op.op);
  auto type_of = [&](size_t i) { return function.inst(operands[i]).type; };
  switch (info.op_class) {
    case OpClass::kSimple:
      for (int i = 0; i < info.num_results; ++i) {
        results->push_back(i == 0 && info.address_result
                               ? SimpleAddress(module, op)
                               : info.results[i]);
      }
      return;
    case OpClass::kCall:
    case OpClass::kCallIndirect:
    case OpClass::kCallRef:
      *results = Callee(module, op).results;
      return;
    case OpClass::kSelect:
      results->push_back(type_of(0));
      return;
    case OpClass::kSelectTyped:
      results->push_back(op.types[0]);
      return;
    case OpClass::kGlobalGet:
      results->push_back(module.globals[op.index[0]].type.value);
      return;
    case OpClass::kTableGet:
      results->push_back(module.tables[op.index[0]].type.element);
      return;
    case OpClass::kTableGrow:
      results->push_back(AddressType(module.tables[op.index[0]].type.limits));
      return;
    case OpClass::kRefNull:
      results->push_back(ValueType::Ref(op.heap[0], true));
      return;
    case OpClass::kRefIsNull:
    case OpClass::kRefTest:
      results->push_back(ValueType::kI32);
      return;
    case OpClass::kRefFunc:
      results->push_back(DefinedRef(module.funcs[op.index[0]].type));
      return;
    case OpClass::kRefAsNonNull:
      results->push_back(type_of(0).AsNonNull());
      return;
    case OpClass::kRefCast:
      results->push_back(ValueType::Ref(op.heap[0], op.op == Op::kRefCastNull));
      return;
    case OpClass::kStructNew:
    case OpClass::kStructNewDefault:
    case OpClass::kArrayNew:
    case OpClass::kArrayNewDefault:
    case OpClass::kArrayNewFixed:
    case OpClass::kArrayNewSegment:
      results->push_back(DefinedRef(op.index[0]));
      return;
    case OpClass::kStructGet:
      results->push_back(
          module.types[op.index[0]].fields[op.index[1]].storage.value);
      return;
    case OpClass::kArrayGet:
      results->push_back(module.types[op.index[0]].fields[0].storage.value);
      return;
    case OpClass::kConvertExtern:
      results->push_back(ValueType::Ref(op.op == Op::kAnyConvertExtern
                                            ? HeapType(HeapType::kAny)
                                            : HeapType(HeapType::kExtern),
                                        type_of(0).nullable()));
      return;
    case OpClass::kReturnCall:
    case OpClass::kReturnCallIndirect:
    case OpClass::kReturnCallRef:
    case OpClass::kThrow:
    case OpClass::kThrowRef:
    case OpClass::kDrop:
    case OpClass::kGlobalSet:
    case OpClass::kTableSet:
    case OpClass::kTableFill:
    case OpClass::kTableCopy:
    case OpClass::kTableInit:
    case OpClass::kMemoryCopy:
    case OpClass::kStructSet:
    case OpClass::kArraySet:
    case OpClass::kArrayFill:
    case OpClass::kArrayCopy:
    case OpClass::kArrayInit:
    case OpClass::kUnreachable:
    case OpClass::kNop:
      return;
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
    case OpClass::kLocalGet:
    case OpClass::kLocalSet:
    case OpClass::kLocalTee:
      break;
  }
  WEFT_CHECK(false);
}

}  // namespace weft::ir
