#include "ir/wasm/text/testing/spec_suite.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace weft::wasm::testing {
namespace fs = std::filesystem;

std::string SpecSuiteFolder() {
  const char* const suite = std::getenv("WEFT_SPEC_TESTSUITE");
  const char* const shared = std::getenv("WEFT_SHARED");
  fs::path folder;
  if (suite != nullptr) {
    folder = suite;
  } else if (shared != nullptr) {
    folder = fs::path(shared) / "spec-testsuite";
  }
  std::error_code error;
  return fs::is_directory(folder, error) ? folder.string() : "";
}

std::vector<SpecScript> SpecScripts() {
  std::vector<SpecScript> scripts;
  const std::string folder = SpecSuiteFolder();
  if (folder.empty()) return scripts;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    const fs::path name = entry.path().lexically_relative(folder);
    if (name.extension() != ".wast" ||
        name.parent_path() == "proposals/custom-descriptors") {
      continue;
    }
    scripts.push_back({name.string(), entry.path().string()});
  }
  std::sort(scripts.begin(), scripts.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return scripts;
}

std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace weft::wasm::testing
