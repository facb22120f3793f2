// What is on Wasm's operand stack while a function is translated.
#ifndef WEFT_EXEC_TRANSLATE_OPERAND_STACK_H_
#define WEFT_EXEC_TRANSLATE_OPERAND_STACK_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "ir/wasm/types.h"

namespace weft::exec {

inline uint32_t SlotsOfType(wasm::ValueType type) {
  return type.kind() == wasm::ValueType::kV128 ? 2 : 1;
}

// One operand: a value in its own slot, or one that is still to be got from
// elsewhere.
struct Operand {
  enum Kind : uint8_t { kTemp, kLocal, kConst };

  static constexpr uint32_t kNone = ~uint32_t{0};

  Kind kind = kTemp;
  wasm::ValueType type;
  // Its own slot, which follows from the operands below; nothing lies there
  // yet unless kTemp.
  uint32_t slot = 0;
  uint32_t local = 0;      // kLocal.
  uint32_t older = kNone;  // kLocal: the read of the same local below.
  uint64_t bits = 0;       // kConst; never a v128.
};

// Operands and their slots: references in one range, all else in another, each
// growing upward as operands are pushed.
class OperandStack {
 public:
  // Heights of both ranges, relative to their begins.
  struct Heights {
    uint32_t refs = 0;
    uint32_t numbers = 0;
  };

  void Reset(uint32_t num_locals, uint32_t refs_begin, uint32_t numbers_begin) {
    operands_.clear();
    newest_read_.assign(num_locals, Operand::kNone);
    refs_begin_ = refs_begin;
    numbers_begin_ = numbers_begin;
    heights_ = most_ = {};
    in_slots_ = 0;
  }

  size_t size() const { return operands_.size(); }
  const Operand& operator[](size_t i) const { return operands_[i]; }
  const Operand& top() const { return operands_.back(); }
  Heights heights() const { return heights_; }
  // The highest that they have been.
  Heights most() const { return most_; }
  // First free slot for numbers.
  uint32_t numbers_top() const { return numbers_begin_ + heights_.numbers; }

  // Pushes a value that will be in its slot, and returns the slot.
  uint32_t PushTemp(wasm::ValueType type) { return Push(type).slot; }
  void PushConst(wasm::ValueType type, uint64_t bits) {
    Operand& operand = Push(type);
    operand.kind = Operand::kConst;
    operand.bits = bits;
  }
  void PushLocal(wasm::ValueType type, uint32_t local) {
    const auto index = static_cast<uint32_t>(operands_.size());
    Operand& operand = Push(type);
    operand.kind = Operand::kLocal;
    operand.local = local;
    operand.older = newest_read_[local];
    newest_read_[local] = index;
  }

  Operand Pop() {
    WEFT_DCHECK(!operands_.empty());
    const Operand operand = operands_.back();
    operands_.pop_back();
    Release(operand);
    uint32_t& height = operand.type.is_ref() ? heights_.refs : heights_.numbers;
    height -= SlotsOfType(operand.type);
    in_slots_ = std::min(in_slots_, operands_.size());
    return operand;
  }

  // Back to `size` operands, at the heights that they had.
  void Shrink(size_t size) {
    while (operands_.size() > size) Pop();
  }

  // The newest read of `local` on the stack, or Operand::kNone.
  uint32_t newest_read(uint32_t local) const { return newest_read_[local]; }

  // Operand `i` is now in its slot. REQUIRES for reads of locals: so will be
  // all reads of the same local, before the next push.
  void SetTemp(size_t i) { operands_[i].kind = Operand::kTemp; }
  void ForgetReads(uint32_t local) { newest_read_[local] = Operand::kNone; }

  // All operands below this one are in their slots.
  size_t in_slots() const { return in_slots_; }
  void SetInSlots() { in_slots_ = operands_.size(); }

  // A slot for a reference that is no operand, until the heights are restored.
  uint32_t ReserveRef() {
    const uint32_t slot = refs_begin_ + heights_.refs++;
    most_.refs = std::max(most_.refs, heights_.refs);
    return slot;
  }
  void ReleaseRef() { --heights_.refs; }

  // The type of the top operand becomes `type`, of the same kind.
  void SetTopType(wasm::ValueType type) { operands_.back().type = type; }

  // The slot that a value of `type` has on top of `heights`, which grow by it.
  uint32_t SlotAbove(Heights* heights, wasm::ValueType type) const {
    if (type.is_ref()) return refs_begin_ + heights->refs++;
    const uint32_t slot = numbers_begin_ + heights->numbers;
    heights->numbers += SlotsOfType(type);
    return slot;
  }

  // Numbers up to slot `end` are in use for a moment.
  void Touch(uint32_t end) {
    if (end > numbers_begin_) {
      most_.numbers = std::max(most_.numbers, end - numbers_begin_);
    }
  }

 private:
  Operand& Push(wasm::ValueType type) {
    Operand operand;
    operand.type = type;
    operand.slot = SlotAbove(&heights_, type);
    most_.refs = std::max(most_.refs, heights_.refs);
    most_.numbers = std::max(most_.numbers, heights_.numbers);
    operands_.push_back(operand);
    return operands_.back();
  }
  void Release(const Operand& operand) {
    if (operand.kind == Operand::kLocal) {
      newest_read_[operand.local] = operand.older;
    }
  }

  std::vector<Operand> operands_;
  std::vector<uint32_t> newest_read_;  // By local.
  uint32_t refs_begin_ = 0;
  uint32_t numbers_begin_ = 0;
  Heights heights_;
  Heights most_;
  size_t in_slots_ = 0;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_TRANSLATE_OPERAND_STACK_H_
