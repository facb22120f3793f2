// The subset construction on demand. Bytes that no set tells apart share a
// class, and so a column of the transition table. O(text) once the states
// exist.

#include "testdata/programs/regex/dfa.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace regex {

Dfa::Dfa(const Program& program, bool anywhere)
    : program_(program), anywhere_(anywhere), seen_(program.code.size()) {
  ClassifyBytes();
  Reset();
}

// Two bytes are in one class if the same sets contain them: each set splits the
// classes that it contains only in part.
void Dfa::ClassifyBytes() {
  std::fill(std::begin(class_of_), std::end(class_of_), uint8_t{0});
  class_count_ = 1;
  for (const ByteSet& set : program_.sets) {
    int split[2][256];  // the new class, by membership and old class
    std::fill(&split[0][0], &split[0][0] + 2 * 256, -1);
    int count = 0;
    for (int byte = 0; byte < 256; byte++) {
      bool member = set.Contains(static_cast<uint8_t>(byte));
      int& to = split[member ? 1 : 0][class_of_[byte]];
      if (to < 0) to = count++;
      class_of_[byte] = static_cast<uint8_t>(to);
    }
    class_count_ = count;
  }
}

void Dfa::Reset() {
  states_.clear();
  index_.clear();
  StateOf({});
}

// Marks in seen_ what is reached from `pc` without reading.
void Dfa::Follow(int pc, bool at_begin, bool at_end) {
  std::vector<int> pending = {pc};
  while (!pending.empty()) {
    int top = pending.back();
    pending.pop_back();
    if (seen_[static_cast<size_t>(top)] != 0) continue;
    seen_[static_cast<size_t>(top)] = 1;
    const Instruction& instruction = program_.code[static_cast<size_t>(top)];
    switch (instruction.op) {
      case Instruction::Op::kSplit:
        pending.push_back(instruction.arg);
        pending.push_back(instruction.next);
        break;
      case Instruction::Op::kSave:
        pending.push_back(instruction.next);
        break;
      case Instruction::Op::kBegin:
        if (at_begin) pending.push_back(instruction.next);
        break;
      case Instruction::Op::kEnd:
        if (at_end) pending.push_back(instruction.next);
        break;
      case Instruction::Op::kSet:
      case Instruction::Op::kMatch:
        break;
    }
  }
}

// Returns what seen_ holds, which it clears.
Dfa::Key Dfa::TakeKey(bool at_begin) {
  Key key;
  if (at_begin) key.push_back(-1);
  for (size_t pc = 0; pc < seen_.size(); pc++) {
    if (seen_[pc] == 0) continue;
    seen_[pc] = 0;
    Instruction::Op op = program_.code[pc].op;
    if (op == Instruction::Op::kSet || op == Instruction::Op::kEnd ||
        op == Instruction::Op::kMatch) {
      key.push_back(static_cast<int>(pc));
    }
  }
  return key;
}

int Dfa::StateOf(Key key) {
  auto it = index_.find(key);
  if (it != index_.end()) return it->second;
  int index = static_cast<int>(states_.size());
  index_[key] = index;
  State state;
  state.next.assign(static_cast<size_t>(class_count_), kUnknown);
  bool at_begin = !key.empty() && key[0] < 0;
  for (int pc : key) {
    if (pc < 0) continue;
    Instruction::Op op = program_.code[static_cast<size_t>(pc)].op;
    if (op == Instruction::Op::kMatch) state.matches = true;
    if (op == Instruction::Op::kEnd) Follow(pc, at_begin, true);
  }
  state.matches_at_end = state.matches;
  for (int pc : TakeKey(false)) {
    Instruction::Op op = program_.code[static_cast<size_t>(pc)].op;
    if (op == Instruction::Op::kMatch) state.matches_at_end = true;
  }
  state.key = std::move(key);
  states_.push_back(std::move(state));
  return index;
}

int Dfa::StartState() {
  Follow(program_.start, true, false);
  return StateOf(TakeKey(true));
}

int Dfa::Next(int from, uint8_t byte) {
  size_t column = class_of_[byte];
  int known = states_[static_cast<size_t>(from)].next[column];
  if (known != kUnknown) return known;
  for (int pc : states_[static_cast<size_t>(from)].key) {
    if (pc < 0) continue;
    const Instruction& instruction = program_.code[static_cast<size_t>(pc)];
    if (instruction.op == Instruction::Op::kSet &&
        program_.sets[static_cast<size_t>(instruction.arg)].Contains(byte)) {
      Follow(instruction.next, false, false);
    }
  }
  if (anywhere_) Follow(program_.start, false, false);
  Key key = TakeKey(false);
  if (states_.size() >= kMaxStates && index_.find(key) == index_.end()) {
    Reset();
    resets_++;
    return StateOf(std::move(key));
  }
  int to = StateOf(std::move(key));
  states_[static_cast<size_t>(from)].next[column] = to;
  return to;
}

bool Dfa::Matches(std::string_view text) {
  int state = StartState();
  for (char c : text) {
    if (states_[static_cast<size_t>(state)].matches) return true;
    if (state == kDead) return false;
    state = Next(state, static_cast<uint8_t>(c));
  }
  return states_[static_cast<size_t>(state)].matches_at_end;
}

int Dfa::LongestPrefix(std::string_view text) {
  int longest = -1;
  int state = StartState();
  for (size_t i = 0; i < text.size() && state != kDead; i++) {
    if (states_[static_cast<size_t>(state)].matches) {
      longest = static_cast<int>(i);
    }
    state = Next(state, static_cast<uint8_t>(text[i]));
  }
  if (states_[static_cast<size_t>(state)].matches_at_end) {
    longest = static_cast<int>(text.size());
  }
  return longest;
}

}  // namespace regex
