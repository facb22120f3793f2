#include "check/reduce/cost.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "ir/wasm/locals.h"
#include "ir/wasm/text/print_arity.h"

namespace weft::check::reducing {
namespace {

using wasm::InfoOf;
using wasm::Module;
using wasm::Op;
using wasm::OpClass;
using wasm::Operator;

// An entity of any kind, and each of a section's entries.
constexpr uint64_t kEntity = 8;
constexpr uint64_t kFunction = 16;
constexpr uint64_t kLocal = 2;

uint64_t IntegerBits(uint64_t value) {
  const auto bits = static_cast<int64_t>(value);
  const uint64_t magnitude = bits < 0 ? ~value : value;
  return static_cast<uint64_t>(std::bit_width(magnitude)) + (bits < 0 ? 2 : 0);
}

// From the highest bit of a float to the lowest that is set.
uint64_t FloatBits(uint64_t value, int width) {
  if (value == 0) return 0;
  return static_cast<uint64_t>(width - std::countr_zero(value));
}

uint64_t ConstBits(const Operator& op) {
  switch (op.op) {
    case Op::kI32Const:
      return IntegerBits(static_cast<uint64_t>(
          static_cast<int64_t>(static_cast<int32_t>(op.value))));
    case Op::kI64Const:
      return IntegerBits(op.value);
    case Op::kF32Const:
      return FloatBits(op.value, 32);
    case Op::kF64Const:
      return FloatBits(op.value, 64);
    default:
      return static_cast<uint64_t>(std::popcount(op.value) +
                                   std::popcount(op.value_high));
  }
}

bool IsConst(Op op) {
  return op == Op::kI32Const || op == Op::kI64Const || op == Op::kF32Const ||
         op == Op::kF64Const || op == Op::kV128Const;
}

uint64_t MemArgCost(const Operator& op) {
  const int natural = std::bit_width(unsigned{InfoOf(op.op).access_bytes}) - 1;
  return static_cast<uint64_t>(std::bit_width(op.mem.offset)) +
         (op.mem.align_log2 == natural ? 0 : 1) + (op.mem.memory == 0 ? 0 : 1);
}

uint64_t BlockTypeCost(const Module& module, const wasm::BlockType& type) {
  const wasm::Arity arity = BlockArity(module, type);
  return 4 * uint64_t{arity.operands} + 6 * uint64_t{arity.results};
}

uint64_t ClassCost(const Module& module, const Operator& op) {
  // Labels do not matter here.
  const wasm::Arity arity = OperatorArity(module, op, 0, 0);
  const uint64_t operands = 2 * uint64_t{arity.operands};
  const uint64_t results = 3 * uint64_t{arity.results};
  switch (InfoOf(op.op).op_class) {
    case OpClass::kEnd:
      return 0;
    case OpClass::kNop:
    case OpClass::kElse:
    case OpClass::kRefNull:
      return 1;
    case OpClass::kDrop:
    case OpClass::kLocalGet:
    case OpClass::kLocalTee:
      return 2;
    case OpClass::kUnreachable:
    case OpClass::kLocalSet:
    case OpClass::kGlobalGet:
    case OpClass::kGlobalSet:
    case OpClass::kBr:
    case OpClass::kReturn:
    case OpClass::kCatch:
    case OpClass::kCatchAll:
      return 3;
    case OpClass::kBlock:
      return 4 + BlockTypeCost(module, op.block_type);
    case OpClass::kLoop:
      return 5 + BlockTypeCost(module, op.block_type);
    case OpClass::kIf:
    case OpClass::kTry:
      return 7 + BlockTypeCost(module, op.block_type);
    case OpClass::kTryTable:
      return 7 + 2 * op.catches.size() + BlockTypeCost(module, op.block_type);
    case OpClass::kBrIf:
    case OpClass::kRethrow:
    case OpClass::kDelegate:
      return 6;
    case OpClass::kBrTable:
      return 7 + op.labels.size();
    case OpClass::kCall:
      return 8 + operands + results;
    case OpClass::kCallIndirect:
    case OpClass::kCallRef:
      return 10 + operands + results;
    case OpClass::kReturnCall:
      // A call, what it may return, and `return`.
      return 15 + operands + 9;
    case OpClass::kReturnCallIndirect:
    case OpClass::kReturnCallRef:
      return 17 + operands + 9;
    case OpClass::kSelectTyped:
      return 9;
    case OpClass::kSimple:
    case OpClass::kThrow:
    case OpClass::kThrowRef:
    case OpClass::kBrOnNull:
    case OpClass::kBrOnNonNull:
    case OpClass::kBrOnCast:
    case OpClass::kSelect:
    case OpClass::kTableGet:
    case OpClass::kTableSet:
    case OpClass::kTableGrow:
    case OpClass::kTableFill:
    case OpClass::kTableCopy:
    case OpClass::kTableInit:
    case OpClass::kMemoryCopy:
    case OpClass::kRefIsNull:
    case OpClass::kRefFunc:
    case OpClass::kRefAsNonNull:
    case OpClass::kRefTest:
    case OpClass::kRefCast:
    case OpClass::kStructNew:
    case OpClass::kStructNewDefault:
    case OpClass::kStructGet:
    case OpClass::kStructSet:
    case OpClass::kArrayNew:
    case OpClass::kArrayNewDefault:
    case OpClass::kArrayNewFixed:
    case OpClass::kArrayNewSegment:
    case OpClass::kArrayGet:
    case OpClass::kArraySet:
    case OpClass::kArrayFill:
    case OpClass::kArrayCopy:
    case OpClass::kArrayInit:
    case OpClass::kConvertExtern:
      return std::max<uint64_t>(8, 4 + operands);
  }
  return 0;
}

absl::StatusOr<uint64_t> CodeCost(const Module& module, wasm::ByteSpan code,
                                  uint32_t offset) {
  wasm::OperatorReader reader(code, offset, module.features);
  Operator op;
  uint64_t cost = 0;
  while (!reader.done()) {
    if (!reader.TryRead(&op)) return reader.status();
    cost += OpCost(module, op);
  }
  return cost;
}

absl::StatusOr<uint64_t> BodyCost(const Module& module,
                                  const wasm::Function& function) {
  wasm::ByteReader reader(function.body, function.body_offset);
  std::vector<wasm::LocalGroup> locals;
  absl::Status status = ReadLocals(&reader, module.features, &locals);
  if (!status.ok()) return status;
  absl::StatusOr<uint64_t> cost =
      CodeCost(module, reader.rest(), reader.offset());
  if (!cost.ok()) return cost.status();
  for (const wasm::LocalGroup& group : locals) *cost += kLocal * group.count;
  return *cost;
}

uint64_t LimitsCost(const wasm::Limits& limits) {
  return IntegerBits(limits.min) + (limits.has_max ? 2 : 0) +
         (limits.has_max ? IntegerBits(limits.max) : 0) +
         (limits.is_shared ? 1 : 0) + (limits.is_64 ? 1 : 0);
}

uint64_t TypesCost(const Module& module) {
  uint64_t cost = 0;
  for (const wasm::SubType& type : module.types) {
    cost += 2 + type.params.size() + type.results.size();
    cost += (type.is_final ? 0 : 1) + (type.super == wasm::kNoIndex ? 0 : 2) +
            (type.group_size == 1 ? 0 : 1);
    for (const wasm::FieldType& field : type.fields) {
      cost += 2 + (field.is_mutable ? 1 : 0);
    }
  }
  return cost;
}

// What constant expressions and bodies cost, summed.
class Sum {
 public:
  explicit Sum(const Module& module) : module_(module) {}

  void Add(uint64_t cost) { total_ += cost; }
  void Add(const wasm::ConstExpr& expr) {
    Add(CodeCost(module_, expr.code, expr.offset));
  }
  void Add(const absl::StatusOr<uint64_t>& cost) {
    if (cost.ok()) {
      total_ += *cost;
    } else if (status_.ok()) {
      status_ = cost.status();
    }
  }

  absl::StatusOr<uint64_t> total() const {
    if (!status_.ok()) return status_;
    return total_;
  }

 private:
  const Module& module_;
  uint64_t total_ = 0;
  absl::Status status_;
};

void AddFunctions(const Module& module, Sum* sum) {
  for (const wasm::Function& function : module.funcs) {
    sum->Add(kFunction);
    if (function.type < module.types.size()) {
      const wasm::SubType& type = module.types[function.type];
      sum->Add(3 * type.params.size() + 4 * type.results.size());
    }
    if (!function.is_import()) sum->Add(BodyCost(module, function));
  }
}

void AddSegments(const Module& module, Sum* sum) {
  for (const wasm::ElemSegment& segment : module.elems) {
    sum->Add(kEntity + 2 * segment.funcs.size());
    if (segment.mode == wasm::ElemSegment::kActive) sum->Add(segment.offset);
    for (const wasm::ConstExpr& expr : segment.exprs) {
      sum->Add(uint64_t{1});
      sum->Add(expr);
    }
  }
  for (const wasm::DataSegment& segment : module.datas) {
    sum->Add(kEntity + segment.bytes.size());
    if (segment.mode == wasm::DataSegment::kActive) sum->Add(segment.offset);
    for (uint8_t byte : segment.bytes) sum->Add(uint64_t{byte != 0});
  }
}

void AddState(const Module& module, Sum* sum) {
  for (const wasm::Table& table : module.tables) {
    sum->Add(kEntity + LimitsCost(table.type.limits));
    if (table.has_init) sum->Add(table.init);
  }
  for (const wasm::Memory& memory : module.memories) {
    sum->Add(kEntity + LimitsCost(memory.type.limits) +
             (memory.type.page_size_log2 == 16 ? 0 : 1));
  }
  for (const wasm::Global& global : module.globals) {
    sum->Add(kEntity + (global.type.is_mutable ? 1 : 0));
    if (!global.is_import()) sum->Add(global.init);
  }
  sum->Add(kEntity * module.tags.size());
}

}  // namespace

uint64_t OpCost(const Module& module, const Operator& op) {
  if (IsConst(op.op)) return 1 + ConstBits(op);
  uint64_t cost = ClassCost(module, op);
  if (InfoOf(op.op).access_bytes != 0) cost += MemArgCost(op);
  return cost;
}

absl::StatusOr<uint64_t> CostOf(const Module& module) {
  Sum sum(module);
  sum.Add(TypesCost(module));
  AddFunctions(module, &sum);
  AddState(module, &sum);
  AddSegments(module, &sum);
  for (const wasm::Import& import : module.imports) {
    sum.Add(kEntity + import.module.size() + import.field.size());
  }
  for (const wasm::Export& entry : module.exports) {
    sum.Add(kEntity + entry.name.size());
  }
  for (const wasm::CustomSection& section : module.customs) {
    sum.Add(kEntity + section.bytes.size());
  }
  if (module.start != wasm::kNoIndex) sum.Add(kEntity);
  return sum.total();
}

absl::StatusOr<uint64_t> CountOperators(const Module& module) {
  uint64_t count = 0;
  Operator op;
  for (const wasm::Function& function : module.funcs) {
    if (function.is_import()) continue;
    wasm::ByteReader locals(function.body, function.body_offset);
    std::vector<wasm::LocalGroup> groups;
    absl::Status status = ReadLocals(&locals, module.features, &groups);
    if (!status.ok()) return status;
    wasm::OperatorReader reader(locals.rest(), locals.offset(),
                                module.features);
    for (; !reader.done(); ++count) {
      if (!reader.TryRead(&op)) return reader.status();
    }
    --count;
  }
  return count;
}

}  // namespace weft::check::reducing
