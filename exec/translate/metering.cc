#include "exec/translate/metering.h"

#include <vector>

#include "ir/wasm/locals.h"
#include "ir/wasm/operator.h"

namespace weft::exec {

BlockShape ShapeOf(wasm::OpClass op_class) {
  using wasm::OpClass;
  switch (op_class) {
    case OpClass::kNop:
      return BlockShape::kNop;
    case OpClass::kBlock:
    case OpClass::kTryTable:
    case OpClass::kTry:
      return BlockShape::kOpens;
    case OpClass::kLoop:
      return BlockShape::kOpensLoop;
    case OpClass::kIf:
      return BlockShape::kOpensIf;
    case OpClass::kElse:
    case OpClass::kCatch:
    case OpClass::kCatchAll:
      return BlockShape::kContinues;
    case OpClass::kEnd:
    case OpClass::kDelegate:
      return BlockShape::kCloses;
    case OpClass::kSimple:
    case OpClass::kUnreachable:
    case OpClass::kRethrow:
    case OpClass::kThrow:
    case OpClass::kThrowRef:
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
    case OpClass::kDrop:
    case OpClass::kSelect:
    case OpClass::kSelectTyped:
    case OpClass::kLocalGet:
    case OpClass::kLocalSet:
    case OpClass::kLocalTee:
    case OpClass::kGlobalGet:
    case OpClass::kGlobalSet:
    case OpClass::kTableGet:
    case OpClass::kTableSet:
    case OpClass::kTableGrow:
    case OpClass::kTableFill:
    case OpClass::kTableCopy:
    case OpClass::kTableInit:
    case OpClass::kMemoryCopy:
    case OpClass::kRefNull:
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
      return BlockShape::kNone;
  }
  return BlockShape::kNone;  // Not reached; g++ asks for it.
}

uint32_t CostBehind(const wasm::Module& module, uint32_t func,
                    uint32_t offset) {
  const wasm::Function& function =
      module.funcs[module.num_imported_funcs + func];
  if (offset < function.body_offset) return 0;
  const uint32_t skipped = offset - function.body_offset;
  if (skipped >= function.body.size()) return 0;
  wasm::OperatorReader reader(function.body.subspan(skipped), offset,
                              wasm::FeatureSet::All());
  wasm::Operator op;
  if (!reader.TryRead(&op) || EndsBlock(op.op)) return 0;
  uint32_t cost = 0;
  while (!reader.done() && reader.TryRead(&op)) {
    const wasm::OpClass op_class = wasm::InfoOf(op.op).op_class;
    if (BeginsBlock(op_class)) break;
    if (!IsFree(op_class)) ++cost;
    if (EndsBlock(op.op)) break;
  }
  return cost;
}

uint32_t CodeBegin(const wasm::Module& module) {
  const size_t first = module.num_imported_funcs;
  return first < module.funcs.size() ? module.funcs[first].body_offset : 0;
}

uint32_t CodeBytes(const wasm::Module& module) {
  if (module.funcs.size() == module.num_imported_funcs) return 0;
  const wasm::Function& last = module.funcs.back();
  return last.body_offset + static_cast<uint32_t>(last.body.size()) -
         CodeBegin(module);
}

namespace {

void AddFunction(const wasm::Function& function, uint32_t code_begin,
                 const BlockCounts& counts, OperatorCounts* out) {
  wasm::ByteReader locals(function.body, function.body_offset);
  std::vector<wasm::LocalGroup> groups;
  if (!wasm::ReadLocals(&locals, wasm::FeatureSet::All(), &groups).ok()) return;
  wasm::OperatorReader reader(locals.rest(), locals.offset(),
                              wasm::FeatureSet::All());
  wasm::Operator op;
  bool begins = true;
  uint64_t runs = 0;  // Of the operator at hand.
  while (!reader.done() && reader.TryRead(&op)) {
    const wasm::OpClass op_class = wasm::InfoOf(op.op).op_class;
    if (BeginsBlock(op_class)) begins = true;
    if (IsFree(op_class)) continue;
    const uint32_t place = op.offset - code_begin;
    if (begins) runs = counts.entered[place];
    begins = EndsBlock(op.op);
    out->executed[static_cast<size_t>(op.op)] += runs;
    const auto trapped = counts.trapped.find(place);
    if (trapped != counts.trapped.end()) runs -= trapped->second;
  }
}

}  // namespace

void AddOperatorCounts(const wasm::Module& module, const BlockCounts& counts,
                       OperatorCounts* out) {
  const uint32_t begin = CodeBegin(module);
  for (size_t i = module.num_imported_funcs; i < module.funcs.size(); ++i) {
    AddFunction(module.funcs[i], begin, counts, out);
  }
}

}  // namespace weft::exec
