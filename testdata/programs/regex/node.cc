// Recursive descent, bounded by a limit on nesting.

#include "testdata/programs/regex/node.h"

#include <string>
#include <utility>

namespace regex {
namespace {

constexpr int kMaxNesting = 40;
constexpr int kMaxRepeat = 100;

using NodePtr = std::unique_ptr<Node>;

NodePtr NewNode(Node::Kind kind) {
  NodePtr node = std::make_unique<Node>();
  node->kind = kind;
  return node;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsAlphanumeric(char c) {
  return IsDigit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

// Adds the set that `letter` names after a backslash; returns whether there is
// one.
bool AddClass(char letter, ByteSet* set) {
  ByteSet named;
  switch (letter | 0x20) {
    case 'd':
      named.AddRange('0', '9');
      break;
    case 'w':
      named.AddRange('0', '9');
      named.AddRange('A', 'Z');
      named.AddRange('a', 'z');
      named.Add('_');
      break;
    case 's':
      for (char c : std::string_view(" \t\n\r\f\v")) {
        named.Add(static_cast<uint8_t>(c));
      }
      break;
    default:
      return false;
  }
  if (letter < 'a') named.Negate();
  set->AddAll(named);
  return true;
}

class Parser {
 public:
  explicit Parser(std::string_view pattern) : pattern_(pattern) {}

  NodePtr ParsePattern() {
    NodePtr root = ParseAlternate();
    if (root != nullptr && at_ < pattern_.size()) return Fail("stray ')'");
    return root;
  }

  int group_count() const { return group_count_; }
  const ParseError& error() const { return error_; }

 private:
  NodePtr Fail(const char* message) {
    if (error_.message == nullptr) error_ = {message, at_};
    return nullptr;
  }

  bool More() const { return at_ < pattern_.size(); }
  char Peek() const { return More() ? pattern_[at_] : '\0'; }
  bool Accept(std::string_view text) {
    if (pattern_.substr(at_, text.size()) != text) return false;
    at_ += text.size();
    return true;
  }

  NodePtr ParseAlternate();
  NodePtr ParseConcat();
  NodePtr ParseRepeat();
  NodePtr ParseAtom();
  NodePtr ParseGroup();
  NodePtr ParseClass();
  bool ParseCount(int* count);
  bool ParseRange(int* min, int* max);
  bool ParseClassByte(char* byte);
  bool ParseEscape(char* byte);

  std::string_view pattern_;
  size_t at_ = 0;
  int nesting_ = 0;
  int group_count_ = 0;
  ParseError error_;
};

NodePtr Parser::ParseAlternate() {
  if (++nesting_ > kMaxNesting) return Fail("nested too deeply");
  NodePtr first = ParseConcat();
  if (first == nullptr || Peek() != '|') {
    nesting_--;
    return first;
  }
  NodePtr node = NewNode(Node::Kind::kAlternate);
  node->children.push_back(std::move(first));
  while (Accept("|")) {
    NodePtr next = ParseConcat();
    if (next == nullptr) return nullptr;
    node->children.push_back(std::move(next));
  }
  nesting_--;
  return node;
}

NodePtr Parser::ParseConcat() {
  NodePtr node = NewNode(Node::Kind::kConcat);
  while (More() && Peek() != '|' && Peek() != ')') {
    NodePtr next = ParseRepeat();
    if (next == nullptr) return nullptr;
    node->children.push_back(std::move(next));
  }
  return node;
}

NodePtr Parser::ParseRepeat() {
  NodePtr atom = ParseAtom();
  if (atom == nullptr) return nullptr;
  int min = 0, max = Node::kNoLimit;
  if (Accept("+")) {
    min = 1;
  } else if (Accept("?")) {
    max = 1;
  } else if (Accept("{")) {
    if (!ParseRange(&min, &max)) return Fail("bad repetition");
  } else if (!Accept("*")) {
    return atom;
  }
  NodePtr node = NewNode(Node::Kind::kRepeat);
  node->min = min;
  node->max = max;
  node->greedy = !Accept("?");
  node->children.push_back(std::move(atom));
  if (std::string_view("*+?{").find(Peek()) != std::string_view::npos) {
    return Fail("repeated repetition");
  }
  return node;
}

bool Parser::ParseCount(int* count) {
  if (!IsDigit(Peek())) return false;
  *count = 0;
  while (IsDigit(Peek()) && *count <= kMaxRepeat) {
    *count = *count * 10 + (pattern_[at_++] - '0');
  }
  return *count <= kMaxRepeat;
}

bool Parser::ParseRange(int* min, int* max) {
  if (!ParseCount(min)) return false;
  *max = *min;
  if (Accept(",")) {
    *max = Node::kNoLimit;
    if (Peek() != '}' && !ParseCount(max)) return false;
  }
  return Accept("}") && (*max == Node::kNoLimit || *min <= *max);
}

NodePtr Parser::ParseAtom() {
  if (Accept("^")) return NewNode(Node::Kind::kBegin);
  if (Accept("$")) return NewNode(Node::Kind::kEnd);
  if (Accept("(")) return ParseGroup();
  if (Accept("[")) return ParseClass();
  NodePtr node = NewNode(Node::Kind::kSet);
  if (Accept(".")) {
    node->set.Add('\n');
    node->set.Negate();
    return node;
  }
  if (std::string_view("*+?{").find(Peek()) != std::string_view::npos) {
    return Fail("nothing to repeat");
  }
  if (Peek() == '\\' && at_ + 1 < pattern_.size() &&
      AddClass(pattern_[at_ + 1], &node->set)) {
    at_ += 2;
    return node;
  }
  char byte = Peek();
  if (Accept("\\")) {
    if (!ParseEscape(&byte)) return Fail("bad escape");
  } else {
    at_++;
  }
  node->set.Add(static_cast<uint8_t>(byte));
  return node;
}

NodePtr Parser::ParseGroup() {
  NodePtr node;
  if (!Accept("?:")) {
    node = NewNode(Node::Kind::kGroup);
    node->group = ++group_count_;
  }
  NodePtr child = ParseAlternate();
  if (child == nullptr) return nullptr;
  if (!Accept(")")) return Fail("expected ')'");
  if (node == nullptr) return child;
  node->children.push_back(std::move(child));
  return node;
}

bool Parser::ParseEscape(char* byte) {
  if (!More()) return false;
  char c = pattern_[at_++];
  if (c == 'n') {
    *byte = '\n';
  } else if (c == 't') {
    *byte = '\t';
  } else if (IsAlphanumeric(c)) {
    return false;
  } else {
    *byte = c;
  }
  return true;
}

bool Parser::ParseClassByte(char* byte) {
  if (!More()) return false;
  if (Accept("\\")) return ParseEscape(byte);
  *byte = pattern_[at_++];
  return true;
}

NodePtr Parser::ParseClass() {
  NodePtr node = NewNode(Node::Kind::kSet);
  bool negate = Accept("^");
  bool first = true;
  while (first || Peek() != ']') {
    first = false;
    if (Peek() == '\\' && at_ + 1 < pattern_.size() &&
        AddClass(pattern_[at_ + 1], &node->set)) {
      at_ += 2;
      continue;
    }
    char low;
    if (!ParseClassByte(&low)) return Fail("bad class");
    char high = low;
    if (Peek() == '-' && pattern_.substr(at_, 2) != "-]") {
      at_++;
      if (!ParseClassByte(&high)) return Fail("bad class");
    }
    uint8_t from = static_cast<uint8_t>(low), to = static_cast<uint8_t>(high);
    if (from > to) return Fail("bad range");
    node->set.AddRange(from, to);
  }
  at_++;
  if (negate) node->set.Negate();
  return node;
}

}  // namespace

std::unique_ptr<Node> Parse(std::string_view pattern, int* group_count,
                            ParseError* error) {
  Parser parser(pattern);
  NodePtr root = parser.ParsePattern();
  *group_count = parser.group_count();
  *error = parser.error();
  return root;
}

}  // namespace regex
