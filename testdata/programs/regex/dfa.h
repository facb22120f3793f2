// A matcher that finds whether and how far, but not where groups match.

#ifndef TESTDATA_PROGRAMS_REGEX_DFA_H_
#define TESTDATA_PROGRAMS_REGEX_DFA_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "testdata/programs/regex/program.h"

namespace regex {

// A deterministic automaton whose states are made when they are first needed
// and all thrown away when there are too many.
class Dfa {
 public:
  // Searches anywhere in a text, or only at its start. `program` must outlive
  // this.
  Dfa(const Program& program, bool anywhere);

  // Returns whether the text holds a match.
  bool Matches(std::string_view text);

  // Returns the size of the longest match at the text's start, -1 if there is
  // none. REQUIRES: not `anywhere`.
  int LongestPrefix(std::string_view text);

  size_t state_count() const { return states_.size(); }
  int resets() const { return resets_; }
  int class_count() const { return class_count_; }

 private:
  // Instructions that wait for a byte or the end, ascending; first -1 if the
  // state is where the text begins.
  using Key = std::vector<int>;

  struct State {
    Key key;
    bool matches = false;
    bool matches_at_end = false;
    std::vector<int> next;  // by byte class; kUnknown, or a state
  };

  static constexpr int kUnknown = -1;
  static constexpr int kDead = 0;  // the state without instructions
  static constexpr size_t kMaxStates = 300;

  void ClassifyBytes();
  void Reset();
  int StateOf(Key key);
  int StartState();
  int Next(int state, uint8_t byte);
  void Follow(int pc, bool at_begin, bool at_end);
  Key TakeKey(bool at_begin);

  const Program& program_;
  bool anywhere_;
  uint8_t class_of_[256];
  int class_count_ = 0;
  std::vector<State> states_;
  std::map<Key, int> index_;
  int resets_ = 0;
  std::vector<char> seen_;
};

}  // namespace regex

#endif  // TESTDATA_PROGRAMS_REGEX_DFA_H_
