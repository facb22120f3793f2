// Matches regular expressions with a Pike machine and with a lazy DFA: tables
// of patterns and texts, malformed patterns, random patterns against an oracle,
// and a log to search. `regex PATTERN` prints the lines of stdin that match.

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "testdata/programs/common/checksum.h"
#include "testdata/programs/common/random.h"
#include "testdata/programs/regex/dfa.h"
#include "testdata/programs/regex/node.h"
#include "testdata/programs/regex/oracle.h"
#include "testdata/programs/regex/pike.h"
#include "testdata/programs/regex/program.h"

namespace {

using regex::Dfa;
using regex::Prefer;

struct Regex {
  std::unique_ptr<regex::Node> root;
  regex::Program program;
};

int Length(std::string_view text) { return static_cast<int>(text.size()); }

// Returns whether the pattern is sound; reports if it is not.
bool Build(std::string_view pattern, Regex* regex) {
  int group_count;
  regex::ParseError error;
  regex->root = regex::Parse(pattern, &group_count, &error);
  if (regex->root == nullptr) {
    std::printf("%.*s: %s at %zu\n", Length(pattern), pattern.data(),
                error.message, error.offset);
    return false;
  }
  if (!regex::Compile(*regex->root, group_count, &regex->program)) {
    std::printf("%.*s: too long\n", Length(pattern), pattern.data());
    return false;
  }
  return true;
}

struct Example {
  std::string_view pattern;
  std::string_view text;
};

constexpr Example kExamples[] = {
    {"abc", "xabcx"},
    {"a|ab|abc", "abc"},
    {"(a|ab)(c|bcd)(d*)", "abcd"},
    {"^(\\w+)@(\\w+)\\.(com|org)$", "someone@example.org"},
    {"(\\d{4})-(\\d{2})-(\\d{2})", "on 2023-11-05 and later"},
    {"a*", "baaa"},
    {"a+", "baaa"},
    {"a+?", "baaa"},
    {"<.*>", "<b>bold</b>"},
    {"<.*?>", "<b>bold</b>"},
    {"(a*)*", "aaab"},
    {"(a*)+b", "aaab"},
    {"(a|)+", "aaa"},
    {"(a)|(b)", "b"},
    {"((a)|b)*", "abab"},
    {"x{2,3}", "xxxx"},
    {"x{2,3}?", "xxxx"},
    {"x{0}y", "xy"},
    {"[^a-c]+", "abcxyzabc"},
    {"[]a-]+", "x]-a"},
    {"[\\d.]+", "pi is 3.14159"},
    {"\\s\\S+\\s", "one two three"},
    {"^$", ""},
    {"^$", "x"},
    {"$^", ""},
    {"a$|^b", "ba"},
    {"\\(\\*\\)", "f(*)"},
    {"(?:ab)+(c)?", "ababab"},
    {".", "\n"},
    {"\\n", "\n"},
    {"no", "match"},
};

constexpr std::string_view kMalformed[] = {
    "(",   "a)",    "[a",      "[b-a]",
    "*a",  "a**",   "a{3,2}",  "a{101}",
    "a{",  "\\",    "\\q",     "(?:",
    "x|+", "[\\q]", "a{2}{3}", "(((a{50}){50}){50})",
};

void ShowMatch(const Example& example, const std::vector<int>& slots) {
  std::printf("%.*s: ", Length(example.pattern), example.pattern.data());
  if (slots.empty()) {
    std::printf("none\n");
    return;
  }
  for (size_t i = 0; i < slots.size(); i += 2) {
    if (slots[i] < 0) {
      std::printf(" -");
      continue;
    }
    size_t from = static_cast<size_t>(slots[i]);
    size_t to = static_cast<size_t>(slots[i + 1]);
    std::string_view part = example.text.substr(from, to - from);
    if (part == "\n") part = "newline";
    std::printf(" %zu-%zu'%.*s'", from, to, Length(part), part.data());
  }
  std::printf("\n");
}

bool CheckExamples() {
  bool ok = true;
  for (const Example& example : kExamples) {
    Regex regex;
    if (!Build(example.pattern, &regex)) return false;
    std::vector<int> slots;
    bool found =
        regex::Search(regex.program, example.text, 0, Prefer::kFirst, &slots);
    ShowMatch(example, slots);
    ok &= Dfa(regex.program, true).Matches(example.text) == found;
  }
  return ok;
}

bool CheckMalformed() {
  bool ok = true;
  for (std::string_view pattern : kMalformed) {
    Regex regex;
    ok &= !Build(pattern, &regex);
  }
  std::string deep(50, '(');
  Regex regex;
  return ok && !Build(deep, &regex);
}

// ---------------------------------------------------------------------------
// Random patterns

std::string RandomPattern(uint64_t* seed, int depth) {
  if (depth == 0) {
    static constexpr std::string_view kAtoms[] = {
        "a", "b", "[ab]", ".", "c", "^", "[^a]", "$", "a", "b"};
    return std::string(kAtoms[RandomBelow(seed, std::size(kAtoms))]);
  }
  uint32_t shape = RandomBelow(seed, 4);
  std::string first = RandomPattern(seed, depth - 1);
  if (shape == 0) {
    return "(" + first + "|" + RandomPattern(seed, depth - 1) + ")";
  }
  if (shape > 1) return first + RandomPattern(seed, depth - 1);
  static constexpr std::string_view kRepeats[] = {
      "*", "+", "?", "{2}", "{1,2}", "{2,}", "*?", "+?", "??", "{0,2}?"};
  std::string_view repeat = kRepeats[RandomBelow(seed, std::size(kRepeats))];
  return "(?:" + first + ")" + std::string(repeat);
}

// Returns whether all three agree on the text, counting matches.
bool Agree(const Regex& regex, std::string_view text, Dfa* anywhere,
           Dfa* prefix, int* matches) {
  uint32_t everywhere = (uint32_t{2} << text.size()) - 1;
  bool expected = regex::MatchEnds(*regex.root, text, everywhere) != 0;
  uint32_t ends = regex::MatchEnds(*regex.root, text, 1);
  int longest = ends == 0 ? -1 : 31 - __builtin_clz(ends);

  std::vector<int> first, at_start;
  bool found = regex::Search(regex.program, text, 0, Prefer::kFirst, &first);
  regex::Search(regex.program, text, 0, Prefer::kLongest, &at_start);
  *matches += expected ? 1 : 0;
  return found == expected && anywhere->Matches(text) == expected &&
         (at_start.empty() ? -1 : at_start[1]) == longest &&
         prefix->LongestPrefix(text) == longest;
}

bool CheckRandom() {
  uint64_t seed = 5;
  uint64_t hash = FNV_START;
  int matches = 0, texts = 0;
  size_t states = 0;
  bool ok = true;
  for (int round = 0; round < 150; round++) {
    std::string pattern = RandomPattern(&seed, 4);
    hash = FnvUpdate(hash, pattern.data(), pattern.size());
    if (round < 5) std::printf("random %s\n", pattern.c_str());
    Regex regex;
    if (!Build(pattern, &regex)) return false;
    Dfa anywhere(regex.program, true), prefix(regex.program, false);
    for (int i = 0; i < 12; i++) {
      std::string text;
      for (uint32_t left = RandomBelow(&seed, 9); left > 0; left--) {
        text.push_back("aabbc"[RandomBelow(&seed, 5)]);
      }
      texts++;
      if (Agree(regex, text, &anywhere, &prefix, &matches)) continue;
      std::printf("DISAGREE on %s and '%s'\n", pattern.c_str(), text.c_str());
      ok = false;
    }
    states += anywhere.state_count() + prefix.state_count();
  }
  std::printf("random: %d of %d texts match, %zu states, patterns %016llx\n",
              matches, texts, states, static_cast<unsigned long long>(hash));
  return ok;
}

// ---------------------------------------------------------------------------
// Longer texts

// What a matcher that backtracks would take exponential time for.
bool CheckHardCases() {
  Regex nested, many;
  if (!Build("(?:a?){30}a{30}", &nested)) return false;
  std::string text(30, 'a');
  std::vector<int> slots;
  bool ok = regex::Search(nested.program, text, 0, Prefer::kFirst, &slots);
  Dfa dfa(nested.program, true);
  ok &= dfa.Matches(text);
  std::printf("hard: %zu instructions, match %d-%d, %zu states\n",
              nested.program.code.size(), slots[0], slots[1],
              dfa.state_count());

  // An automaton of 2^10 states: it does not fit.
  if (!Build("^[ab]*a[ab]{9}$", &many)) return false;
  Dfa large(many.program, true);
  uint64_t seed = 9;
  std::string letters;
  for (int i = 0; i < 1200; i++) {
    letters.push_back(RandomBelow(&seed, 2) == 0 ? 'a' : 'b');
  }
  bool expected = letters[letters.size() - 10] == 'a';
  ok &= large.Matches(letters) == expected;
  std::printf("large: match %d, %zu states left after %d resets\n", expected,
              large.state_count(), large.resets());
  return ok;
}

std::vector<std::string> MakeLog() {
  static constexpr const char* kLevels[] = {"INFO", "INFO", "DEBUG", "WARN",
                                            "ERROR"};
  static constexpr const char* kEvents[] = {
      "opened block%u.bin", "peer 10.0.%u.17 timed out", "retry %u of 9",
      "user u%u@example.org logged in", "cache at %u%%"};
  uint64_t seed = 2;
  std::vector<std::string> lines;
  for (unsigned i = 0; i < 350; i++) {
    const char* format = kEvents[RandomBelow(&seed, 5)];
    unsigned number = RandomBelow(&seed, 256);
    unsigned fraction = RandomBelow(&seed, 1000);
    const char* level = kLevels[RandomBelow(&seed, 5)];
    unsigned worker = RandomBelow(&seed, 8);
    char event[64], line[128];
    std::snprintf(event, sizeof(event), format, number);
    std::snprintf(line, sizeof(line), "%02u:%02u:%02u.%03u %s [worker-%u] %s",
                  i / 360 % 24, i / 6 % 60, i % 6 * 10, fraction, level, worker,
                  event);
    lines.emplace_back(line);
  }
  return lines;
}

bool SearchLog(std::string_view pattern, const std::vector<std::string>& log) {
  Regex regex;
  if (!Build(pattern, &regex)) return false;
  Dfa dfa(regex.program, true);
  int by_dfa = 0, by_pike = 0;
  const std::string* first_line = nullptr;
  std::vector<int> first_slots;
  for (const std::string& line : log) {
    std::vector<int> slots;
    by_dfa += dfa.Matches(line) ? 1 : 0;
    if (!regex::Search(regex.program, line, 0, Prefer::kFirst, &slots))
      continue;
    by_pike++;
    if (first_line != nullptr) continue;
    first_line = &line;
    first_slots = slots;
  }
  std::printf("%d lines, %zu states, %d classes, first ", by_pike,
              dfa.state_count(), dfa.class_count());
  ShowMatch({pattern, first_line == nullptr ? "" : *first_line}, first_slots);
  return by_dfa == by_pike;
}

// Counts the matches that follow each other in the text without overlap.
int CountMatches(const Regex& regex, std::string_view text) {
  int count = 0;
  std::vector<int> slots;
  for (int at = 0; at <= Length(text);) {
    if (!regex::Search(regex.program, text, at, Prefer::kFirst, &slots)) break;
    count++;
    at = std::max(slots[1], slots[0] + 1);
  }
  return count;
}

bool CheckLog() {
  static constexpr std::string_view kPatterns[] = {
      "ERROR",
      "^\\d+:\\d+:\\d+\\.\\d{3} (WARN|ERROR) ",
      "worker-([0-3])\\] (opened|retry)",
      "(\\d+)\\.(\\d+)\\.(\\d+)\\.(\\d+)",
      "u(\\d+)@([a-z]+\\.)+org",
      "block(1\\d*|2)\\.bin$",
      "[5-9]\\d%$|of 9$",
      "FATAL",
  };
  std::vector<std::string> log = MakeLog();
  bool ok = true;
  for (std::string_view pattern : kPatterns) ok &= SearchLog(pattern, log);
  Regex number, empty;
  if (!Build("\\d+", &number) || !Build("x*", &empty)) return false;
  int numbers = 0, empties = 0;
  for (size_t i = 0; i < 100; i++) {
    numbers += CountMatches(number, log[i]);
    empties += CountMatches(empty, log[i]);
  }
  std::printf("%d numbers, %d empty matches in 100 lines\n", numbers, empties);
  return ok;
}

int FilterStdin(std::string_view pattern) {
  Regex regex;
  if (!Build(pattern, &regex)) return 2;
  Dfa dfa(regex.program, true);
  int found = 0;
  std::string line;
  for (int c = std::getchar();; c = std::getchar()) {
    if (c != '\n' && c != EOF) {
      line.push_back(static_cast<char>(c));
      continue;
    }
    bool is_line = c == '\n' || !line.empty();
    if (is_line && dfa.Matches(line)) {
      std::printf("%s\n", line.c_str());
      found++;
    }
    line.clear();
    if (c == EOF) return found > 0 ? 0 : 1;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2) return FilterStdin(argv[1]);
  bool ok = CheckExamples();
  ok &= CheckMalformed();
  Regex shown;
  ok &= Build("a(b|c)*d$", &shown);
  regex::Dump(shown.program);
  ok &= CheckRandom();
  ok &= CheckHardCases();
  ok &= CheckLog();
  std::printf("%s\n", ok ? "all checks passed" : "FAILED");
  return ok ? 0 : 1;
}
