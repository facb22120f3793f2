#include "ir/wasm/reader.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ir/wasm/canonical_types.h"
#include "ir/wasm/module_reader.h"

namespace weft::wasm {
namespace {

constexpr uint8_t kMagic[] = {0, 'a', 's', 'm'};
constexpr uint8_t kCoreVersion[] = {1, 0, 0, 0};
constexpr size_t kHeaderSize = 8;

// Place of each section in the order that the format prescribes, by id.
constexpr uint8_t kRanks[] = {
    0,   // custom, anywhere
    1,   // type
    2,   // import
    3,   // function
    4,   // table
    5,   // memory
    7,   // global
    8,   // export
    9,   // start
    10,  // element
    12,  // code
    13,  // data
    11,  // data count
    6,   // tag
};
static_assert(sizeof(kRanks) == static_cast<size_t>(SectionId::kCount));

bool StartsWith(ByteSpan bytes, ByteSpan prefix) {
  return bytes.size() >= prefix.size() &&
         std::memcmp(bytes.data(), prefix.data(), prefix.size()) == 0;
}

// What a file without the magic number probably is.
const char* GuessFormat(ByteSpan bytes) {
  static constexpr uint8_t kGzip[] = {0x1f, 0x8b};
  static constexpr uint8_t kZstd[] = {0x28, 0xb5, 0x2f, 0xfd};
  static constexpr uint8_t kZip[] = {'P', 'K', 3, 4};
  if (StartsWith(bytes, kGzip)) {
    return "not WebAssembly but gzip data; decompress it first,";
  }
  if (StartsWith(bytes, kZstd)) {
    return "not WebAssembly but zstd data; decompress it first,";
  }
  if (StartsWith(bytes, kZip)) {
    return "not WebAssembly but a zip archive,";
  }
  size_t i = 0;
  while (i < bytes.size() && (bytes[i] == ' ' || bytes[i] == '\n' ||
                              bytes[i] == '\t' || bytes[i] == '\r')) {
    ++i;
  }
  if (i < bytes.size() && (bytes[i] == '(' || bytes[i] == ';')) {
    return "not binary WebAssembly but its text format,";
  }
  return "not WebAssembly: magic number missing";
}

}  // namespace

bool IsComponent(ByteSpan bytes) {
  // A 16-bit version and a 16-bit layer, 0 for modules and 1 for components.
  return bytes.size() >= kHeaderSize && StartsWith(bytes, kMagic) &&
         bytes[6] == 1 && bytes[7] == 0;
}

bool ModuleReader::Read() {
  if (!ReadHeader()) return false;
  while (reader_.remaining() > 0) {
    if (!ReadSection()) return false;
  }
  if (!CheckAtEnd()) return false;
  module_->canonical_types = CanonicalizeTypes(module_->types);
  return true;
}

bool ModuleReader::ReadHeader() {
  const ByteSpan bytes = reader_.rest();
  module_->bytes = bytes;
  module_->features = features_;
  if (bytes.empty()) return Malformed("empty input", 0);
  if (bytes.size() > LimitValue(Limit::kModuleSize)) {
    return OverLimit(Limit::kModuleSize, bytes.size(), 0);
  }
  if (!StartsWith(bytes, kMagic)) {
    const ByteSpan magic(kMagic);
    if (StartsWith(magic, bytes)) return Malformed("unexpected end", 0);
    return Malformed(GuessFormat(bytes), 0);
  }
  if (bytes.size() < kHeaderSize) {
    return Malformed("unexpected end", static_cast<uint32_t>(bytes.size()));
  }
  if (IsComponent(bytes)) {
    return Malformed("a component, not a core module", 4);
  }
  if (!StartsWith(bytes.subspan(4), kCoreVersion)) {
    return Malformed("unknown binary version", 4);
  }
  reader_.Advance(kHeaderSize);
  return true;
}

bool ModuleReader::ReadSection() {
  section_ = "section header";
  SectionRange range;
  range.offset = reader_.offset();
  uint8_t id;
  if (!Byte(&id)) return false;
  if (id >= static_cast<uint8_t>(SectionId::kCount)) {
    return Malformed("malformed section id", range.offset);
  }
  range.id = static_cast<SectionId>(id);
  section_ = SectionName(range.id);
  ByteSpan content;
  if (!U32(&range.size)) return false;
  range.content_offset = reader_.offset();
  if (!reader_.ReadBytes(range.size, &content)) return Malformed();
  if (!CheckOrder(range.id, range.offset)) return false;
  module_->sections.push_back(range);

  const ByteReader rest = reader_;
  reader_ = ByteReader(content, range.content_offset);
  if (!ReadContent(range.id)) return false;
  if (reader_.remaining() > 0) {
    return Malformed("section size mismatch: bytes left over",
                     reader_.offset());
  }
  reader_ = rest;
  return true;
}

bool ModuleReader::CheckOrder(SectionId id, uint32_t offset) {
  if (id == SectionId::kCustom) return true;
  const int rank = kRanks[static_cast<int>(id)];
  if (rank == last_rank_) return Malformed("duplicate section", offset);
  if (rank < last_rank_) {
    return Malformed("unexpected content: section out of order", offset);
  }
  last_rank_ = rank;
  last_section_ = static_cast<uint8_t>(id);
  return true;
}

bool ModuleReader::ReadContent(SectionId id) {
  switch (id) {
    case SectionId::kCustom:
      return ReadCustom();
    case SectionId::kType:
      return ReadTypeSection();
    case SectionId::kImport:
      return ReadImportSection();
    case SectionId::kFunction:
      return ReadFunctionSection();
    case SectionId::kTable:
      return ReadTableSection();
    case SectionId::kMemory:
      return ReadMemorySection();
    case SectionId::kTag:
      return ReadTagSection();
    case SectionId::kGlobal:
      return ReadGlobalSection();
    case SectionId::kExport:
      return ReadExportSection();
    case SectionId::kStart:
      return ReadStartSection();
    case SectionId::kElem:
      return ReadElemSection();
    case SectionId::kDataCount:
      return ReadDataCountSection();
    case SectionId::kCode:
      return ReadCodeSection();
    case SectionId::kData:
      return ReadDataSection();
    case SectionId::kCount:
      break;
  }
  return false;
}

bool ModuleReader::CheckAtEnd() {
  section_ = "module";
  const uint32_t end = reader_.offset();
  if (!has_code_ && module_->funcs.size() > module_->num_imported_funcs) {
    return Malformed("function and code section have inconsistent lengths",
                     end);
  }
  if (module_->has_data_count && data_count_ != module_->datas.size()) {
    return Malformed("data count and data section have inconsistent lengths",
                     end);
  }
  return true;
}

bool ModuleReader::ReadCustom() {
  CustomSection section;
  section.payload = reader_.rest();
  section.after_section = last_section_;
  if (!reader_.ReadName(&section.name)) return Malformed();
  section.offset = reader_.offset();
  section.bytes = reader_.rest();
  reader_.Advance(reader_.remaining());
  if (section.name == "target_features") ReadTargetFeatures(section);
  module_->customs.push_back(section);
  return true;
}

// A malformed section counts as absent: custom sections never fail a module.
void ModuleReader::ReadTargetFeatures(const CustomSection& section) {
  ByteReader reader(section.bytes, section.offset);
  FeatureSet declared;
  uint32_t count;
  if (!reader.ReadU32(&count)) return;
  for (uint32_t i = 0; i < count; ++i) {
    uint8_t prefix;
    absl::string_view name;
    if (!reader.ReadByte(&prefix) || !reader.ReadName(&name)) return;
    const Feature feature = FeatureFromName(name);
    if (prefix == '+' && feature != Feature::kCount) declared.Add(feature);
  }
  if (reader.remaining() > 0) return;
  module_->declared_features = declared;
  module_->has_target_features = true;
}

bool ModuleReader::Need(Feature feature, absl::string_view what,
                        uint32_t offset) {
  if (features_.Has(feature)) return true;
  return Fail(absl::UnimplementedError(
      absl::StrCat(what, " needs feature ", FeatureName(feature),
                   ", which is off, at offset ", offset, " in ", section_)));
}

bool ModuleReader::ReadCount(Limit limit, size_t existing, size_t min_bytes,
                             uint32_t* count) {
  const uint32_t offset = reader_.offset();
  if (!U32(count)) return false;
  if (uint64_t{*count} * min_bytes > reader_.remaining()) {
    return Malformed("unexpected end: count exceeds the section", offset);
  }
  if (existing + *count > LimitValue(limit)) {
    return OverLimit(limit, existing + *count, offset);
  }
  return true;
}

absl::StatusOr<Module> ReadModule(ByteSpan bytes, const ReadOptions& options) {
  Module module;
  ModuleReader reader(bytes, options.features, &module);
  if (!reader.Read()) return reader.status();
  return module;
}

}  // namespace weft::wasm
