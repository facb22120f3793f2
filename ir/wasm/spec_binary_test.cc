// The binary modules of the official test scripts, `(module binary "...")`, by
// themselves and inside of assertions. Modules in text form are a matter for
// those who read text. Skipped where the scripts are absent.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "ir/wasm/testing.h"

namespace weft::wasm {
namespace {

using testing::Bytes;
using testing::Check;

// A script's tokens: parentheses, words and strings (with their quote).
class Tokens {
 public:
  explicit Tokens(std::string text) : text_(std::move(text)) {}

  // The next token, "" at the end. Strings are decoded and begin with '"'.
  std::string Next() {
    SkipSpace();
    if (pos_ == text_.size()) return "";
    const char c = text_[pos_];
    if (c == '(' || c == ')') {
      ++pos_;
      return std::string(1, c);
    }
    if (c == '"') return String();
    const size_t begin = pos_;
    while (pos_ < text_.size() && !std::isspace(text_[pos_]) &&
           text_[pos_] != '(' && text_[pos_] != ')' && text_[pos_] != '"' &&
           text_[pos_] != ';') {
      ++pos_;
    }
    return text_.substr(begin, pos_ - begin);
  }

  int line() const {
    return 1 + static_cast<int>(
                   std::count(text_.begin(), text_.begin() + pos_, '\n'));
  }

 private:
  void SkipSpace() {
    while (pos_ < text_.size()) {
      if (std::isspace(text_[pos_])) {
        ++pos_;
      } else if (text_.compare(pos_, 2, ";;") == 0) {
        pos_ = std::min(text_.find('\n', pos_), text_.size());
      } else if (text_.compare(pos_, 2, "(;") == 0) {
        int depth = 0;
        do {
          if (text_.compare(pos_, 2, "(;") == 0) {
            ++depth;
            pos_ += 2;
          } else if (text_.compare(pos_, 2, ";)") == 0) {
            --depth;
            pos_ += 2;
          } else {
            ++pos_;
          }
        } while (depth > 0 && pos_ < text_.size());
      } else {
        return;
      }
    }
  }

  static int Digit(char c) {
    return std::isdigit(c) ? c - '0' : std::tolower(c) - 'a' + 10;
  }

  std::string String() {
    std::string out = "\"";
    for (++pos_; pos_ < text_.size() && text_[pos_] != '"'; ++pos_) {
      if (text_[pos_] != '\\') {
        out.push_back(text_[pos_]);
        continue;
      }
      const char c = text_[++pos_];
      if (std::isxdigit(c)) {
        out.push_back(static_cast<char>(Digit(c) << 4 | Digit(text_[++pos_])));
      } else if (c == 'n' || c == 't' || c == 'r') {
        out.push_back(c == 'n' ? '\n' : c == 't' ? '\t' : '\r');
      } else {
        out.push_back(c);  // A quote or a backslash; \u is not in binaries.
      }
    }
    ++pos_;
    return out;
  }

  std::string text_;
  size_t pos_ = 0;
};

struct Counts {
  int accepted = 0;
  int rejected = 0;
};

// Checks each binary module of a script: `directive` is the word of the
// outermost form around it.
void RunScript(const std::filesystem::path& path, Counts* counts) {
  std::ifstream file(path);
  Tokens tokens(std::string(std::istreambuf_iterator<char>(file), {}));
  int depth = 0;
  std::string directive;
  std::string before;
  for (std::string token = tokens.Next(); !token.empty();
       token = tokens.Next()) {
    if (token == "(") {
      ++depth;
    } else if (token == ")") {
      --depth;
    } else if (before == "(" && depth == 1) {
      directive = token;
    }
    const bool may_be_binary = before == "module" || before == "definition" ||
                               before.substr(0, 1) == "$";
    before = token;
    if (token != "binary" || !may_be_binary) continue;
    Bytes bytes;
    const int line = tokens.line();
    for (token = tokens.Next(); token.substr(0, 1) == "\"";
         token = tokens.Next()) {
      bytes.insert(bytes.end(), token.begin() + 1, token.end());
    }
    --depth;  // The module's parenthesis.
    const absl::Status status = Check(bytes);
    if (directive == "assert_malformed" || directive == "assert_invalid") {
      EXPECT_FALSE(status.ok()) << path << ":" << line;
      ++counts->rejected;
    } else if (directive.find("_custom") == std::string::npos) {
      EXPECT_TRUE(status.ok()) << path << ":" << line << " " << status;
      ++counts->accepted;
    }
  }
}

TEST(SpecBinaryTest, BinaryModulesOfTheScripts) {
  const char* shared = std::getenv("WEFT_SHARED");
  std::error_code error;
  const std::filesystem::path root =
      std::filesystem::path(shared == nullptr ? "" : shared) / "spec-testsuite";
  if (shared == nullptr || !std::filesystem::exists(root, error)) {
    GTEST_SKIP() << "no shared test scripts here";
  }
  Counts counts;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(root, error)) {
    const std::string path = entry.path().string();
    if (entry.path().extension() != ".wast" ||
        path.find("custom-descriptors") != std::string::npos) {
      continue;
    }
    RunScript(entry.path(), &counts);
  }
  EXPECT_GE(counts.accepted, 80);
  EXPECT_GE(counts.rejected, 700);
}

}  // namespace
}  // namespace weft::wasm
