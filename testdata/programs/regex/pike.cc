// Pike's simulation of the automaton with one thread per instruction, in order
// of priority (Cox, "Regular Expression Matching: the Virtual Machine
// Approach", 2009). O(text * program * slots) time, no backtracking.

#include "testdata/programs/regex/pike.h"

#include <algorithm>

namespace regex {
namespace {

// A set of instructions in order of insertion with the slots of each.
class Threads {
 public:
  Threads(size_t code_size, int slot_count)
      : position_(code_size),
        slots_(code_size * static_cast<size_t>(slot_count)),
        slot_count_(slot_count) {}

  bool Contains(int pc) const {
    size_t position = position_[static_cast<size_t>(pc)];
    return position < order_.size() && order_[position] == pc;
  }

  void Add(int pc) {
    position_[static_cast<size_t>(pc)] = order_.size();
    order_.push_back(pc);
  }

  void Clear() { order_.clear(); }
  const std::vector<int>& order() const { return order_; }
  int* slots(int pc) { return &slots_[static_cast<size_t>(pc * slot_count_)]; }

 private:
  std::vector<int> order_;
  std::vector<size_t> position_;  // in order_, if it points back
  std::vector<int> slots_;
  int slot_count_;
};

class Matcher {
 public:
  Matcher(const Program& program, std::string_view text)
      : program_(program),
        text_size_(static_cast<int>(text.size())),
        text_(text),
        now_(program.code.size(), program.slot_count),
        next_(program.code.size(), program.slot_count) {}

  bool Run(int from, Prefer prefer, std::vector<int>* slots) {
    bool matched = false;
    std::vector<int> fresh(static_cast<size_t>(program_.slot_count), -1);
    for (int at = from;; at++) {
      bool may_start = prefer == Prefer::kFirst ? !matched : at == from;
      if (may_start) Follow(program_.start, at, fresh, &now_);
      if (now_.order().empty()) break;
      matched |= Step(at, prefer, slots);
      std::swap(now_, next_);
      next_.Clear();
      if (at == text_size_) break;
    }
    return matched;
  }

 private:
  struct Pending {
    int pc;    // to follow, or -1:
    int slot;  // to set back
    int value;
  };

  // Adds all instructions that are reached from `pc` without reading.
  void Follow(int pc, int at, std::vector<int>& slots, Threads* threads) {
    pending_.push_back({pc, 0, 0});
    while (!pending_.empty()) {
      Pending top = pending_.back();
      pending_.pop_back();
      if (top.pc < 0) {
        slots[static_cast<size_t>(top.slot)] = top.value;
      } else if (!threads->Contains(top.pc)) {
        Visit(top.pc, at, slots, threads);
      }
    }
  }

  void Visit(int pc, int at, std::vector<int>& slots, Threads* threads) {
    threads->Add(pc);
    const Instruction& instruction = program_.code[static_cast<size_t>(pc)];
    switch (instruction.op) {
      case Instruction::Op::kSplit:
        pending_.push_back({instruction.arg, 0, 0});
        pending_.push_back({instruction.next, 0, 0});
        return;
      case Instruction::Op::kSave: {
        int& slot = slots[static_cast<size_t>(instruction.arg)];
        pending_.push_back({-1, instruction.arg, slot});
        pending_.push_back({instruction.next, 0, 0});
        slot = at;
        return;
      }
      case Instruction::Op::kBegin:
        if (at == 0) pending_.push_back({instruction.next, 0, 0});
        return;
      case Instruction::Op::kEnd:
        if (at == text_size_) pending_.push_back({instruction.next, 0, 0});
        return;
      case Instruction::Op::kSet:
      case Instruction::Op::kMatch:
        std::copy(slots.begin(), slots.end(), threads->slots(pc));
        return;
    }
  }

  // Lets all threads read the byte at `at`; returns whether one matched.
  bool Step(int at, Prefer prefer, std::vector<int>* match) {
    bool matched = false;
    for (int pc : now_.order()) {
      const Instruction& instruction = program_.code[static_cast<size_t>(pc)];
      const int* slots = now_.slots(pc);
      if (instruction.op == Instruction::Op::kMatch) {
        match->assign(slots, slots + program_.slot_count);
        matched = true;
        if (prefer == Prefer::kFirst) break;  // the others have less priority
      }
      if (instruction.op != Instruction::Op::kSet || at == text_size_) continue;
      uint8_t byte = static_cast<uint8_t>(text_[static_cast<size_t>(at)]);
      const ByteSet& set = program_.sets[static_cast<size_t>(instruction.arg)];
      if (!set.Contains(byte)) continue;
      scratch_.assign(slots, slots + program_.slot_count);
      Follow(instruction.next, at + 1, scratch_, &next_);
    }
    return matched;
  }

  const Program& program_;
  int text_size_;
  std::string_view text_;
  Threads now_;
  Threads next_;
  std::vector<Pending> pending_;
  std::vector<int> scratch_;
};

}  // namespace

bool Search(const Program& program, std::string_view text, int from,
            Prefer prefer, std::vector<int>* slots) {
  return Matcher(program, text).Run(from, prefer, slots);
}

}  // namespace regex
