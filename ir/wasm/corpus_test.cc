// Real modules: read, validated, rewritten twice. Skipped where the shared
// corpus is absent.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "ir/wasm/component.h"
#include "ir/wasm/detect_features.h"
#include "ir/wasm/names.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/testing.h"
#include "ir/wasm/validator.h"
#include "ir/wasm/writer.h"

namespace weft::wasm {
namespace {

using testing::Bytes;

std::vector<std::filesystem::path> CorpusFiles() {
  std::vector<std::filesystem::path> files;
  const char* shared = std::getenv("WEFT_SHARED");
  if (shared == nullptr) return files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(shared) / "corpus", error)) {
    if (entry.path().extension() == ".wasm") files.push_back(entry.path());
  }
  return files;
}

Bytes ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

void ExpectRewritesWell(ByteSpan bytes) {
  absl::StatusOr<Module> module = ReadModule(bytes);
  ASSERT_TRUE(module.ok()) << module.status();
  ASSERT_TRUE(ValidateAll(*module, 2).ok()) << ValidateAll(*module);
  absl::StatusOr<Bytes> first = ReencodeModule(*module);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_LE(first->size(), bytes.size());
  absl::StatusOr<Module> again = ReadModule(*first);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(ValidateAll(*again).ok()) << ValidateAll(*again);
  EXPECT_EQ(*ReencodeModule(*again), *first);
  ASSERT_EQ(module->customs.size(), again->customs.size());
  for (size_t i = 0; i < module->customs.size(); ++i) {
    EXPECT_EQ(module->customs[i].payload, again->customs[i].payload);
  }
  // The features found are enough.
  const FeatureSet found = DetectFeatures(*module);
  absl::StatusOr<Module> narrow = ReadModule(bytes, {found});
  ASSERT_TRUE(narrow.ok()) << narrow.status();
  EXPECT_TRUE(ValidateAll(*narrow).ok()) << ValidateAll(*narrow);
  EXPECT_EQ(DetectFeatures(*again), found);
}

TEST(CorpusTest, RewritesWell) {
  const std::vector<std::filesystem::path> files = CorpusFiles();
  if (files.empty()) GTEST_SKIP() << "no shared corpus here";
  int modules = 0;
  for (const std::filesystem::path& file : files) {
    SCOPED_TRACE(file.string());
    const Bytes bytes = ReadFile(file);
    if (!IsComponent(bytes)) {
      ExpectRewritesWell(bytes);
      ++modules;
      continue;
    }
    EXPECT_NE(ReadModule(bytes).status().message().find("component"),
              absl::string_view::npos);
    absl::StatusOr<std::vector<ByteSpan>> nested = FindCoreModules(bytes);
    ASSERT_TRUE(nested.ok()) << nested.status();
    EXPECT_FALSE(nested->empty());
    for (ByteSpan module : *nested) {
      ExpectRewritesWell(module);
      ++modules;
    }
  }
  EXPECT_GE(modules, 15);
}

TEST(CorpusTest, ComponentsKeepAllElse) {
  for (const std::filesystem::path& file : CorpusFiles()) {
    const Bytes bytes = ReadFile(file);
    if (!IsComponent(bytes)) continue;
    absl::StatusOr<Bytes> same = ReplaceCoreModules(bytes, [](ByteSpan module) {
      return absl::StatusOr<Bytes>(Bytes(module.begin(), module.end()));
    });
    ASSERT_TRUE(same.ok()) << same.status();
    EXPECT_LE(same->size(), bytes.size());
    EXPECT_EQ(FindCoreModules(*same)->size(), FindCoreModules(bytes)->size());
  }
}

TEST(CorpusTest, NameSectionsRoundTrip) {
  for (const std::filesystem::path& file : CorpusFiles()) {
    SCOPED_TRACE(file.string());
    const Bytes bytes = ReadFile(file);
    absl::StatusOr<Module> module = ReadModule(bytes);
    if (!module.ok()) continue;
    for (const CustomSection& custom : module->customs) {
      if (custom.name != "name") continue;
      absl::StatusOr<Names> names = ParseNames(custom.bytes, custom.offset);
      ASSERT_TRUE(names.ok()) << names.status();
      ByteWriter out;
      WriteNames(*names, &out);
      EXPECT_EQ(ByteSpan(out.bytes()), custom.bytes);
    }
  }
}

}  // namespace
}  // namespace weft::wasm
