// Fills a ModuleInfo.
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ir/wasm/detect_features.h"
#include "ir/wasm/producers.h"
#include "ir/wasm/type_text.h"
#include "tools/info_report.h"

namespace weft::tools {
namespace {

using wasm::ExternalKind;
using wasm::Module;
using wasm::SectionId;

absl::string_view KindText(ExternalKind kind) {
  switch (kind) {
    case ExternalKind::kFunc:
      return "func";
    case ExternalKind::kTable:
      return "table";
    case ExternalKind::kMemory:
      return "memory";
    case ExternalKind::kGlobal:
      return "global";
    case ExternalKind::kTag:
      return "tag";
  }
  return "";
}

void AppendTypes(absl::string_view keyword,
                 const std::vector<wasm::ValueType>& types, std::string* out) {
  if (types.empty()) return;
  absl::StrAppend(out, out->empty() ? "(" : " (", keyword);
  for (wasm::ValueType type : types) {
    absl::StrAppend(out, " ", wasm::ValueTypeText(type));
  }
  absl::StrAppend(out, ")");
}

std::string SignatureText(const Module& module, wasm::TypeIndex index) {
  std::string out;
  if (index >= module.types.size()) return out;  // Of an invalid module.
  AppendTypes("param", module.types[index].params, &out);
  AppendTypes("result", module.types[index].results, &out);
  return out;
}

std::string LimitsText(const wasm::Limits& limits) {
  std::string out = absl::StrCat(limits.is_64 ? "i64 " : "", limits.min);
  if (limits.has_max) absl::StrAppend(&out, " ", limits.max);
  if (limits.is_shared) absl::StrAppend(&out, " shared");
  return out;
}

std::string GlobalText(const wasm::GlobalType& type) {
  const std::string value = wasm::ValueTypeText(type.value);
  return type.is_mutable ? absl::StrCat("(mut ", value, ")") : value;
}

// The type of an entity; empty for an index that is out of range.
std::string TypeText(const Module& module, ExternalKind kind, uint32_t index) {
  switch (kind) {
    case ExternalKind::kFunc:
      if (index >= module.funcs.size()) return "";
      return SignatureText(module, module.funcs[index].type);
    case ExternalKind::kTable:
      if (index >= module.tables.size()) return "";
      return absl::StrCat(
          LimitsText(module.tables[index].type.limits), " ",
          wasm::ValueTypeText(module.tables[index].type.element));
    case ExternalKind::kMemory: {
      if (index >= module.memories.size()) return "";
      const wasm::MemoryType& type = module.memories[index].type;
      std::string out = LimitsText(type.limits);
      if (type.has_page_size) {
        absl::StrAppend(&out, " (pagesize ", uint64_t{1} << type.page_size_log2,
                        ")");
      }
      return out;
    }
    case ExternalKind::kGlobal:
      if (index >= module.globals.size()) return "";
      return GlobalText(module.globals[index].type);
    case ExternalKind::kTag:
      if (index >= module.tags.size()) return "";
      return SignatureText(module, module.tags[index].type);
  }
  return "";
}

// Entries of a section that has a count.
bool CountOf(const Module& module, SectionId id, uint64_t* count) {
  switch (id) {
    case SectionId::kType:
      *count = module.types.size();
      return true;
    case SectionId::kImport:
      *count = module.imports.size();
      return true;
    case SectionId::kFunction:
    case SectionId::kCode:
      *count = module.funcs.size() - module.num_imported_funcs;
      return true;
    case SectionId::kTable:
      *count = module.tables.size() - module.num_imported_tables;
      return true;
    case SectionId::kMemory:
      *count = module.memories.size() - module.num_imported_memories;
      return true;
    case SectionId::kGlobal:
      *count = module.globals.size() - module.num_imported_globals;
      return true;
    case SectionId::kTag:
      *count = module.tags.size() - module.num_imported_tags;
      return true;
    case SectionId::kExport:
      *count = module.exports.size();
      return true;
    case SectionId::kElem:
      *count = module.elems.size();
      return true;
    case SectionId::kData:
      *count = module.datas.size();
      return true;
    case SectionId::kCustom:
    case SectionId::kStart:
    case SectionId::kDataCount:
    case SectionId::kCount:
      break;
  }
  return false;
}

void DescribeSections(const Module& module, ModuleInfo* info) {
  size_t custom = 0;
  for (const wasm::SectionRange& range : module.sections) {
    ModuleInfo::Section section;
    section.is_custom = range.id == SectionId::kCustom;
    if (section.is_custom) {
      section.name = std::string(module.customs[custom++].name);
    } else {
      absl::string_view name = wasm::SectionName(range.id);
      absl::ConsumeSuffix(&name, " section");
      section.name = std::string(name);
    }
    section.offset = range.offset;
    section.bytes = range.content_offset - range.offset + range.size;
    section.has_count = CountOf(module, range.id, &section.count);
    info->sections.push_back(std::move(section));
  }
}

void DescribeExternals(const Module& module, ModuleInfo* info) {
  for (const wasm::Import& import : module.imports) {
    info->imports.push_back({std::string(import.module),
                             std::string(import.field), KindText(import.kind),
                             import.index,
                             TypeText(module, import.kind, import.index)});
  }
  for (const wasm::Export& entry : module.exports) {
    info->exports.push_back({"", std::string(entry.name), KindText(entry.kind),
                             entry.index,
                             TypeText(module, entry.kind, entry.index)});
  }
}

void DescribeStorage(const Module& module, ModuleInfo* info) {
  for (uint32_t i = 0; i < module.tables.size(); ++i) {
    const wasm::Table& table = module.tables[i];
    info->tables.push_back({i, table.is_import(),
                            wasm::ValueTypeText(table.type.element),
                            table.type.limits, 0});
  }
  for (uint32_t i = 0; i < module.memories.size(); ++i) {
    const wasm::Memory& memory = module.memories[i];
    info->memories.push_back({i, memory.is_import(), "", memory.type.limits,
                              uint64_t{1} << memory.type.page_size_log2});
  }
}

void DescribeProducers(const Module& module, ModuleInfo* info) {
  for (const wasm::CustomSection& section : module.customs) {
    if (section.name != "producers") continue;
    const absl::StatusOr<std::vector<wasm::ProducersField>> fields =
        wasm::ParseProducers(section.bytes, section.offset);
    if (!fields.ok()) continue;  // Custom sections may hold anything.
    for (const wasm::ProducersField& field : *fields) {
      for (const wasm::Producer& producer : field.producers) {
        info->producers.push_back({std::string(field.name),
                                   std::string(producer.name),
                                   std::string(producer.version)});
      }
    }
  }
}

}  // namespace

ModuleInfo Describe(const Module& module, std::string error) {
  ModuleInfo info;
  info.bytes = module.bytes.size();
  info.error = std::move(error);
  DescribeSections(module, &info);
  if (info.error.empty()) info.used = wasm::DetectFeatures(module);
  info.has_declared = module.has_target_features;
  info.declared = module.declared_features;
  DescribeExternals(module, &info);
  DescribeStorage(module, &info);
  info.start = module.start;
  DescribeProducers(module, &info);
  return info;
}

}  // namespace weft::tools
