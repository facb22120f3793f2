// Every body of real modules: lifted, verified, printed and
// parsed, lowered and validated.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "ir/lift.h"
#include "ir/lower.h"
#include "ir/text_parser.h"
#include "ir/text_printer.h"
#include "ir/type_lookup.h"
#include "ir/verifier.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/validator.h"

namespace weft::ir {
namespace {

namespace fs = std::filesystem;

std::vector<uint8_t> ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string Print(const wasm::Module& module, const Function& f) {
  std::string text;
  PrintFunction(module, f, &text);
  return text;
}

void RoundTripAll(const fs::path& path) {
  const std::vector<uint8_t> bytes = ReadFile(path);
  ASSERT_FALSE(bytes.empty()) << path;
  if (wasm::IsComponent(bytes)) return;
  const auto module_or = wasm::ReadModule(bytes);
  ASSERT_TRUE(module_or.ok()) << path << module_or.status();
  const wasm::Module& module = *module_or;
  const wasm::ModuleContext context(module);
  wasm::BodyValidator validator(context);
  const TypeLookup types(module);
  Lifter lifter;
  Lowerer lowerer(module, types);
  Function f;
  Function parsed;
  int failures = 0;
  for (uint32_t i = module.num_imported_funcs; i < module.funcs.size(); ++i) {
    if (failures > 5) return;
    const ::testing::ScopedTrace trace(
        __FILE__, __LINE__, path.string() + ", function " + std::to_string(i));
    absl::Status status = lifter.Lift(module, i, &f);
    if (absl::IsResourceExhausted(status)) continue;
    ASSERT_TRUE(status.ok()) << status;
    status = Verify(module, f);
    EXPECT_TRUE(status.ok()) << status << ++failures;
    if (!status.ok()) continue;
    const std::string text = Print(module, f);
    wasm::ByteWriter body;
    status = lowerer.Lower(&f, &body);
    if (absl::IsResourceExhausted(status)) continue;
    ASSERT_TRUE(status.ok()) << status;
    status = validator.Validate(i, body.bytes(), 0);
    EXPECT_TRUE(status.ok()) << status << ++failures;
    // The text says all there is to say.
    ASSERT_TRUE(ParseFunction(module, text, &parsed).ok());
    EXPECT_EQ(Print(module, parsed), text);
    wasm::ByteWriter again;
    ASSERT_TRUE(lowerer.Lower(&parsed, &again).ok());
    EXPECT_EQ(again.bytes() == body.bytes(), true) << ++failures;
  }
}

std::vector<fs::path> ModulesUnder(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".wasm") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

TEST(RealModulesTest, Programs) {
  const std::vector<fs::path> paths = ModulesUnder("testdata/programs");
  EXPECT_FALSE(paths.empty());
  for (const fs::path& path : paths) RoundTripAll(path);
}

TEST(RealModulesTest, Corpus) {
  const char* shared = std::getenv("WEFT_SHARED");
  if (shared == nullptr) GTEST_SKIP() << "WEFT_SHARED is not set";
  for (const fs::path& path : ModulesUnder(fs::path(shared) / "corpus")) {
    RoundTripAll(path);
  }
}

}  // namespace
}  // namespace weft::ir
