// Binary to text to binary: for every valid module M of the official test
// scripts and of the corpus, in its smallest encoding, the text of M is M again
// byte for byte, and prints as the same text. Skipped where those are absent.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ir/wasm/component.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/lexer.h"
#include "ir/wasm/text/parser.h"
#include "ir/wasm/text/printer.h"
#include "ir/wasm/validator.h"
#include "ir/wasm/writer.h"

namespace weft::wasm {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<uint8_t>;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Files below WEFT_SHARED/folder with that extension, by name.
std::vector<fs::path> SharedFiles(absl::string_view folder,
                                  absl::string_view extension) {
  std::vector<fs::path> files;
  const char* shared = std::getenv("WEFT_SHARED");
  if (shared == nullptr) return files;
  std::error_code error;
  const fs::path root = fs::path(shared) / std::string(folder);
  for (const auto& entry : fs::recursive_directory_iterator(root, error)) {
    if (entry.path().extension() == std::string(extension)) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Where two byte strings begin to differ.
std::string Difference(const Bytes& a, const Bytes& b) {
  const auto [p, q] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (p == a.end() && q == b.end()) return "";
  return absl::StrCat("sizes ", a.size(), " and ", b.size(), ", different at ",
                      p - a.begin());
}

void ExpectTextOf(const Bytes& m, bool folded) {
  PrintTextOptions options;
  options.folded = folded;
  const auto module = ReadModule(m);
  ASSERT_TRUE(module.ok()) << module.status();
  const auto text = PrintModuleText(*module, options);
  ASSERT_TRUE(text.ok()) << text.status();
  const auto parsed = ParseModuleText(*text);
  ASSERT_TRUE(parsed.ok()) << parsed.status().message();
  EXPECT_EQ(Difference(m, *parsed), "");
  const auto again = ReadModule(*parsed);
  ASSERT_TRUE(again.ok()) << again.status();
  const auto second = PrintModuleText(*again, options);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_TRUE(*second == *text);
}

// Whether `bytes` are a valid module, which has then been sent around.
bool RoundTrip(ByteSpan bytes) {
  const auto module = ReadModule(bytes);
  if (!module.ok() || !ValidateAll(*module).ok()) return false;
  const auto m = ReencodeModule(*module);
  EXPECT_TRUE(m.ok()) << m.status();
  if (!m.ok()) return false;
  ExpectTextOf(*m, /*folded=*/true);
  ExpectTextOf(*m, /*folded=*/false);
  return true;
}

// The module in the form (module ...) at `begin`, or nothing when it is none
// or malformed.
Bytes ScriptModule(const std::string& script, uint32_t begin, uint32_t end) {
  Lexer lexer(script, begin, end);
  lexer.Next();
  if (lexer.Text(lexer.Next()) != "module") return {};
  Token token = lexer.Next();
  if (lexer.Text(token) == "definition") token = lexer.Next();
  if (token.kind == TokenKind::kId) token = lexer.Next();
  const absl::string_view form = lexer.Text(token);
  absl::StatusOr<Bytes> bytes;
  if (form != "binary" && form != "quote") {
    bytes = ParseModuleTextPart(script, begin, end);
  } else {
    std::string content;
    for (token = lexer.Next(); token.kind == TokenKind::kString;
         token = lexer.Next()) {
      AppendStringBytes(lexer.Text(token), &content);
      if (form == "quote") content += "\n";
    }
    if (form == "binary") return Bytes(content.begin(), content.end());
    bytes = ParseModuleText(content);
  }
  return bytes.ok() ? *bytes : Bytes();
}

// Calls `use` for the place of every form in the outermost two levels.
void ForEachForm(const std::string& script,
                 const std::function<void(uint32_t, uint32_t)>& use) {
  Lexer lexer(script);
  int depth = 0;
  for (Token token = lexer.Next(); token.kind != TokenKind::kEnd;
       token = lexer.Next()) {
    ASSERT_NE(token.kind, TokenKind::kError) << lexer.error();
    if (token.kind == TokenKind::kAnnotation) {
      ASSERT_TRUE(lexer.SkipAnnotation());
    } else if (token.kind == TokenKind::kRight) {
      --depth;
    } else if (token.kind == TokenKind::kLeft) {
      Lexer end = lexer;
      ASSERT_TRUE(end.SkipToClose());
      use(token.begin, end.position());
      if (++depth == 2) {
        lexer.Seek(end.position());
        --depth;
      }
    }
  }
}

TEST(RoundTripTest, OfficialScripts) {
  const std::vector<fs::path> files = SharedFiles("spec-testsuite", ".wast");
  if (files.empty()) GTEST_SKIP() << "WEFT_SHARED is not set";
  int count = 0;
  for (const fs::path& file : files) {
    if (absl::StrContains(file.string(), "custom-descriptors")) continue;
    const std::string script = ReadFile(file);
    ForEachForm(script, [&](uint32_t begin, uint32_t end) {
      SCOPED_TRACE(absl::StrCat(file.string(), " at byte ", begin));
      if (RoundTrip(ScriptModule(script, begin, end))) ++count;
    });
    if (::testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(count, 2600);
}

TEST(RoundTripTest, Corpus) {
  const std::vector<fs::path> files = SharedFiles("corpus", ".wasm");
  if (files.empty()) GTEST_SKIP() << "WEFT_SHARED is not set";
  for (const fs::path& file : files) {
    SCOPED_TRACE(file.string());
    const std::string content = ReadFile(file);
    const ByteSpan bytes(reinterpret_cast<const uint8_t*>(content.data()),
                         content.size());
    if (IsComponent(bytes)) continue;
    EXPECT_TRUE(RoundTrip(bytes));
  }
}

}  // namespace
}  // namespace weft::wasm
