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
// elsewhere. Two words, which travel in registers: what is written as one and
// soon read as another costs the processor a dozen cycles.
class Operand {
 public:
  enum Kind : uint8_t { kTemp, kLocal, kConst };

  static Operand Temp(wasm::ValueType type, uint32_t slot) {
    return Operand(kTemp, type, slot, 0);
  }
  static Operand Local(wasm::ValueType type, uint32_t slot, uint32_t local) {
    return Operand(kLocal, type, slot, local);
  }
  // Never a v128.
  static Operand Const(wasm::ValueType type, uint32_t slot, uint64_t bits) {
    return Operand(kConst, type, slot, bits);
  }
  // For arrays.
  Operand() = default;

  Kind kind() const { return static_cast<Kind>(head_ >> kKindShift & 3); }
  wasm::ValueType type() const {
    return wasm::ValueType::FromBits(static_cast<uint32_t>(head_) &
                                     ~(3u << kKindShift));
  }
  // Its own slot, which follows from the operands below; nothing lies there
  // yet unless kTemp.
  uint32_t slot() const { return static_cast<uint32_t>(head_ >> 32); }
  // REQUIRES: kLocal.
  uint32_t local() const { return static_cast<uint32_t>(payload_); }
  // REQUIRES: kConst.
  uint64_t bits() const { return payload_; }

  Operand AsTemp() const { return Temp(type(), slot()); }
  Operand WithType(wasm::ValueType type) const {
    return Operand(kind(), type, slot(), payload_);
  }

 private:
  // The kind lies in bits of the type that types do not use.
  static constexpr int kKindShift = 4;

  Operand(Kind kind, wasm::ValueType type, uint32_t slot, uint64_t payload)
      : head_(uint64_t{type.bits()} | uint64_t{kind} << kKindShift |
              uint64_t{slot} << 32),
        payload_(payload) {
    WEFT_DCHECK((type.bits() >> kKindShift & 3) == 0);
  }

  uint64_t head_ = 0;
  uint64_t payload_ = 0;
};

// Operands and their slots: references in one range, all else in another, each
// growing upward as operands are pushed.
class OperandStack {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};

  // Heights of both ranges, relative to their begins.
  struct Heights {
    uint32_t refs = 0;
    uint32_t numbers = 0;
  };

  void Reset(uint32_t num_locals, uint32_t refs_begin, uint32_t numbers_begin) {
    size_ = 0;
    if (capacity_ == 0) Grow();
    newest_read_.assign(num_locals, kNone);
    refs_begin_ = refs_begin;
    numbers_begin_ = numbers_begin;
    heights_ = most_ = {};
    in_slots_ = 0;
  }

  size_t size() const { return size_; }
  Operand operator[](size_t i) const { return operands_[i]; }
  Operand top() const { return operands_[size_ - 1]; }
  Heights heights() const { return heights_; }
  // The highest that they have been.
  Heights most() const { return most_; }
  // First free slot for numbers.
  uint32_t numbers_top() const { return numbers_begin_ + heights_.numbers; }

  // Pushes a value that will be in its slot, and returns the slot.
  uint32_t PushTemp(wasm::ValueType type) {
    const uint32_t slot = TakeSlot(type);
    Push(Operand::Temp(type, slot));
    return slot;
  }
  void PushConst(wasm::ValueType type, uint64_t bits) {
    Push(Operand::Const(type, TakeSlot(type), bits));
  }
  void PushLocal(wasm::ValueType type, uint32_t local) {
    const auto index = static_cast<uint32_t>(size_);
    older_[index] = newest_read_[local];
    newest_read_[local] = index;
    Push(Operand::Local(type, TakeSlot(type), local));
  }

  Operand Pop() {
    WEFT_DCHECK(size_ > 0);
    const Operand operand = operands_[--size_];
    if (operand.kind() == Operand::kLocal) {
      newest_read_[operand.local()] = older_[size_];
    }
    if (operand.type().is_ref()) {
      --heights_.refs;
    } else {
      heights_.numbers -= SlotsOfType(operand.type());
    }
    in_slots_ = std::min(in_slots_, size_);
    return operand;
  }

  // Back to `size` operands, at the heights that they had.
  void Shrink(size_t size) {
    while (size_ > size) Pop();
  }

  // The newest read of `local` on the stack, or kNone; and the next one below
  // operand `i`, which is one.
  uint32_t newest_read(uint32_t local) const { return newest_read_[local]; }
  uint32_t older_read(size_t i) const { return older_[i]; }

  // Operand `i` is now in its slot. REQUIRES for reads of locals: so will be
  // all reads of the same local, before the next push.
  void SetTemp(size_t i) { operands_[i] = operands_[i].AsTemp(); }
  void ForgetReads(uint32_t local) { newest_read_[local] = kNone; }

  // All operands below this one are in their slots.
  size_t in_slots() const { return in_slots_; }
  void SetInSlots() { in_slots_ = size_; }

  // A slot for a reference that is no operand, until the heights are restored.
  uint32_t ReserveRef() {
    const uint32_t slot = refs_begin_ + heights_.refs++;
    most_.refs = std::max(most_.refs, heights_.refs);
    return slot;
  }
  void ReleaseRef() { --heights_.refs; }

  // The type of the top operand becomes `type`, of the same kind.
  void SetTopType(wasm::ValueType type) {
    operands_[size_ - 1] = top().WithType(type);
  }

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
  uint32_t TakeSlot(wasm::ValueType type) {
    if (type.is_ref()) return ReserveRef();
    const uint32_t slot = numbers_top();
    heights_.numbers += SlotsOfType(type);
    most_.numbers = std::max(most_.numbers, heights_.numbers);
    return slot;
  }
  // There always is room for one more, so that what has been pushed need not
  // outlive a call.
  void Push(Operand operand) {
    operands_[size_++] = operand;
    if (size_ == capacity_) Grow();
  }
  [[gnu::noinline]] void Grow() {
    capacity_ = std::max<size_t>(64, 2 * capacity_);
    operands_.resize(capacity_);
    older_.resize(capacity_);
  }

  size_t size_ = 0;
  size_t capacity_ = 0;  // Of the two below.
  std::vector<Operand> operands_;
  std::vector<uint32_t> older_;        // By operand: see older_read.
  std::vector<uint32_t> newest_read_;  // By local.
  uint32_t refs_begin_ = 0;
  uint32_t numbers_begin_ = 0;
  Heights heights_;
  Heights most_;
  size_t in_slots_ = 0;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_TRANSLATE_OPERAND_STACK_H_
