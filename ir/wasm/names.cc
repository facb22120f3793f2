#include "ir/wasm/names.h"

#include <algorithm>

namespace weft::wasm {
namespace {

constexpr absl::string_view kSection = "name section";

enum SubsectionId : uint8_t {
  kModuleName,
  kFuncNames,
  kLocalNames,
  kLabelNames,
  kTypeNames,
  kTableNames,
  kMemoryNames,
  kGlobalNames,
  kElemNames,
  kDataNames,
  kFieldNames,
  kTagNames,
  kNumSubsections,
};

// The member that holds subsection `id`, or null when it is of another shape.
template <typename N>
auto* DirectMap(uint8_t id, N* names) {
  switch (id) {
    case kFuncNames:
      return &names->funcs;
    case kTypeNames:
      return &names->types;
    case kTableNames:
      return &names->tables;
    case kMemoryNames:
      return &names->memories;
    case kGlobalNames:
      return &names->globals;
    case kElemNames:
      return &names->elems;
    case kDataNames:
      return &names->datas;
    case kTagNames:
      return &names->tags;
    default:
      return static_cast<decltype(&names->funcs)>(nullptr);
  }
}

template <typename N>
auto* IndirectMap(uint8_t id, N* names) {
  switch (id) {
    case kLocalNames:
      return &names->locals;
    case kLabelNames:
      return &names->labels;
    case kFieldNames:
      return &names->fields;
    default:
      return static_cast<decltype(&names->locals)>(nullptr);
  }
}

bool ReadNameMap(ByteReader* reader, NameMap* map) {
  uint32_t count;
  if (!reader->ReadU32(&count)) return false;
  for (uint32_t i = 0; i < count; ++i) {
    NameAssociation entry;
    if (!reader->ReadU32(&entry.index) || !reader->ReadName(&entry.name)) {
      return false;
    }
    map->push_back(entry);
  }
  return true;
}

bool ReadIndirectNameMap(ByteReader* reader, IndirectNameMap* map) {
  uint32_t count;
  if (!reader->ReadU32(&count)) return false;
  for (uint32_t i = 0; i < count; ++i) {
    IndirectNames& entry = map->emplace_back();
    if (!reader->ReadU32(&entry.index) || !ReadNameMap(reader, &entry.names)) {
      return false;
    }
  }
  return true;
}

bool ReadSubsection(uint8_t id, ByteReader* reader, Names* names) {
  if (id == kModuleName) {
    names->has_module = true;
    return reader->ReadName(&names->module);
  }
  if (NameMap* map = DirectMap(id, names)) return ReadNameMap(reader, map);
  if (IndirectNameMap* map = IndirectMap(id, names)) {
    return ReadIndirectNameMap(reader, map);
  }
  names->others.push_back({id, reader->rest()});
  reader->Advance(reader->remaining());
  return true;
}

template <typename Entry>
void SortByIndex(std::vector<Entry>* map) {
  const auto less = [](const Entry& a, const Entry& b) {
    return a.index < b.index;
  };
  const auto same = [](const Entry& a, const Entry& b) {
    return a.index == b.index;
  };
  std::stable_sort(map->begin(), map->end(), less);
  map->erase(std::unique(map->begin(), map->end(), same), map->end());
}

template <typename Entry>
void Remap(const std::vector<uint32_t>& indices, std::vector<Entry>* map) {
  if (indices.empty()) return;
  size_t kept = 0;
  for (Entry& entry : *map) {
    if (entry.index >= indices.size()) continue;
    const uint32_t image = indices[entry.index];
    if (image == kNoIndex) continue;
    entry.index = image;
    if (&(*map)[kept] != &entry) (*map)[kept] = std::move(entry);
    ++kept;
  }
  map->resize(kept);
  SortByIndex(map);
}

void WriteNameMap(const NameMap& map, ByteWriter* out) {
  out->U32(static_cast<uint32_t>(map.size()));
  for (const NameAssociation& entry : map) {
    out->U32(entry.index);
    out->Name(entry.name);
  }
}

void WriteIndirectNameMap(const IndirectNameMap& map, ByteWriter* out) {
  out->U32(static_cast<uint32_t>(map.size()));
  for (const IndirectNames& entry : map) {
    out->U32(entry.index);
    WriteNameMap(entry.names, out);
  }
}

void AppendSubsection(uint8_t id, absl::Span<const uint8_t> bytes,
                      ByteWriter* out) {
  out->Byte(id);
  out->U32(static_cast<uint32_t>(bytes.size()));
  out->Bytes(bytes);
}

}  // namespace

absl::StatusOr<Names> ParseNames(absl::Span<const uint8_t> bytes,
                                 uint32_t offset) {
  Names names;
  ByteReader reader(bytes, offset);
  while (reader.remaining() > 0) {
    uint8_t id;
    uint32_t size;
    absl::Span<const uint8_t> content;
    if (!reader.ReadByte(&id) || !reader.ReadU32(&size)) {
      return reader.StatusHere(kSection);
    }
    const uint32_t content_offset = reader.offset();
    if (!reader.ReadBytes(size, &content)) return reader.StatusHere(kSection);
    ByteReader subsection(content, content_offset);
    if (!ReadSubsection(id, &subsection, &names)) {
      return subsection.StatusHere(kSection);
    }
    if (subsection.remaining() > 0) {
      return MalformedAt("bytes left over", subsection.offset(), kSection);
    }
  }
  return names;
}

void RemapNames(const IndexMaps& maps, Names* names) {
  Remap(maps.funcs, &names->funcs);
  Remap(maps.funcs, &names->locals);
  Remap(maps.funcs, &names->labels);
  Remap(maps.types, &names->types);
  Remap(maps.types, &names->fields);
  Remap(maps.tables, &names->tables);
  Remap(maps.memories, &names->memories);
  Remap(maps.globals, &names->globals);
  Remap(maps.elems, &names->elems);
  Remap(maps.datas, &names->datas);
  Remap(maps.tags, &names->tags);
}

void WriteNames(const Names& names, ByteWriter* out) {
  ByteWriter content;
  for (uint8_t id = 0; id < kNumSubsections; ++id) {
    content.clear();
    if (id == kModuleName) {
      if (names.has_module) content.Name(names.module);
    } else if (const NameMap* map = DirectMap(id, &names)) {
      if (!map->empty()) WriteNameMap(*map, &content);
    } else if (const IndirectNameMap* indirect = IndirectMap(id, &names)) {
      if (!indirect->empty()) WriteIndirectNameMap(*indirect, &content);
    }
    if (content.size() > 0) AppendSubsection(id, content.bytes(), out);
  }
  for (const OtherNames& other : names.others) {
    AppendSubsection(other.id, other.bytes, out);
  }
}

bool RewriteNames(const CustomSection& custom, const IndexMaps& maps,
                  ByteWriter* out) {
  if (maps.is_identity()) return false;
  absl::StatusOr<Names> names = ParseNames(custom.bytes, custom.offset);
  if (!names.ok()) return false;
  RemapNames(maps, &*names);
  WriteNames(*names, out);
  return true;
}

}  // namespace weft::wasm
