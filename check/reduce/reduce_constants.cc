#include <bit>

#include "check/reduce/reduce_bodies.h"

namespace weft::check::reducing {
namespace {

using wasm::ImmediateKind;
using wasm::InfoOf;
using wasm::Op;
using wasm::Operator;

constexpr uint64_t kOneF32 = 0x3f800000;
constexpr uint64_t kOneF64 = 0x3ff0000000000000;

enum ConstVariant : uint32_t { kZero, kOne, kHalf, kConstVariants };

bool IsConst(Op op) {
  return op == Op::kI32Const || op == Op::kI64Const || op == Op::kF32Const ||
         op == Op::kF64Const || op == Op::kV128Const;
}

// Towards 0, of integers; of floats without the lowest bit that is set.
uint64_t Half(const Operator& op) {
  if (op.op == Op::kI32Const) {
    return static_cast<uint32_t>(static_cast<int32_t>(op.value) / 2);
  }
  if (op.op == Op::kI64Const) {
    return static_cast<uint64_t>(static_cast<int64_t>(op.value) / 2);
  }
  return op.value & (op.value - 1);
}

Operator Simpler(const Operator& op, uint32_t variant) {
  Operator simpler = op;
  switch (variant) {
    case kZero:
      simpler.value = 0;
      simpler.value_high = 0;
      break;
    case kOne:
      simpler.value = op.op == Op::kF32Const   ? kOneF32
                      : op.op == Op::kF64Const ? kOneF64
                                               : 1;
      simpler.value_high = 0;
      break;
    default:
      if (op.op == Op::kV128Const && op.value == 0) {
        simpler.value_high &= op.value_high - 1;
      } else {
        simpler.value = Half(op);
      }
  }
  return simpler;
}

void ListConstants(const BodyView& view, std::vector<BodyUnit>* units) {
  for (uint32_t i = 0; i < view.body.ops.size(); ++i) {
    const Operator& op = view.body.ops[i];
    if (!IsConst(op.op) || (op.value == 0 && op.value_high == 0)) continue;
    for (uint32_t variant = 0; variant < kConstVariants; ++variant) {
      units->push_back({.func = view.func,
                        .begin = i,
                        .last = i,
                        .at = i,
                        .variant = variant});
    }
  }
}

void ExpandConstant(const BodyView& view, const BodyUnit& unit,
                    std::vector<Edit>* edits) {
  edits->push_back(
      {unit.at, unit.at + 1, {Simpler(view.body.ops[unit.at], unit.variant)}});
}

enum MemVariant : uint32_t { kZeroOffset, kHalfOffset, kNaturalAlign };

uint8_t NaturalAlign(Op op) {
  return static_cast<uint8_t>(
      std::bit_width(unsigned{InfoOf(op).access_bytes}) - 1);
}

void ListMemArgs(const BodyView& view, std::vector<BodyUnit>* units) {
  for (uint32_t i = 0; i < view.body.ops.size(); ++i) {
    const Operator& op = view.body.ops[i];
    if (InfoOf(op.op).access_bytes == 0) continue;
    const auto add = [&](uint32_t variant) {
      units->push_back({.func = view.func,
                        .begin = i,
                        .last = i,
                        .at = i,
                        .variant = variant});
    };
    if (op.mem.offset != 0) {
      add(kZeroOffset);
      add(kHalfOffset);
    }
    if (op.mem.align_log2 != NaturalAlign(op.op)) add(kNaturalAlign);
  }
}

void ExpandMemArg(const BodyView& view, const BodyUnit& unit,
                  std::vector<Edit>* edits) {
  Operator op = view.body.ops[unit.at];
  switch (unit.variant) {
    case kZeroOffset:
      op.mem.offset = 0;
      break;
    case kHalfOffset:
      op.mem.offset /= 2;
      break;
    default:
      op.mem.align_log2 = NaturalAlign(op.op);
  }
  edits->push_back({unit.at, unit.at + 1, {op}});
}

}  // namespace

const BodyReduction kConstants = {ListConstants, ExpandConstant};
const BodyReduction kMemArgs = {ListMemArgs, ExpandMemArg};

}  // namespace weft::check::reducing
