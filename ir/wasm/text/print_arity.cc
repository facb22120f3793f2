#include "ir/wasm/text/print_arity.h"

#include <array>

namespace weft::wasm {
namespace {

struct FixedRow {
  bool is_fixed = false;
  uint8_t operands = 0;
  uint8_t results = 0;
};

constexpr FixedRow Fixed(int operands, int results) {
  return {true, static_cast<uint8_t>(operands), static_cast<uint8_t>(results)};
}

constexpr FixedRow OfSignature(absl::string_view signature) {
  int counts[2] = {0, 0};
  int side = 0;
  for (char letter : signature) {
    if (letter == ':') {
      side = 1;
    } else {
      ++counts[side];
    }
  }
  return Fixed(counts[0], counts[1]);
}

constexpr FixedRow OfClass(OpClass op_class, absl::string_view signature) {
  switch (op_class) {
    case OpClass::kSimple:
      return OfSignature(signature);
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
      return Fixed(0, 0);
    case OpClass::kThrowRef:
    case OpClass::kDrop:
    case OpClass::kLocalSet:
    case OpClass::kGlobalSet:
      return Fixed(1, 0);
    case OpClass::kLocalGet:
    case OpClass::kGlobalGet:
    case OpClass::kRefNull:
    case OpClass::kRefFunc:
    case OpClass::kStructNewDefault:
      return Fixed(0, 1);
    case OpClass::kLocalTee:
    case OpClass::kTableGet:
    case OpClass::kRefIsNull:
    case OpClass::kRefAsNonNull:
    case OpClass::kRefTest:
    case OpClass::kRefCast:
    case OpClass::kStructGet:
    case OpClass::kArrayNewDefault:
    case OpClass::kConvertExtern:
      return Fixed(1, 1);
    case OpClass::kTableSet:
    case OpClass::kStructSet:
      return Fixed(2, 0);
    case OpClass::kTableGrow:
    case OpClass::kArrayNew:
    case OpClass::kArrayNewSegment:
    case OpClass::kArrayGet:
      return Fixed(2, 1);
    case OpClass::kTableFill:
    case OpClass::kTableCopy:
    case OpClass::kTableInit:
    case OpClass::kMemoryCopy:
    case OpClass::kArraySet:
      return Fixed(3, 0);
    case OpClass::kSelect:
    case OpClass::kSelectTyped:
      return Fixed(3, 1);
    case OpClass::kArrayFill:
    case OpClass::kArrayInit:
      return Fixed(4, 0);
    case OpClass::kArrayCopy:
      return Fixed(5, 0);
    case OpClass::kThrow:
    case OpClass::kBr:
    case OpClass::kBrIf:
    case OpClass::kBrTable:
    case OpClass::kBrOnNull:
    case OpClass::kBrOnNonNull:
    case OpClass::kBrOnCast:
    case OpClass::kReturn:
    case OpClass::kCall:
    case OpClass::kCallIndirect:
    case OpClass::kCallRef:
    case OpClass::kReturnCall:
    case OpClass::kReturnCallIndirect:
    case OpClass::kReturnCallRef:
    case OpClass::kStructNew:
    case OpClass::kArrayNewFixed:
      return {};
  }
  return {};
}

constexpr std::array<FixedRow, kOpCount> kFixedRows = {
#define WEFT_OP(name, text, prefix, code, op_class, immediates, signature, \
                effects, traps, access, feature, spec)                     \
  OfClass(OpClass::k##op_class, signature),
#include "ir/wasm/ops.def"
#undef WEFT_OP
};

uint32_t Count(size_t size) { return static_cast<uint32_t>(size); }

Arity FunctionTypeArity(const Module& module, TypeIndex index) {
  if (index >= module.types.size()) return {};
  const SubType& type = module.types[index];
  return {Count(type.params.size()), Count(type.results.size())};
}

Arity FunctionArity(const Module& module, FuncIndex index) {
  if (index >= module.funcs.size()) return {};
  return FunctionTypeArity(module, module.funcs[index].type);
}

uint32_t TagArity(const Module& module, TagIndex index) {
  if (index >= module.tags.size()) return 0;
  return FunctionTypeArity(module, module.tags[index].type).operands;
}

}  // namespace

Arity BlockArity(const Module& module, const BlockType& type) {
  switch (type.kind) {
    case BlockType::kEmpty:
      return {};
    case BlockType::kValue:
      return {0, 1};
    case BlockType::kTypeIndex:
      return FunctionTypeArity(module, type.index);
  }
  return {};
}

bool FixedArity(Op op, Arity* arity) {
  const FixedRow& row = kFixedRows[static_cast<int>(op)];
  *arity = {row.operands, row.results};
  return row.is_fixed;
}

Arity OperatorArity(const Module& module, const Operator& op,
                    uint32_t label_arity, uint32_t results) {
  Arity arity;
  if (FixedArity(op.op, &arity)) return arity;
  const OpClass op_class = InfoOf(op.op).op_class;
  if (op_class == OpClass::kBr) return {label_arity, 0};
  if (op_class == OpClass::kBrIf) return {label_arity + 1, label_arity};
  if (op_class == OpClass::kBrTable) return {label_arity + 1, 0};
  if (op_class == OpClass::kBrOnNull) return {label_arity + 1, label_arity + 1};
  if (op_class == OpClass::kBrOnCast) return {label_arity, label_arity};
  if (op_class == OpClass::kBrOnNonNull) {
    return {label_arity, label_arity - (label_arity > 0 ? 1 : 0)};
  }
  if (op_class == OpClass::kReturn) return {results, 0};
  if (op_class == OpClass::kThrow) return {TagArity(module, op.index[0]), 0};
  if (op_class == OpClass::kArrayNewFixed) return {op.index[1], 1};
  if (op_class == OpClass::kStructNew) {
    const TypeIndex type = op.index[0];
    if (type >= module.types.size()) return {0, 1};
    return {Count(module.types[type].fields.size()), 1};
  }
  if (op_class == OpClass::kCall || op_class == OpClass::kReturnCall) {
    arity = FunctionArity(module, op.index[0]);
  } else {
    arity = FunctionTypeArity(module, op.index[0]);
    ++arity.operands;  // The callee.
  }
  if (op_class == OpClass::kReturnCall ||
      op_class == OpClass::kReturnCallIndirect ||
      op_class == OpClass::kReturnCallRef) {
    arity.results = 0;
  }
  return arity;
}

}  // namespace weft::wasm
