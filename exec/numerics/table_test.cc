// Expected results, written by hand from the specification, of every numeric
// operator: the tables in testdata/. A line is
//
//   operator operands [immediate] = results          # or
//   operator operands [immediate] = trap message
//
// i32, i64  decimal with or without sign, or hexadecimal bits (0x...)
// f32, f64  decimal or hexadecimal number (0x1.8p3), inf, nan (canonical),
//           nan:0x1 (significand's bits); each with or without sign
// v128      shape:lane,lane,...; fewer lanes are repeated
// results   also nan:canonical and nan:arithmetic, of either sign
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "exec/numerics/evaluate.h"
#include "exec/numerics/values.h"
#include "exec/trap.h"
#include "gtest/gtest.h"
#include "ir/wasm/op.h"
#include "ir/wasm/op_rows.h"

namespace weft::exec {
namespace {

using wasm::Op;

enum class Pattern { kBits, kCanonicalNan, kArithmeticNan };

// One number: its bits, or what a NaN has to be.
struct Number {
  Pattern pattern = Pattern::kBits;
  uint64_t bits = 0;
};

// A value is its lanes; a number has one.
struct Value {
  int lane_bytes = 16;
  std::vector<Number> lanes;
};

std::optional<Number> ParseInteger(absl::string_view text, int bytes) {
  const bool negative = absl::ConsumePrefix(&text, "-");
  uint64_t magnitude = 0;
  const bool parsed = absl::StartsWith(text, "0x")
                          ? absl::SimpleHexAtoi(text, &magnitude)
                          : absl::SimpleAtoi(text, &magnitude);
  if (!parsed) return std::nullopt;
  uint64_t bits = negative ? 0 - magnitude : magnitude;
  if (bytes < 8) bits &= (uint64_t{1} << (8 * bytes)) - 1;
  return Number{Pattern::kBits, bits};
}

template <typename F>
std::optional<Number> ParseFloat(absl::string_view text) {
  using Format = FloatFormat<F>;
  if (text == "nan:canonical") return Number{Pattern::kCanonicalNan};
  if (text == "nan:arithmetic") return Number{Pattern::kArithmeticNan};
  const uint64_t sign = absl::ConsumePrefix(&text, "-") ? Format::kSign : 0;
  if (text == "inf") return Number{Pattern::kBits, sign | Format::kInfinity};
  if (text == "nan")
    return Number{Pattern::kBits, sign | Format::kCanonicalNan};
  if (absl::ConsumePrefix(&text, "nan:")) {
    uint64_t payload = 0;
    if (!absl::SimpleHexAtoi(text, &payload)) return std::nullopt;
    return Number{Pattern::kBits, sign | Format::kInfinity | payload};
  }
  const std::string terminated(text);
  char* end = nullptr;
  const F value = sizeof(F) == 4 ? std::strtof(terminated.c_str(), &end)
                                 : std::strtod(terminated.c_str(), &end);
  if (terminated.empty() || *end != '\0') return std::nullopt;
  return Number{Pattern::kBits, sign | BitsOf(value)};
}

// `kind` is i8, i16, i32, i64, f32 or f64.
std::optional<Number> ParseNumber(absl::string_view kind,
                                  absl::string_view text) {
  if (kind == "f32") return ParseFloat<float>(text);
  if (kind == "f64") return ParseFloat<double>(text);
  int bits = 0;
  if (!absl::SimpleAtoi(kind.substr(1), &bits)) return std::nullopt;
  return ParseInteger(text, bits / 8);
}

std::optional<Value> ParseVector(absl::string_view text) {
  const std::vector<absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits(':', 1));
  if (parts.size() != 2) return std::nullopt;
  const std::vector<absl::string_view> shape = absl::StrSplit(parts[0], 'x');
  int count = 0;
  if (shape.size() != 2 || !absl::SimpleAtoi(shape[1], &count)) {
    return std::nullopt;
  }
  const std::vector<absl::string_view> lanes = absl::StrSplit(parts[1], ',');
  if (count % lanes.size() != 0) return std::nullopt;
  Value value = {16 / count, {}};
  for (int i = 0; i < count; ++i) {
    const auto number = ParseNumber(shape[0], lanes[i % lanes.size()]);
    if (!number) return std::nullopt;
    value.lanes.push_back(*number);
  }
  return value;
}

// A value of the type that a letter of ops.def says; 'b' is a lane index.
std::optional<Value> ParseValue(char letter, absl::string_view text) {
  if (letter == 'v') return ParseVector(text);
  const absl::string_view kind = letter == 'i'   ? "i32"
                                 : letter == 'l' ? "i64"
                                 : letter == 'f' ? "f32"
                                 : letter == 'd' ? "f64"
                                                 : "i8";
  const std::optional<Number> number = ParseNumber(kind, text);
  if (!number) return std::nullopt;
  const int bytes = letter == 'l' || letter == 'd' ? 8 : letter == 'b' ? 1 : 4;
  return Value{bytes, {*number}};
}

V128 ToBits(const Value& value) {
  uint8_t bytes[16] = {};
  for (size_t i = 0; i < value.lanes.size(); ++i) {
    std::memcpy(bytes + i * value.lane_bytes, &value.lanes[i].bits,
                value.lane_bytes);
  }
  return V128::Load(bytes);
}

template <typename F>
bool IsNan(uint64_t bits, Pattern pattern) {
  using Format = FloatFormat<F>;
  const uint64_t magnitude = bits & ~uint64_t{Format::kSign};
  return pattern == Pattern::kCanonicalNan
             ? magnitude == Format::kCanonicalNan
             : (magnitude & Format::kCanonicalNan) == Format::kCanonicalNan;
}

// Whether `bits` are as `value` says; bytes behind its lanes are zero.
bool Matches(const V128& bits, const Value& value) {
  uint8_t bytes[16];
  bits.Store(bytes);
  size_t at = 0;
  for (const Number& number : value.lanes) {
    uint64_t lane = 0;
    std::memcpy(&lane, bytes + at, value.lane_bytes);
    at += value.lane_bytes;
    const bool match = number.pattern == Pattern::kBits ? lane == number.bits
                       : value.lane_bytes == 4
                           ? IsNan<float>(lane, number.pattern)
                           : IsNan<double>(lane, number.pattern);
    if (!match) return false;
  }
  for (; at < 16; ++at) {
    if (bytes[at] != 0) return false;
  }
  return true;
}

// The letters of what stands before and behind the sign of equality.
std::string OperandLetters(Op op) {
  const wasm::OpRow& row = wasm::RowOf(op);
  std::string letters(row.signature.substr(0, row.signature.find(':')));
  const std::string_view word = row.immediates;
  if (word == "lane") letters += 'b';
  if (word == "lanes16" || word == "v128") letters += 'v';
  if (word == "i32") letters += 'i';
  if (word == "i64") letters += 'l';
  if (word == "f32") letters += 'f';
  if (word == "f64") letters += 'd';
  return letters;
}

std::string Show(const V128& v) {
  return absl::StrCat("0x", absl::Hex(v.high(), absl::kZeroPad16),
                      absl::Hex(v.low(), absl::kZeroPad16));
}

// Runs one line. Returns its operator, or nothing if the line cannot be read.
std::optional<Op> RunLine(const std::string& line) {
  const std::vector<std::string> sides =
      absl::StrSplit(line, absl::MaxSplits(" = ", 1));
  if (sides.size() != 2) return std::nullopt;
  const std::vector<std::string> words =
      absl::StrSplit(sides[0], ' ', absl::SkipEmpty());
  const Op op = wasm::OpFromText(words[0]);
  if (op == Op::kCount || !HasNumeric(op)) return std::nullopt;
  const std::string letters = OperandLetters(op);
  if (words.size() != letters.size() + 1) return std::nullopt;
  std::vector<V128> operands;
  for (size_t i = 0; i < letters.size(); ++i) {
    const std::optional<Value> value = ParseValue(letters[i], words[i + 1]);
    if (!value) return std::nullopt;
    operands.push_back(ToBits(*value));
  }
  const Outcome outcome = Evaluate(op, operands);
  absl::string_view expected = sides[1];
  if (absl::ConsumePrefix(&expected, "trap ")) {
    EXPECT_EQ(TrapMessage(outcome.trap), expected) << line;
    return op;
  }
  EXPECT_EQ(outcome.trap, TrapKind::kNone) << line;
  const std::string_view signature = wasm::RowOf(op).signature;
  const std::string_view results = signature.substr(signature.find(':') + 1);
  const std::vector<absl::string_view> texts =
      absl::StrSplit(expected, ' ', absl::SkipEmpty());
  if (texts.size() != results.size()) return std::nullopt;
  for (size_t i = 0; i < results.size(); ++i) {
    const std::optional<Value> value = ParseValue(results[i], texts[i]);
    if (!value) return std::nullopt;
    EXPECT_TRUE(Matches(outcome.results[i], *value))
        << line << "\n  got " << Show(outcome.results[i]);
  }
  return op;
}

class TableTest : public testing::Test {
 protected:
  // Runs all lines of a file in testdata/ and notes their operators.
  void Run(const std::string& name) {
    std::ifstream file("exec/numerics/testdata/" + name);
    ASSERT_TRUE(file) << name;
    std::string line;
    while (std::getline(file, line)) {
      line.resize(std::min(line.size(), line.find('#')));
      absl::StripTrailingAsciiWhitespace(&line);
      if (line.empty()) continue;
      const std::optional<Op> op = RunLine(line);
      ASSERT_TRUE(op.has_value()) << name << ": cannot read: " << line;
      seen_.insert(*op);
    }
  }

  std::set<Op> seen_;
};

TEST_F(TableTest, EveryOperatorGivesWhatTheTablesSay) {
  for (const char* name :
       {"integer.txt", "float.txt", "conversion.txt", "vector_integer.txt",
        "vector_lane.txt", "vector_float.txt", "relaxed.txt"}) {
    Run(name);
  }
  for (int i = 0; i < wasm::kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    EXPECT_EQ(HasNumeric(op), seen_.contains(op))
        << wasm::RowOf(op).text << " has no line in testdata/";
  }
}

}  // namespace
}  // namespace weft::exec
