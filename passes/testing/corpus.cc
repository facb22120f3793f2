#include "passes/testing/corpus.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "ir/wasm/bytes.h"
#include "ir/wasm/reader.h"

namespace weft::passes::testing {
namespace {

constexpr uint8_t kCoreModuleSection = 1;
constexpr size_t kPreambleBytes = 8;

std::vector<uint8_t> ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Appends the modules that lie directly in `component`.
void AppendModulesOf(const std::string& name,
                     const std::vector<uint8_t>& component,
                     std::vector<CorpusModule>* modules) {
  wasm::ByteReader reader(component, 0);
  reader.Advance(kPreambleBytes);
  int number = 0;
  uint8_t id;
  uint32_t size;
  absl::Span<const uint8_t> content;
  while (reader.remaining() > 0 && reader.ReadByte(&id) &&
         reader.ReadU32(&size) && reader.ReadBytes(size, &content)) {
    if (id != kCoreModuleSection) continue;
    modules->push_back({name + "#" + std::to_string(number++),
                        {content.begin(), content.end()}});
  }
}

}  // namespace

std::vector<CorpusModule> ReadCorpus() {
  std::vector<CorpusModule> modules;
  const char* shared = std::getenv("WEFT_SHARED");
  if (shared == nullptr) return modules;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(shared) / "corpus")) {
    if (entry.path().extension() == ".wasm") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  for (const std::filesystem::path& path : paths) {
    const std::string name = path.stem().string();
    std::vector<uint8_t> bytes = ReadFile(path);
    if (wasm::IsComponent(bytes)) {
      AppendModulesOf(name, bytes, &modules);
    } else {
      modules.push_back({name, std::move(bytes)});
    }
  }
  return modules;
}

}  // namespace weft::passes::testing
