#include "ir/wasm/text/print_arity.h"

#include <array>

namespace weft::wasm {
namespace {

// What the arity of an operator follows from.
enum class Source : uint8_t {
  kRow,  // Nothing else: `operands` and `results` say it.
  kBr,
  kBrIf,
  kBrTable,
  kBrOnNull,
  kBrOnNonNull,
  kBrOnCast,
  kReturn,
  kTag,
  kCallee,
  kReturnCallee,
  kCalledType,
  kReturnCalledType,
  kStructType,
  kCount,
};

struct ArityRow {
  Source source = Source::kRow;
  uint8_t operands = 0;
  uint8_t results = 0;
};

constexpr ArityRow Fixed(int operands, int results) {
  return {Source::kRow, static_cast<uint8_t>(operands),
          static_cast<uint8_t>(results)};
}

constexpr ArityRow From(Source source) { return {source, 0, 0}; }

constexpr ArityRow OfSignature(absl::string_view signature) {
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

constexpr ArityRow OfClass(OpClass op_class, absl::string_view signature) {
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
      return From(Source::kTag);
    case OpClass::kBr:
      return From(Source::kBr);
    case OpClass::kBrIf:
      return From(Source::kBrIf);
    case OpClass::kBrTable:
      return From(Source::kBrTable);
    case OpClass::kBrOnNull:
      return From(Source::kBrOnNull);
    case OpClass::kBrOnNonNull:
      return From(Source::kBrOnNonNull);
    case OpClass::kBrOnCast:
      return From(Source::kBrOnCast);
    case OpClass::kReturn:
      return From(Source::kReturn);
    case OpClass::kCall:
      return From(Source::kCallee);
    case OpClass::kReturnCall:
      return From(Source::kReturnCallee);
    case OpClass::kCallIndirect:
    case OpClass::kCallRef:
      return From(Source::kCalledType);
    case OpClass::kReturnCallIndirect:
    case OpClass::kReturnCallRef:
      return From(Source::kReturnCalledType);
    case OpClass::kStructNew:
      return From(Source::kStructType);
    case OpClass::kArrayNewFixed:
      return From(Source::kCount);
  }
  return {};
}

constexpr std::array<ArityRow, kOpCount> kRows = {
#define WEFT_OP(name, text, prefix, code, op_class, immediates, signature, \
                effects, traps, access, order, feature, spec)                     \
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
  const ArityRow& row = kRows[static_cast<int>(op)];
  *arity = {row.operands, row.results};
  return row.source == Source::kRow;
}

Arity OperatorArity(const Module& module, const Operator& op,
                    uint32_t label_arity, uint32_t results) {
  const ArityRow& row = kRows[static_cast<int>(op.op)];
  const uint32_t index = op.index[0];
  const uint32_t n = label_arity;
  switch (row.source) {
    case Source::kRow:
      return {row.operands, row.results};
    case Source::kBr:
      return {n, 0};
    case Source::kBrIf:
      return {n + 1, n};
    case Source::kBrTable:
      return {n + 1, 0};
    case Source::kBrOnNull:
      return {n + 1, n + 1};
    case Source::kBrOnNonNull:
      return {n, n > 0 ? n - 1 : 0};
    case Source::kBrOnCast:
      return {n, n};
    case Source::kReturn:
      return {results, 0};
    case Source::kTag:
      return {TagArity(module, index), 0};
    case Source::kCallee:
      return FunctionArity(module, index);
    case Source::kReturnCallee:
      return {FunctionArity(module, index).operands, 0};
    case Source::kCalledType: {
      const Arity callee = FunctionTypeArity(module, index);
      return {callee.operands + 1, callee.results};
    }
    case Source::kReturnCalledType:
      return {FunctionTypeArity(module, index).operands + 1, 0};
    case Source::kStructType:
      if (index >= module.types.size()) return {0, 1};
      return {Count(module.types[index].fields.size()), 1};
    case Source::kCount:
      return {op.index[1], 1};
  }
  return {};
}

}  // namespace weft::wasm
