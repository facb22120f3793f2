// Decoding is driven by the immediates column of ops.def. The few shapes that
// make up most code (no immediate, one index, a memory access, a constant)
// have a direct path, found through a table by the first byte, and one in the
// header where they are short; all others loop over their immediate kinds.
#include "ir/wasm/operator.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "ir/wasm/limits.h"
#include "ir/wasm/type_codec.h"

namespace weft::wasm {
namespace internal {
namespace {

struct ShapeRow {
  absl::string_view immediates;
  uint8_t prefix;
  uint32_t code;
  Feature feature;
};

constexpr ShapeRow kShapeRows[] = {
#define WEFT_OP(name, text, prefix, code, op_class, immediates, signature, \
                effects, traps, access, order, feature, spec)              \
  {immediates, prefix, code, Feature::k##feature},
#include "ir/wasm/ops.def"
#undef WEFT_OP
};

constexpr bool SameText(absl::string_view a, absl::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

constexpr Shape ShapeOf(absl::string_view immediates) {
  if (immediates.empty()) return Shape::kNothing;
  if (SameText(immediates, "memarg")) return Shape::kMemArg;
  if (SameText(immediates, "i32")) return Shape::kI32;
  for (absl::string_view word :
       {"label", "func", "local", "global", "tag", "type"}) {
    if (SameText(immediates, word)) return Shape::kIndex;
  }
  return Shape::kGeneral;
}

}  // namespace

constexpr std::array<FirstByte, 256> kFirstBytes = [] {
  std::array<FirstByte, 256> table = {};
  for (int i = 0; i < kOpCount; ++i) {
    const ShapeRow& row = kShapeRows[i];
    if (row.prefix != 0) {
      table[row.prefix].shape = Shape::kPrefix;
    } else {
      table[row.code] = {static_cast<uint16_t>(i), ShapeOf(row.immediates),
                         row.feature};
    }
  }
  return table;
}();

}  // namespace internal

using internal::FirstByte;
using internal::Shape;

bool OperatorReader::TryReadAny(Operator* op) {
  op->offset = reader_.offset();
  const uint8_t* start = reader_.pos();
  uint8_t byte;
  if (!reader_.ReadByte(&byte)) return false;
  const FirstByte& first = internal::kFirstBytes[byte];
  op->op = static_cast<Op>(first.op);
  if (!features_.Has(first.feature)) {
    reader_.SetPos(start);
    return FeatureOff(first.feature);
  }
  switch (first.shape) {
    case Shape::kNothing:
      return true;
    case Shape::kIndex:
      return reader_.ReadU32(&op->index[0]);
    case Shape::kMemArg:
      return ReadMemArg(op);
    case Shape::kI32: {
      int32_t value;
      if (!reader_.ReadS32(&value)) return false;
      op->value = static_cast<uint32_t>(value);
      return true;
    }
    case Shape::kGeneral:
      return ReadImmediates(op);
    case Shape::kPrefix: {
      uint32_t code;
      if (!reader_.ReadU32(&code)) return false;
      op->op = OpFromCode(byte, code);
      if (op->op == Op::kCount) break;
      const Feature feature = InfoOf(op->op).feature;
      if (!features_.Has(feature)) {
        reader_.SetPos(start);
        return FeatureOff(feature);
      }
      return ReadImmediates(op);
    }
    case Shape::kUnknown:
      break;
  }
  reader_.SetPos(start);
  return reader_.Fail("illegal opcode");
}

absl::Status OperatorReader::status() const {
  if (!failure_.ok()) return failure_;
  return reader_.StatusHere(section_);
}

bool OperatorReader::FeatureOff(Feature feature) {
  failure_ = absl::UnimplementedError(absl::StrCat(
      "operator needs feature ", FeatureName(feature),
      ", which is off, at offset ", reader_.offset(), " in ", section_));
  return false;
}

bool OperatorReader::ReadImmediates(Operator* op) {
  int num_index = 0;
  int num_heap = 0;
  for (ImmediateKind kind : InfoOf(op->op).immediates) {
    if (!ReadImmediate(kind, &num_index, &num_heap, op)) return false;
  }
  return true;
}

bool OperatorReader::ReadImmediate(ImmediateKind kind, int* num_index,
                                   int* num_heap, Operator* op) {
  switch (kind) {
    case ImmediateKind::kBlockType:
      return ReadBlockType(&reader_, features_, &op->block_type);
    case ImmediateKind::kLabelTable:
      return ReadLabels(op);
    case ImmediateKind::kLabel:
    case ImmediateKind::kFunc:
    case ImmediateKind::kType:
    case ImmediateKind::kLocal:
    case ImmediateKind::kGlobal:
    case ImmediateKind::kTag:
    case ImmediateKind::kData:
    case ImmediateKind::kElem:
    case ImmediateKind::kField:
    case ImmediateKind::kCount:
      return reader_.ReadU32(&op->index[(*num_index)++]);
    case ImmediateKind::kTable: {
      const uint32_t table = (*num_index)++;
      if (!reader_.ReadU32(&op->index[table])) return false;
      return op->index[table] == 0 || features_.Has(Feature::kReferenceTypes) ||
             FeatureOff(Feature::kReferenceTypes);
    }
    case ImmediateKind::kMemory: {
      const uint32_t memory = (*num_index)++;
      if (!reader_.ReadU32(&op->index[memory])) return false;
      return op->index[memory] == 0 || features_.Has(Feature::kMultiMemory) ||
             FeatureOff(Feature::kMultiMemory);
    }
    case ImmediateKind::kMemArg:
      return ReadMemArg(op);
    case ImmediateKind::kLane:
      return ReadOneByte(0xff, "", &op->index[(*num_index)++]);
    case ImmediateKind::kCastFlags:
      return ReadOneByte(3, "malformed cast flags", &op->index[(*num_index)++]);
    case ImmediateKind::kOrdering:
      return ReadOneByte(0, "zero byte expected", &op->index[(*num_index)++]);
    case ImmediateKind::kLanes16:
    case ImmediateKind::kV128:
      if (reader_.remaining() < 16) return reader_.Fail("unexpected end");
      return reader_.ReadFixed64(&op->value) &&
             reader_.ReadFixed64(&op->value_high);
    case ImmediateKind::kI32: {
      int32_t value;
      if (!reader_.ReadS32(&value)) return false;
      op->value = static_cast<uint32_t>(value);
      return true;
    }
    case ImmediateKind::kI64: {
      int64_t value;
      if (!reader_.ReadS64(&value)) return false;
      op->value = static_cast<uint64_t>(value);
      return true;
    }
    case ImmediateKind::kF32: {
      uint32_t value;
      if (!reader_.ReadFixed32(&value)) return false;
      op->value = value;
      return true;
    }
    case ImmediateKind::kF64:
      return reader_.ReadFixed64(&op->value);
    case ImmediateKind::kHeapType:
      return ReadHeapType(&reader_, features_, &op->heap[(*num_heap)++]);
    case ImmediateKind::kValueTypes:
      return ReadTypes(op);
    case ImmediateKind::kCatches:
      return ReadCatches(op);
  }
  return false;
}

bool OperatorReader::ReadMemArg(Operator* op) {
  // The flags hold the alignment and, in bit 6, whether a memory follows.
  constexpr uint32_t kMemoryFlag = 1u << 6;
  const uint8_t* start = reader_.pos();
  uint32_t flags;
  if (!reader_.ReadU32(&flags)) return false;
  op->mem.memory = 0;
  if (flags >= kMemoryFlag) {
    if (flags >= 2 * kMemoryFlag) {
      reader_.SetPos(start);
      return reader_.Fail("malformed memop flags");
    }
    if (!features_.Has(Feature::kMultiMemory)) {
      reader_.SetPos(start);
      return FeatureOff(Feature::kMultiMemory);
    }
    if (!reader_.ReadU32(&op->mem.memory)) return false;
  }
  op->mem.align_log2 = static_cast<uint8_t>(flags & (kMemoryFlag - 1));
  if (features_.Has(Feature::kMemory64)) {
    return reader_.ReadU64(&op->mem.offset);
  }
  uint32_t offset;
  if (!reader_.ReadU32(&offset)) return false;
  op->mem.offset = offset;
  return true;
}

bool OperatorReader::ReadLabels(Operator* op) {
  uint32_t count;
  const uint32_t offset = reader_.offset();
  if (!reader_.ReadU32(&count)) return false;
  // A label takes at least a byte, and the default one follows.
  if (count >= reader_.remaining()) return reader_.Fail("unexpected end");
  if (count > LimitValue(Limit::kBranchTargets)) {
    failure_ = LimitError(Limit::kBranchTargets, count, offset, section_);
    return false;
  }
  labels_.resize(size_t{count} + 1);
  for (uint32_t& label : labels_) {
    if (!reader_.ReadU32(&label)) return false;
  }
  op->labels = labels_;
  return true;
}

bool OperatorReader::ReadTypes(Operator* op) {
  uint32_t count;
  if (!reader_.ReadU32(&count)) return false;
  if (count > reader_.remaining()) return reader_.Fail("unexpected end");
  types_.clear();
  for (uint32_t i = 0; i < count; ++i) {
    ValueType type;
    if (!ReadValueType(&reader_, features_, &type)) return false;
    types_.push_back(type);
  }
  op->types = types_;
  return true;
}

bool OperatorReader::ReadCatches(Operator* op) {
  uint32_t count;
  const uint32_t offset = reader_.offset();
  if (!reader_.ReadU32(&count)) return false;
  if (count > reader_.remaining()) return reader_.Fail("unexpected end");
  if (count > LimitValue(Limit::kCatchClauses)) {
    failure_ = LimitError(Limit::kCatchClauses, count, offset, section_);
    return false;
  }
  catches_.clear();
  for (uint32_t i = 0; i < count; ++i) {
    CatchClause clause;
    uint32_t kind;
    if (!ReadOneByte(CatchClause::kCatchAllRef, "malformed catch clause",
                     &kind)) {
      return false;
    }
    clause.kind = static_cast<CatchClause::Kind>(kind);
    if (clause.has_tag() && !reader_.ReadU32(&clause.tag)) return false;
    if (!reader_.ReadU32(&clause.label)) return false;
    catches_.push_back(clause);
  }
  op->catches = catches_;
  return true;
}

bool OperatorReader::ReadOneByte(uint8_t max, const char* error,
                                 uint32_t* out) {
  uint8_t byte;
  if (!reader_.PeekByte(&byte)) return false;
  if (byte > max) return reader_.Fail(error);
  reader_.Advance(1);
  *out = byte;
  return true;
}

}  // namespace weft::wasm
