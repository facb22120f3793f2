// The syntax of regular expressions.

#ifndef TESTDATA_PROGRAMS_REGEX_NODE_H_
#define TESTDATA_PROGRAMS_REGEX_NODE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace regex {

// A set of bytes.
class ByteSet {
 public:
  void Add(uint8_t byte) { words_[byte / 64] |= uint64_t{1} << byte % 64; }
  void AddRange(uint8_t first, uint8_t last) {
    for (int byte = first; byte <= last; byte++) {
      Add(static_cast<uint8_t>(byte));
    }
  }
  void AddAll(const ByteSet& other) {
    for (int i = 0; i < 4; i++) words_[i] |= other.words_[i];
  }
  void Negate() {
    for (uint64_t& word : words_) word = ~word;
  }
  bool Contains(uint8_t byte) const {
    return (words_[byte / 64] >> byte % 64 & 1) != 0;
  }

 private:
  uint64_t words_[4] = {};
};

struct Node {
  enum class Kind {
    kSet,        // one byte of `set`
    kConcat,     // all children, one after the other; none: the empty text
    kAlternate,  // one of the children
    kRepeat,     // the child `min` to `max` times
    kGroup,      // the child, captured
    kBegin,      // where the text begins
    kEnd,        // where the text ends
  };
  static constexpr int kNoLimit = -1;

  Kind kind;
  std::vector<std::unique_ptr<Node>> children;
  ByteSet set;
  int min = 0;
  int max = 0;         // or kNoLimit
  bool greedy = true;  // prefers more repetitions to fewer
  int group = 0;       // from 1
};

struct ParseError {
  const char* message = nullptr;  // static
  size_t offset = 0;              // in the pattern
};

// Returns the root of the pattern's tree and stores the number of groups, or
// returns null and stores the first error. Syntax: literals, . [a-z] [^a-z],
// \d \w \s and their negations \D \W \S, \n \t, \ before punctuation, | ( ),
// (?: ), * + ? {m} {m,} {m,n} and these followed by ?, ^ $.
std::unique_ptr<Node> Parse(std::string_view pattern, int* group_count,
                            ParseError* error);

}  // namespace regex

#endif  // TESTDATA_PROGRAMS_REGEX_NODE_H_
