// Immediates in the order of the text, which is that of ops.def but for this:
// an index of a table or memory comes first and may be left out, when it is 0.
#include <bit>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ir/wasm/text/code_parser.h"

namespace weft::wasm {
namespace {

// The index space of an immediate. REQUIRES: it is an index into one.
Space SpaceOf(ImmediateKind kind) {
  switch (kind) {
    case ImmediateKind::kType:
      return Space::kType;
    case ImmediateKind::kTable:
      return Space::kTable;
    case ImmediateKind::kMemory:
      return Space::kMemory;
    case ImmediateKind::kGlobal:
      return Space::kGlobal;
    case ImmediateKind::kTag:
      return Space::kTag;
    case ImmediateKind::kData:
      return Space::kData;
    case ImmediateKind::kElem:
      return Space::kElem;
    case ImmediateKind::kBlockType:
    case ImmediateKind::kLabel:
    case ImmediateKind::kLabelTable:
    case ImmediateKind::kFunc:
    case ImmediateKind::kLocal:
    case ImmediateKind::kField:
    case ImmediateKind::kCount:
    case ImmediateKind::kMemArg:
    case ImmediateKind::kLane:
    case ImmediateKind::kLanes16:
    case ImmediateKind::kI32:
    case ImmediateKind::kI64:
    case ImmediateKind::kF32:
    case ImmediateKind::kF64:
    case ImmediateKind::kV128:
    case ImmediateKind::kHeapType:
    case ImmediateKind::kValueTypes:
    case ImmediateKind::kCastFlags:
    case ImmediateKind::kCatches:
    case ImmediateKind::kOrdering:
      break;
  }
  return Space::kFunc;
}

bool IsOptional(ImmediateKind kind) {
  return kind == ImmediateKind::kTable || kind == ImmediateKind::kMemory;
}

struct Shape {
  absl::string_view word;
  int lanes;
  bool is_float;
};

constexpr Shape kShapes[] = {
    {"i8x16", 16, false}, {"i16x8", 8, false}, {"i32x4", 4, false},
    {"i64x2", 2, false},  {"f32x4", 4, true},  {"f64x2", 2, true},
};

}  // namespace

bool CodeParser::Immediates() {
  const OpInfo& info = InfoOf(op_.op);
  const absl::Span<const ImmediateKind> kinds = info.immediates;
  if (kinds.empty()) {
    return info.op_class != OpClass::kSelect || SelectTypes();
  }
  if (kinds.size() == 2 && IsOptional(kinds[1])) {
    return IndexPair(kinds[0], kinds[1]);
  }
  if (kinds[0] == ImmediateKind::kCastFlags ||
      info.op_class == OpClass::kRefTest ||
      info.op_class == OpClass::kRefCast) {
    return CastImmediates();
  }
  if (kinds[0] == ImmediateKind::kMemArg) {
    return MemArgImmediate(kinds.size() == 2) &&
           (kinds.size() == 1 || ExpectLane(&op_.index[0]));
  }
  int num_index = 0;
  for (ImmediateKind kind : kinds) {
    if (!OneImmediate(kind, &num_index)) return false;
  }
  return true;
}

// One that stands by itself.
bool CodeParser::OneImmediate(ImmediateKind kind, int* num_index) {
  switch (kind) {
    case ImmediateKind::kLabel:
      return ExpectLabel(&op_.index[(*num_index)++]);
    case ImmediateKind::kLabelTable:
      return LabelTable();
    case ImmediateKind::kLocal:
      return ExpectLocal(&op_.index[(*num_index)++]);
    case ImmediateKind::kTable:
    case ImmediateKind::kMemory:
      if (!m_.AtIndex()) {
        op_.index[(*num_index)++] = 0;
        return true;
      }
      return IndexImmediate(kind, (*num_index)++);
    case ImmediateKind::kFunc:
    case ImmediateKind::kType:
    case ImmediateKind::kGlobal:
    case ImmediateKind::kTag:
    case ImmediateKind::kData:
    case ImmediateKind::kElem:
      return IndexImmediate(kind, (*num_index)++);
    case ImmediateKind::kField:
      // Behind the type that has it.
      return m_.ExpectField(op_.index[0], &op_.index[(*num_index)++]);
    case ImmediateKind::kCount:
      return reader_.ExpectU32("a number of operands",
                               &op_.index[(*num_index)++]);
    case ImmediateKind::kLane:
      return ExpectLane(&op_.index[(*num_index)++]);
    case ImmediateKind::kOrdering:
      op_.index[(*num_index)++] = 0;  // Not in the text.
      return true;
    case ImmediateKind::kLanes16:
      return Lanes16();
    case ImmediateKind::kI32:
      return ExpectInteger(32, &op_.value);
    case ImmediateKind::kI64:
      return ExpectInteger(64, &op_.value);
    case ImmediateKind::kF32:
      return ExpectFloat(32, &op_.value);
    case ImmediateKind::kF64:
      return ExpectFloat(64, &op_.value);
    case ImmediateKind::kV128:
      return V128();
    case ImmediateKind::kHeapType:
      return m_.ExpectHeapType(&op_.heap[0]);
    // Immediates of blocks, casts, accesses and select have their own ways.
    case ImmediateKind::kBlockType:
    case ImmediateKind::kMemArg:
    case ImmediateKind::kValueTypes:
    case ImmediateKind::kCastFlags:
    case ImmediateKind::kCatches:
      break;
  }
  return reader_.FailExpected("an immediate");
}

bool CodeParser::IndexImmediate(ImmediateKind kind, int num_index) {
  if (kind == ImmediateKind::kData) m_.needs_data_count = true;
  return m_.ExpectIndex(SpaceOf(kind), &op_.index[num_index]);
}

// `second`, a table or memory, is in front. Two of them are both there or both
// not.
bool CodeParser::IndexPair(ImmediateKind first, ImmediateKind second) {
  op_.index[1] = 0;
  if (first == second) {
    op_.index[0] = 0;
    return !m_.AtIndex() ||
           (IndexImmediate(first, 0) && IndexImmediate(second, 1));
  }
  if (first == ImmediateKind::kType) {
    if (m_.AtIndex() && !IndexImmediate(second, 1)) return false;
    const uint32_t place = reader_.peek().begin;
    return m_.ParseTypeUse(/*ids=*/false, &use_) &&
           m_.ResolveTypeUse(use_, place, &op_.index[0]);
  }
  if (!m_.AtIndex()) return IndexImmediate(first, 0);  // Which fails.
  const Token token = reader_.peek();
  reader_.Advance();
  if (m_.AtIndex()) {
    return m_.ResolveIndex(SpaceOf(second), token, &op_.index[1]) &&
           IndexImmediate(first, 0);
  }
  if (first == ImmediateKind::kData) m_.needs_data_count = true;
  return m_.ResolveIndex(SpaceOf(first), token, &op_.index[0]);
}

bool CodeParser::BlockTypeImmediate() {
  const uint32_t place = reader_.peek().begin;
  BlockType& type = op_.block_type;
  if (!m_.ParseTypeUse(/*ids=*/false, &use_)) return false;
  if (use_.has_index || !use_.params.empty() || use_.results.size() > 1) {
    type.kind = BlockType::kTypeIndex;
    return m_.ResolveTypeUse(use_, place, &type.index);
  }
  type.kind = use_.results.empty() ? BlockType::kEmpty : BlockType::kValue;
  if (!use_.results.empty()) type.value = use_.results[0];
  return true;
}

bool CodeParser::LabelTable() {
  label_list_.clear();
  do {
    uint32_t label;
    if (!ExpectLabel(&label)) return false;
    label_list_.push_back(label);
  } while (m_.AtIndex());
  op_.labels = label_list_;
  return true;
}

// A number that only a lane or another field can follow is a memory if one
// does.
bool CodeParser::MemArgImmediate(bool before_lane) {
  op_.mem.memory = 0;
  if (m_.AtIndex()) {
    if (!before_lane || reader_.AtId()) {
      if (!m_.ExpectIndex(Space::kMemory, &op_.mem.memory)) return false;
    } else {
      const Token number = reader_.peek();
      reader_.Advance();
      if (reader_.kind() != TokenKind::kNumber &&
          !(reader_.kind() == TokenKind::kKeyword &&
            (absl::StartsWith(reader_.text(), "offset=") ||
             absl::StartsWith(reader_.text(), "align=")))) {
        reader_.Seek(number.begin);
        return MemArgFields();
      }
      if (!m_.ResolveIndex(Space::kMemory, number, &op_.mem.memory)) {
        return false;
      }
    }
  }
  return MemArgFields();
}

bool CodeParser::MemArgFields() {
  constexpr absl::string_view kOffset = "offset=";
  constexpr absl::string_view kAlign = "align=";
  op_.mem.offset = 0;
  op_.mem.align_log2 =
      static_cast<uint8_t>(std::countr_zero(InfoOf(op_.op).access_bytes));
  if (reader_.kind() != TokenKind::kKeyword) return true;
  if (absl::StartsWith(reader_.text(), kOffset)) {
    const NumberResult result = ParseUnsigned(
        reader_.text().substr(kOffset.size()), ~uint64_t{0}, &op_.mem.offset);
    if (!reader_.CheckNumber(result, reader_.peek(), "an offset")) {
      return false;
    }
    reader_.Advance();
    if (reader_.kind() != TokenKind::kKeyword) return true;
  }
  if (absl::StartsWith(reader_.text(), kAlign)) {
    uint64_t align = 0;
    const NumberResult result = ParseUnsigned(
        reader_.text().substr(kAlign.size()), ~uint64_t{0}, &align);
    if (!reader_.CheckNumber(result, reader_.peek(), "an alignment")) {
      return false;
    }
    if (!std::has_single_bit(align)) {
      return reader_.Fail("alignment must be a power of two");
    }
    op_.mem.align_log2 = static_cast<uint8_t>(std::countr_zero(align));
    reader_.Advance();
  }
  return true;
}

// ref.test, ref.cast and br_on_cast name reference types where the binary
// format has heap types, with null in the opcode or in flags.
bool CodeParser::CastImmediates() {
  ValueType type;
  const OpInfo& info = InfoOf(op_.op);
  if (info.op_class != OpClass::kBrOnCast) {
    if (!m_.ExpectRefType(&type)) return false;
    op_.heap[0] = type.heap();
    static_assert(static_cast<int>(Op::kRefTestNull) ==
                  static_cast<int>(Op::kRefTest) + 1);
    static_assert(static_cast<int>(Op::kRefCastNull) ==
                  static_cast<int>(Op::kRefCast) + 1);
    if (type.nullable()) {
      op_.op = static_cast<Op>(static_cast<int>(op_.op) + 1);
    }
    return true;
  }
  op_.index[0] = 0;
  if (!ExpectLabel(&op_.index[1])) return false;
  for (uint32_t i = 0; i < 2; ++i) {
    if (!m_.ExpectRefType(&type)) return false;
    op_.heap[i] = type.heap();
    if (type.nullable()) op_.index[0] |= 1u << i;
  }
  return true;
}

bool CodeParser::SelectTypes() {
  if (!reader_.AtForm("result")) return true;
  op_.op = Op::kSelectTyped;
  type_list_.clear();
  while (reader_.TakeForm("result")) {
    while (reader_.kind() != TokenKind::kRight) {
      if (!m_.ExpectValueType(&type_list_.emplace_back())) return false;
    }
    reader_.Advance();
  }
  op_.types = type_list_;
  return true;
}

bool CodeParser::Catches() {
  static constexpr struct {
    absl::string_view word;
    CatchClause::Kind kind;
  } kClauses[] = {
      {"catch", CatchClause::kCatch},
      {"catch_ref", CatchClause::kCatchRef},
      {"catch_all", CatchClause::kCatchAll},
      {"catch_all_ref", CatchClause::kCatchAllRef},
  };
  catch_list_.clear();
  for (bool more = true; more;) {
    more = false;
    for (const auto& [word, kind] : kClauses) {
      if (!reader_.TakeForm(word)) continue;
      CatchClause clause;
      clause.kind = kind;
      if (clause.has_tag() && !m_.ExpectIndex(Space::kTag, &clause.tag)) {
        return false;
      }
      if (!ExpectLabel(&clause.label) || !reader_.ExpectRight()) return false;
      catch_list_.push_back(clause);
      more = true;
    }
  }
  op_.catches = catch_list_;
  return true;
}

bool CodeParser::ExpectLane(uint32_t* lane) {
  uint64_t value;
  if (!reader_.ExpectUnsigned("a lane index", 255, &value)) return false;
  *lane = static_cast<uint32_t>(value);
  return true;
}

bool CodeParser::Lanes16() {
  uint64_t halves[2] = {0, 0};
  for (int i = 0; i < 16; ++i) {
    uint32_t lane;
    if (!ExpectLane(&lane)) return false;
    halves[i / 8] |= uint64_t{lane} << (i % 8 * 8);
  }
  op_.value = halves[0];
  op_.value_high = halves[1];
  return true;
}

bool CodeParser::V128() {
  for (const Shape& shape : kShapes) {
    if (!reader_.TakeKeyword(shape.word)) continue;
    const int bits = 128 / shape.lanes;
    uint64_t halves[2] = {0, 0};
    for (int i = 0; i < shape.lanes; ++i) {
      uint64_t value;
      if (shape.is_float ? !ExpectFloat(bits, &value)
                         : !ExpectInteger(bits, &value)) {
        return false;
      }
      halves[i * bits / 64] |= value << (i * bits % 64);
    }
    op_.value = halves[0];
    op_.value_high = halves[1];
    return true;
  }
  return reader_.FailExpected("a vector shape such as i32x4");
}

bool CodeParser::ExpectInteger(int bits, uint64_t* value) {
  if (reader_.kind() != TokenKind::kNumber) {
    return reader_.FailExpected("an integer");
  }
  if (!reader_.CheckNumber(ParseInteger(reader_.text(), bits, value),
                           reader_.peek(), "an integer")) {
    return false;
  }
  reader_.Advance();
  return true;
}

bool CodeParser::ExpectFloat(int bits, uint64_t* value) {
  if (reader_.kind() != TokenKind::kNumber &&
      reader_.kind() != TokenKind::kKeyword) {
    return reader_.FailExpected("a float");
  }
  NumberResult result;
  if (bits == 32) {
    uint32_t narrow = 0;
    result = ParseF32(reader_.text(), &narrow);
    *value = narrow;
  } else {
    result = ParseF64(reader_.text(), value);
  }
  if (!reader_.CheckNumber(result, reader_.peek(), "a float")) return false;
  reader_.Advance();
  return true;
}

bool CodeParser::ExpectLocal(uint32_t* index) {
  if (!reader_.AtId()) {
    return reader_.ExpectU32("a local index or identifier", index);
  }
  const auto it = local_ids_.find(reader_.IdName(reader_.peek()));
  if (it == local_ids_.end()) {
    return reader_.Fail(absl::StrCat("unknown local ", reader_.text()));
  }
  *index = it->second;
  reader_.Advance();
  return true;
}

}  // namespace weft::wasm
