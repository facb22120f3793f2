// Faults of arithmetic.
#include <algorithm>
#include <bit>
#include <optional>

#include "check/faults/rewrites.h"
#include "passes/fold.h"

namespace weft::check::faults {
namespace {

using passes::ConstValue;

// The constants that `id` works on; nothing when they are not all constants.
std::optional<std::vector<ConstValue>> ConstantsOf(const Edit& e, ValueId id) {
  std::vector<ConstValue> values;
  for (ValueId operand : e.f.operands(id)) {
    const ValueId root = e.Root(operand);
    if (!ir::IsConst(e.f.inst(root).op)) return std::nullopt;
    wasm::Operator op;
    e.f.LoadImmediates(root, &op);
    values.push_back({e.f.inst(root).type, op.value, op.value_high});
  }
  return values;
}

using Evaluate =
    std::function<std::optional<ConstValue>(std::vector<ConstValue>)>;

// Folds by `evaluate` where that gives another value than `op`.
Rewrite Folding(Op op, Evaluate evaluate) {
  return {{op}, [op, evaluate](Edit& e, ValueId id) {
            const auto values = ConstantsOf(e, id);
            if (!values.has_value()) return false;
            const auto right = passes::Fold(op, *values);
            const auto wrong = evaluate(*values);
            if (!right.has_value() || !wrong.has_value() || *right == *wrong) {
              return false;
            }
            e.BecomeConst(id, right->type, wrong->bits, wrong->high);
            return true;
          }};
}

bool IsInteger(ValueType type) {
  return type == ValueType(ValueType::kI32) ||
         type == ValueType(ValueType::kI64);
}

}  // namespace

Rewrite FoldFlip(Op op, uint64_t flip) {
  return Folding(op, [op, flip](std::vector<ConstValue> values) {
    std::optional<ConstValue> result = passes::Fold(op, values);
    if (result.has_value()) result->bits ^= flip;
    return result;
  });
}

Rewrite FoldAs(Op op, Op other) {
  return Folding(op, [other](std::vector<ConstValue> values) {
    return passes::Fold(other, values);
  });
}

Rewrite FoldSwapped(Op op) {
  return Folding(op, [op](std::vector<ConstValue> values) {
    std::swap(values[0], values[1]);
    return passes::Fold(op, values);
  });
}

Rewrite As(Op op, Op other) {
  return {
      {op}, [other](Edit& e, ValueId id) {
        const uint32_t width = wasm::InfoOf(other).access_bytes;
        if (width != 0) {
          // More than that is not valid.
          const auto natural = static_cast<uint8_t>(std::countr_zero(width));
          e.Change(id, [natural](wasm::Operator& access) {
            access.mem.align_log2 = std::min(access.mem.align_log2, natural);
          });
        }
        e.f.inst(id).op = other;
        return true;
      }};
}

Rewrite AsByConst(Op op, Op other) {
  return {{op}, [other](Edit& e, ValueId id) {
            const uint32_t last = e.f.num_operands(id) - 1;
            uint64_t bits;
            if (!e.IsConst(e.f.operand(id, last), &bits)) return false;
            e.f.inst(id).op = other;
            return true;
          }};
}

Rewrite SwapOperands(const Ops& ops, uint32_t a, uint32_t b) {
  return {ops, [a, b](Edit& e, ValueId id) {
            if (b >= e.f.num_operands(id)) return false;
            const ValueId x = e.f.operand(id, a);
            const ValueId y = e.f.operand(id, b);
            if (!(e.f.inst(x).type == e.f.inst(y).type) || e.SameValue(x, y)) {
              return false;
            }
            e.f.operands(id)[a] = y;
            e.f.operands(id)[b] = x;
            return true;
          }};
}

Rewrite Forget(const Ops& ops, uint32_t i) {
  return {ops, [i](Edit& e, ValueId id) {
            return e.BecomeCopy(id, e.f.operand(id, i));
          }};
}

Rewrite ForgetBy(const Ops& ops, uint64_t mask, uint64_t bits) {
  return {ops, [mask, bits](Edit& e, ValueId id) {
            uint64_t value;
            return e.IsConst(e.f.operand(id, 1), &value) &&
                   (value & mask) == bits &&
                   e.BecomeCopy(id, e.f.operand(id, 0));
          }};
}

Rewrite SameIs(const Ops& ops, uint64_t bits) {
  return {ops, [bits](Edit& e, ValueId id) {
            if (!e.SameValue(e.f.operand(id, 0), e.f.operand(id, 1))) {
              return false;
            }
            e.BecomeConst(id, e.f.inst(id).type, bits);
            return true;
          }};
}

Rewrite Is(const Ops& ops, uint64_t bits) {
  return {ops, [bits](Edit& e, ValueId id) {
            e.BecomeConst(id, e.f.inst(id).type, bits);
            return true;
          }};
}

Rewrite ConstOperand(const Ops& ops, uint32_t i, uint64_t delta,
                     uint64_t mask) {
  return {ops, [i, delta, mask](Edit& e, ValueId id) {
            if (i >= e.f.num_operands(id)) return false;
            uint64_t bits;
            if (!e.IsConst(e.f.operand(id, i), &bits)) return false;
            const ValueType type = e.f.inst(e.f.operand(id, i)).type;
            uint64_t wrong = (bits + delta) & mask;
            if (type == ValueType(ValueType::kI32)) wrong &= 0xffffffff;
            if (wrong == bits) return false;
            e.f.operands(id)[i] = e.ConstBefore(id, type, wrong);
            return true;
          }};
}

Rewrite AddToOperand(const Ops& ops, uint32_t i, uint64_t delta) {
  return {ops, [i, delta](Edit& e, ValueId id) {
            if (i >= e.f.num_operands(id)) return false;
            const ValueId operand = e.f.operand(id, i);
            const ValueType type = e.f.inst(operand).type;
            if (!IsInteger(type)) return false;
            const bool is_64 = type == ValueType(ValueType::kI64);
            const ValueId by =
                e.ConstBefore(id, type, is_64 ? delta : delta & 0xffffffff);
            const ValueId sum = e.Before(id, is_64 ? Op::kI64Add : Op::kI32Add,
                                         type, {operand, by});
            e.f.operands(id)[i] = sum;
            return true;
          }};
}

Rewrite ThenBy(const Ops& ops, Op then, uint64_t bits) {
  return {ops, [then, bits](Edit& e, ValueId id) {
            if (e.uses[id.index] == 0 || ir::IsTerminator(e.f.inst(id).op)) {
              return false;
            }
            const ValueType type = e.f.inst(id).type;
            const ValueId by = e.f.NewConst(type, bits);
            e.f.InsertAfter(id, by);
            const ValueId result = e.f.New(then, type, {id, by});
            e.f.InsertAfter(by, result);
            e.ReplaceUses(id, result, result);
            return true;
          }};
}

Rewrite Negate(const Ops& ops) {
  return {ops, [](Edit& e, ValueId id) {
            if (e.uses[id.index] == 0) return false;
            const ValueId not_id = e.f.New(Op::kI32Eqz, ValueType::kI32, {id});
            e.f.InsertAfter(id, not_id);
            e.ReplaceUses(id, not_id, not_id);
            return true;
          }};
}

Rewrite Merge(Op op) {
  return {
      {op}, [op](Edit& e, ValueId id) {
        const ValueId inner = e.Root(e.f.operand(id, 0));
        uint64_t a;
        uint64_t b;
        if (e.f.inst(inner).op != op || !e.IsConst(e.f.operand(inner, 1), &a) ||
            !e.IsConst(e.f.operand(id, 1), &b)) {
          return false;
        }
        const ValueType type = e.f.inst(id).type;
        const uint64_t sum =
            type == ValueType(ValueType::kI32) ? (a + b) & 0xffffffff : a + b;
        const ValueId x = e.f.operand(inner, 0);
        const ValueId by = e.ConstBefore(id, type, sum);
        e.f.SetOperands(id, {x, by});
        return true;
      }};
}

Rewrite NegAsSub(Op neg, Op sub) {
  return {{neg}, [sub](Edit& e, ValueId id) {
            const ValueId x = e.f.operand(id, 0);
            const ValueId zero = e.ConstBefore(id, e.f.inst(id).type, 0);
            e.f.inst(id).op = sub;
            e.f.SetOperands(id, {zero, x});
            return true;
          }};
}

}  // namespace weft::check::faults
