#include "ir/text_immediates.h"

namespace weft::ir {

using wasm::ImmediateKind;
using wasm::InfoOf;
using wasm::Op;
using wasm::Operator;

namespace {

bool ReadMemArg(TokenReader* reader, bool has_lane, Operator* op) {
  uint32_t natural = 0;
  while ((2u << natural) <= InfoOf(op->op).access_bytes) ++natural;
  op->mem = {0, 0, static_cast<uint8_t>(natural)};
  uint32_t first = 0;
  bool any = reader->peek().kind == TokenKind::kNumber;
  if (any && !reader->Index(&first)) return false;
  if (reader->Accept("offset")) {
    if (!reader->Expect("=") || !reader->Integer(&op->mem.offset)) return false;
  }
  if (reader->Accept("align")) {
    uint64_t align = 0;
    const Token at = reader->peek();
    if (!reader->Expect("=") || !reader->Integer(&align)) return false;
    if (align == 0 || (align & (align - 1)) != 0) {
      return reader->Fail(at, "the alignment is no power of two");
    }
    op->mem.align_log2 = static_cast<uint8_t>(__builtin_ctzll(align));
  }
  if (!has_lane) {
    op->mem.memory = first;
    return true;
  }
  // The last number is the lane, one before it the memory.
  if (reader->peek().kind != TokenKind::kNumber) {
    if (!any) return reader->Fail("expected a lane");
    op->index[0] = first;
    return true;
  }
  op->mem.memory = first;
  return reader->Index(&op->index[0]);
}

bool ReadV128(TokenReader* reader, Operator* op) {
  uint32_t lanes[4];
  if (!reader->Expect("i32x4")) return false;
  for (uint32_t& lane : lanes) {
    uint64_t value = 0;
    if (!reader->Integer(&value)) return false;
    lane = static_cast<uint32_t>(value);
  }
  op->value = lanes[0] | uint64_t{lanes[1]} << 32;
  op->value_high = lanes[2] | uint64_t{lanes[3]} << 32;
  return true;
}

bool ReadLanes(TokenReader* reader, Operator* op) {
  uint64_t halves[2] = {0, 0};
  for (int i = 0; i < 16; ++i) {
    uint32_t lane = 0;
    if (!reader->Index(&lane)) return false;
    if (lane > 31) return reader->Fail("the lane is out of range");
    halves[i / 8] |= uint64_t{lane} << (8 * (i % 8));
  }
  op->value = halves[0];
  op->value_high = halves[1];
  return true;
}

// ref.test and ref.cast: a reference type says which row it is.
bool ReadRefType(TokenReader* reader, Operator* op) {
  wasm::ValueType type;
  if (!reader->RefType(&type)) return false;
  op->heap[0] = type.heap();
  const bool test = op->op == Op::kRefTest || op->op == Op::kRefTestNull;
  if (type.nullable()) {
    op->op = test ? Op::kRefTestNull : Op::kRefCastNull;
  } else {
    op->op = test ? Op::kRefTest : Op::kRefCast;
  }
  return true;
}

}  // namespace

bool ReadImmediates(TokenReader* reader, Operator* op, wasm::ValueType* type) {
  switch (op->op) {
    case Op::kCallIndirect:
    case Op::kReturnCallIndirect:
      return reader->Index(&op->index[1]) && reader->Expect("(") &&
             reader->Expect("type") && reader->Index(&op->index[0]) &&
             reader->Expect(")");
    case Op::kTableInit:
    case Op::kMemoryInit:
      return reader->Index(&op->index[1]) && reader->Index(&op->index[0]);
    case Op::kRefTest:
    case Op::kRefCast:
      return ReadRefType(reader, op);
    case Op::kSelect:
      if (!reader->Accept("(")) return true;
      op->op = Op::kSelectTyped;
      return reader->Expect("result") && reader->ValueType(type) &&
             reader->Expect(")");
    default:
      break;
  }
  const auto kinds = InfoOf(op->op).immediates;
  int next = 0;
  for (size_t i = 0; i < kinds.size(); ++i) {
    bool good = true;
    switch (kinds[i]) {
      case ImmediateKind::kMemArg: {
        const bool has_lane = i + 1 < kinds.size();
        if (!ReadMemArg(reader, has_lane, op)) return false;
        if (has_lane) return true;
        break;
      }
      case ImmediateKind::kI32:
        good = reader->Integer(&op->value);
        op->value = static_cast<uint32_t>(op->value);
        break;
      case ImmediateKind::kI64:
        good = reader->Integer(&op->value);
        break;
      case ImmediateKind::kF32:
        good = reader->F32(&op->value);
        break;
      case ImmediateKind::kF64:
        good = reader->F64(&op->value);
        break;
      case ImmediateKind::kV128:
        good = ReadV128(reader, op);
        break;
      case ImmediateKind::kLanes16:
        good = ReadLanes(reader, op);
        break;
      case ImmediateKind::kHeapType:
        good = reader->HeapType(&op->heap[0]);
        break;
      case ImmediateKind::kOrdering:
        break;
      default:
        good = reader->Index(&op->index[next++]);
        break;
    }
    if (!good) return false;
  }
  return true;
}

}  // namespace weft::ir
