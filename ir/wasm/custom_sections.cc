#include "ir/wasm/custom_sections.h"

#include "absl/strings/match.h"

namespace weft::wasm {
namespace {

constexpr size_t kHeaderSize = 8;

}  // namespace

CustomKind CustomKindOf(absl::string_view name) {
  if (name == "name") return CustomKind::kNames;
  if (absl::StartsWith(name, ".debug_") || name == "sourceMappingURL" ||
      name == "external_debug_info" || name == "build_id") {
    return CustomKind::kDebug;
  }
  if (name == "producers" || name == "target_features") {
    return CustomKind::kAbout;
  }
  if (name == "dylink" || name == "dylink.0" || IsRelocation(name) ||
      absl::StartsWith(name, "component-type:") ||
      absl::StartsWith(name, "metadata.code.")) {
    return CustomKind::kMeaning;
  }
  return CustomKind::kOther;
}

bool IsRelocation(absl::string_view name) {
  return name == "linking" || absl::StartsWith(name, "reloc.");
}

std::vector<uint8_t> RemoveCustomSections(
    const Module& module,
    absl::FunctionRef<bool(const CustomSection& section)> remove) {
  const ByteSpan bytes = module.bytes;
  std::vector<uint8_t> out(bytes.begin(), bytes.begin() + kHeaderSize);
  out.reserve(bytes.size());
  size_t custom = 0;
  for (const SectionRange& section : module.sections) {
    if (section.id == SectionId::kCustom && remove(module.customs[custom++])) {
      continue;
    }
    const ByteSpan whole = bytes.subspan(
        section.offset, section.content_offset - section.offset + section.size);
    out.insert(out.end(), whole.begin(), whole.end());
  }
  return out;
}

}  // namespace weft::wasm
