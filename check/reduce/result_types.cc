#include "check/reduce/result_types.h"

namespace weft::check::reducing {
namespace {

using wasm::HeapType;
using wasm::ImmediateKind;
using wasm::InfoOf;
using wasm::Module;
using wasm::Op;
using wasm::OpClass;
using wasm::Operator;
using wasm::OpInfo;
using wasm::ValueType;

ValueType AddressType(const wasm::Limits& limits) {
  return limits.is_64 ? ValueType::kI64 : ValueType::kI32;
}

// What the `a` of a simple operator's signature stands for.
ValueType AddressOf(const Module& module, const Operator& op) {
  int position = 0;
  for (ImmediateKind kind : InfoOf(op.op).immediates) {
    if (kind == ImmediateKind::kMemArg) {
      return AddressType(module.memories[op.mem.memory].type.limits);
    }
    if (kind == ImmediateKind::kMemory) {
      return AddressType(module.memories[op.index[position]].type.limits);
    }
    if (kind == ImmediateKind::kTable) {
      return AddressType(module.tables[op.index[position]].type.limits);
    }
    ++position;
  }
  return ValueType::kI32;
}

ValueType NewRef(const Operator& op) {
  return ValueType::Ref(HeapType::Defined(op.index[0]), false);
}

void SimpleResults(const Module& module, const Operator& op,
                   std::vector<ValueType>* results) {
  const OpInfo& info = InfoOf(op.op);
  for (int i = 0; i < info.num_results; ++i) {
    results->push_back(i == 0 && info.address_result ? AddressOf(module, op)
                                                     : info.results[i]);
  }
}

// br_on_*: what the label takes, with another reference at its end.
void BranchOnResults(const Operator& op, TypeList operands, TypeList label,
                     std::vector<ValueType>* results) {
  results->assign(label.begin(), label.end());
  const ValueType ref = operands.empty() ? ValueType() : operands.back();
  switch (op.op) {
    case Op::kBrOnNull:
      results->push_back(ref.AsNonNull());
      return;
    case Op::kBrOnNonNull:
      if (!results->empty()) results->pop_back();
      return;
    default:
      break;
  }
  const bool from_nullable = (op.index[0] & 1) != 0;
  const bool to_nullable = (op.index[0] & 2) != 0;
  if (!results->empty()) results->pop_back();
  results->push_back(
      op.op == Op::kBrOnCast
          ? ValueType::Ref(op.heap[0], from_nullable && !to_nullable)
          : ValueType::Ref(op.heap[1], to_nullable));
}

}  // namespace

TypeList BlockParams(const Module& module, const wasm::BlockType& type) {
  if (type.kind != wasm::BlockType::kTypeIndex) return {};
  return module.types[type.index].params;
}

TypeList BlockResults(const Module& module, const wasm::BlockType& type) {
  switch (type.kind) {
    case wasm::BlockType::kEmpty:
      return {};
    case wasm::BlockType::kValue:
      return {&type.value, 1};
    case wasm::BlockType::kTypeIndex:
      return module.types[type.index].results;
  }
  return {};
}

void ResultTypes(const Module& module, const Operator& op, TypeList operands,
                 TypeList label, std::vector<ValueType>* results) {
  results->clear();
  switch (InfoOf(op.op).op_class) {
    case OpClass::kSimple:
      SimpleResults(module, op, results);
      return;
    case OpClass::kCall:
      *results = module.func_type(op.index[0]).results;
      return;
    case OpClass::kCallIndirect:
    case OpClass::kCallRef:
      *results = module.types[op.index[0]].results;
      return;
    case OpClass::kSelect:
      results->push_back(operands[0] == ValueType::kBottom ? operands[1]
                                                           : operands[0]);
      return;
    case OpClass::kSelectTyped:
      results->push_back(op.types[0]);
      return;
    case OpClass::kLocalGet:
    case OpClass::kLocalTee:
      // The caller knows the locals.
      results->push_back(ValueType::kBottom);
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
      results->push_back(ValueType::Ref(
          HeapType::Defined(module.funcs[op.index[0]].type), false));
      return;
    case OpClass::kRefAsNonNull:
      results->push_back(operands[0].AsNonNull());
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
      results->push_back(NewRef(op));
      return;
    case OpClass::kStructGet:
      results->push_back(
          module.types[op.index[0]].fields[op.index[1]].storage.value);
      return;
    case OpClass::kArrayGet:
      results->push_back(module.types[op.index[0]].fields[0].storage.value);
      return;
    case OpClass::kConvertExtern:
      results->push_back(ValueType::Ref(
          op.op == Op::kAnyConvertExtern ? HeapType::kAny : HeapType::kExtern,
          !operands[0].is_ref() || operands[0].nullable()));
      return;
    case OpClass::kBrIf:
      results->assign(label.begin(), label.end());
      return;
    case OpClass::kBrOnNull:
    case OpClass::kBrOnNonNull:
    case OpClass::kBrOnCast:
      BranchOnResults(op, operands, label, results);
      return;
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
    case OpClass::kThrow:
    case OpClass::kThrowRef:
    case OpClass::kBr:
    case OpClass::kBrTable:
    case OpClass::kReturn:
    case OpClass::kReturnCall:
    case OpClass::kReturnCallIndirect:
    case OpClass::kReturnCallRef:
    case OpClass::kDrop:
    case OpClass::kLocalSet:
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
      return;
  }
}

int LabelPosition(Op op) {
  int position = 0;
  for (ImmediateKind kind : InfoOf(op).immediates) {
    if (kind == ImmediateKind::kLabel) return position;
    ++position;
  }
  return -1;
}

}  // namespace weft::check::reducing
