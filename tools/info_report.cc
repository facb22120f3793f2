#include "tools/info_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tools/text.h"
#include "tools/version.h"

namespace weft::tools {
namespace {

// Raised when a field changes its meaning or goes away.
constexpr int kSchema = 1;

std::vector<absl::string_view> NamesOf(wasm::FeatureSet features) {
  std::vector<absl::string_view> names;
  for (int i = 1; i < wasm::kFeatureCount; ++i) {
    const auto feature = static_cast<wasm::Feature>(i);
    if (features.Has(feature)) names.push_back(wasm::FeatureName(feature));
  }
  return names;
}

std::string FeatureLine(absl::string_view what, wasm::FeatureSet features) {
  const std::vector<absl::string_view> names = NamesOf(features);
  return absl::StrCat("features ", what, ": ",
                      names.empty() ? "none beyond the first release"
                                    : absl::StrJoin(names, " "),
                      "\n");
}

std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", Escape(text), "\"");
}

void AppendSections(const ModuleInfo& info, std::string* out) {
  absl::StrAppendFormat(out, "sections: %d\n", info.sections.size());
  size_t width = 0;
  std::vector<std::string> names;
  for (const ModuleInfo::Section& section : info.sections) {
    names.push_back(section.is_custom
                        ? absl::StrCat("custom ", Quoted(section.name))
                        : section.name);
    width = std::max(width, names.back().size());
  }
  width = std::min<size_t>(width, 40);
  for (size_t i = 0; i < names.size(); ++i) {
    const ModuleInfo::Section& section = info.sections[i];
    absl::StrAppendFormat(out, "  %-*s %13s bytes", static_cast<int>(width),
                          names[i], WithThousands(section.bytes));
    if (section.has_count) {
      absl::StrAppendFormat(out, " %11s", WithThousands(section.count));
    }
    absl::StrAppend(out, "\n");
  }
}

void AppendStorage(absl::string_view kind,
                   const std::vector<ModuleInfo::Storage>& all,
                   absl::string_view one_unit, absl::string_view units,
                   std::string* out) {
  for (const ModuleInfo::Storage& one : all) {
    absl::StrAppend(out, kind, " ", one.index,
                    one.is_import ? " (imported)" : "", ": ");
    if (!one.element.empty()) absl::StrAppend(out, one.element, ", ");
    absl::StrAppend(out, WithThousands(one.limits.min), " ",
                    one.limits.min == 1 ? one_unit : units);
    if (one.limits.has_max) {
      absl::StrAppend(out, ", at most ", WithThousands(one.limits.max));
    }
    if (one.page_bytes > 0) {
      absl::StrAppend(out, ", of ", WithThousands(one.page_bytes), " bytes");
    }
    if (one.limits.is_64) absl::StrAppend(out, ", 64-bit");
    if (one.limits.is_shared) absl::StrAppend(out, ", shared");
    absl::StrAppend(out, "\n");
  }
}

void AppendExternals(absl::string_view heading,
                     const std::vector<ModuleInfo::External>& externals,
                     std::string* out) {
  absl::StrAppendFormat(out, "%s: %d\n", heading, externals.size());
  for (const ModuleInfo::External& external : externals) {
    absl::StrAppend(out, "  ", external.kind, " ", external.index, " ");
    if (heading == "imports") {
      absl::StrAppend(out, Quoted(external.module), " ");
    }
    absl::StrAppend(out, Quoted(external.name));
    if (!external.type.empty()) absl::StrAppend(out, " ", external.type);
    absl::StrAppend(out, "\n");
  }
}

using Json = nlohmann::ordered_json;

Json JsonOf(wasm::FeatureSet features) {
  Json names = Json::array();
  for (absl::string_view name : NamesOf(features)) {
    names.push_back(std::string(name));
  }
  return names;
}

Json JsonOf(const std::vector<ModuleInfo::Section>& sections) {
  Json list = Json::array();
  for (const ModuleInfo::Section& section : sections) {
    list.push_back(
        {{"name", section.name},
         {"custom", section.is_custom},
         {"offset", section.offset},
         {"bytes", section.bytes},
         {"count", section.has_count ? Json(section.count) : Json()}});
  }
  return list;
}

Json JsonOf(const std::vector<ModuleInfo::External>& externals, bool imports) {
  Json list = Json::array();
  for (const ModuleInfo::External& external : externals) {
    Json entry = Json::object();
    if (imports) entry["module"] = external.module;
    entry["name"] = external.name;
    entry["kind"] = std::string(external.kind);
    entry["index"] = external.index;
    entry["type"] = external.type;
    list.push_back(std::move(entry));
  }
  return list;
}

Json JsonOf(const std::vector<ModuleInfo::Storage>& all) {
  Json list = Json::array();
  for (const ModuleInfo::Storage& one : all) {
    Json entry = {{"index", one.index}, {"imported", one.is_import}};
    if (!one.element.empty()) entry["element"] = one.element;
    entry["min"] = one.limits.min;
    entry["max"] = one.limits.has_max ? Json(one.limits.max) : Json();
    if (one.page_bytes > 0) {
      entry["page_bytes"] = one.page_bytes;
      entry["shared"] = one.limits.is_shared;
    }
    entry["is_64"] = one.limits.is_64;
    list.push_back(std::move(entry));
  }
  return list;
}

Json JsonOf(const std::vector<ModuleInfo::Producer>& producers) {
  Json list = Json::array();
  for (const ModuleInfo::Producer& producer : producers) {
    list.push_back({{"field", producer.field},
                    {"name", producer.name},
                    {"version", producer.version}});
  }
  return list;
}

}  // namespace

std::string InfoText(const ModuleInfo& info) {
  std::string out = absl::StrCat(Escape(info.input), ": ",
                                 info.from_text ? "text, in binary form " : "",
                                 WithThousands(info.bytes), " bytes\n");
  if (!info.error.empty()) {
    absl::StrAppend(&out, "not valid: ", Escape(info.error), "\n");
  }
  AppendSections(info, &out);
  if (info.error.empty()) absl::StrAppend(&out, FeatureLine("used", info.used));
  if (info.has_declared) {
    absl::StrAppend(&out, FeatureLine("declared", info.declared));
  }
  AppendStorage("memory", info.memories, "page", "pages", &out);
  AppendStorage("table", info.tables, "entry", "entries", &out);
  if (info.start != wasm::kNoIndex) {
    absl::StrAppend(&out, "start: func ", info.start, "\n");
  }
  AppendExternals("imports", info.imports, &out);
  AppendExternals("exports", info.exports, &out);
  for (const ModuleInfo::Producer& producer : info.producers) {
    absl::StrAppend(&out, Escape(producer.field), ": ", Escape(producer.name),
                    producer.version.empty() ? "" : " ",
                    Escape(producer.version), "\n");
  }
  return out;
}

std::string InfoJson(const ModuleInfo& info) {
  const bool valid = info.error.empty();
  const Json document = {
      {"schema", kSchema},
      {"weft", std::string(kVersion)},
      {"input", info.input},
      {"format", info.from_text ? "text" : "binary"},
      {"bytes", info.bytes},
      {"valid", valid},
      {"error", valid ? Json() : Json(info.error)},
      {"sections", JsonOf(info.sections)},
      {"features",
       {{"used", valid ? JsonOf(info.used) : Json()},
        {"declared", info.has_declared ? JsonOf(info.declared) : Json()}}},
      {"memories", JsonOf(info.memories)},
      {"tables", JsonOf(info.tables)},
      {"start", info.start == wasm::kNoIndex ? Json() : Json(info.start)},
      {"imports", JsonOf(info.imports, true)},
      {"exports", JsonOf(info.exports, false)},
      {"producers", JsonOf(info.producers)},
  };
  // Names may be anything but UTF-8.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace weft::tools
