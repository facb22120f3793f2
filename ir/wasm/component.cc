// A component is a preamble and sections as a module is; section 1 holds a
// core module, section 4 a nested component. Nesting is kept on an explicit
// stack.
#include "ir/wasm/component.h"

#include <utility>

#include "ir/wasm/bytes.h"
#include "ir/wasm/limits.h"
#include "ir/wasm/reader.h"

namespace weft::wasm {
namespace {

constexpr absl::string_view kSection = "component";
constexpr uint8_t kCoreModuleId = 1;
constexpr uint8_t kComponentId = 4;
constexpr size_t kPreambleSize = 8;

// A component being read and its copy being written.
struct Level {
  ByteReader reader;
  ByteWriter out;
};

absl::Status OpenLevel(ByteSpan bytes, uint32_t offset,
                       std::vector<Level>* levels) {
  if (!IsComponent(bytes)) {
    return MalformedAt("not a component", offset, kSection);
  }
  if (levels->size() == LimitValue(Limit::kComponentDepth)) {
    return LimitError(Limit::kComponentDepth, levels->size() + 1, offset,
                      kSection);
  }
  Level& level = levels->emplace_back();
  level.reader = ByteReader(bytes, offset);
  level.reader.Advance(kPreambleSize);
  level.out.Bytes(bytes.subspan(0, kPreambleSize));
  return absl::OkStatus();
}

void WriteSection(uint8_t id, ByteSpan content, ByteWriter* out) {
  out->Byte(id);
  out->U32(static_cast<uint32_t>(content.size()));
  out->Bytes(content);
}

}  // namespace

absl::StatusOr<std::vector<uint8_t>> ReplaceCoreModules(
    ByteSpan component, ModuleReplacer replace) {
  std::vector<Level> levels;
  absl::Status status = OpenLevel(component, 0, &levels);
  if (!status.ok()) return status;
  while (true) {
    Level& level = levels.back();
    if (level.reader.remaining() == 0) {
      std::vector<uint8_t> done = level.out.Take();
      levels.pop_back();
      if (levels.empty()) return done;
      WriteSection(kComponentId, done, &levels.back().out);
      continue;
    }
    uint8_t id;
    uint32_t size;
    ByteSpan content;
    if (!level.reader.ReadByte(&id) || !level.reader.ReadU32(&size)) {
      return level.reader.StatusHere(kSection);
    }
    const uint32_t offset = level.reader.offset();
    if (!level.reader.ReadBytes(size, &content)) {
      return level.reader.StatusHere(kSection);
    }
    if (id == kComponentId) {
      status = OpenLevel(content, offset, &levels);
      if (!status.ok()) return status;
    } else if (id == kCoreModuleId) {
      absl::StatusOr<std::vector<uint8_t>> module = replace(content);
      if (!module.ok()) return module.status();
      WriteSection(id, *module, &level.out);
    } else {
      WriteSection(id, content, &level.out);
    }
  }
}

absl::StatusOr<std::vector<ByteSpan>> FindCoreModules(ByteSpan component) {
  std::vector<ByteSpan> modules;
  const absl::Status status =
      ReplaceCoreModules(component, [&](ByteSpan module) {
        modules.push_back(module);
        return absl::StatusOr<std::vector<uint8_t>>(std::vector<uint8_t>());
      }).status();
  if (!status.ok()) return status;
  return modules;
}

}  // namespace weft::wasm
