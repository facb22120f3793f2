#include "ir/wasm/text/print_names.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/text/annotations.h"

namespace weft::wasm {
namespace {

constexpr size_t kBlockSize = 4096;
// Of one identifier; names are shorter, escapes make three bytes of one.
constexpr size_t kMaxRendered = 0xfffffff0u;

// Whether the section is what a writer makes of `names`. Without any name it
// makes none.
bool IsCanonical(const CustomSection& section, const Names& names) {
  if (section.bytes.empty()) return false;
  ByteWriter writer;
  writer.Name(section.name);
  WriteNames(names, &writer);
  const ByteSpan made = writer.bytes();
  if (!section.payload.empty()) return made == section.payload;
  return made.size() >= section.bytes.size() &&
         made.subspan(made.size() - section.bytes.size()) == section.bytes;
}

}  // namespace

absl::string_view StringPool::Add(absl::string_view text) {
  const size_t needed = text.size() + PrintBuffer::kSlack;
  if (needed > left_) {
    left_ = std::max(needed, kBlockSize);
    blocks_.push_back(std::make_unique<char[]>(left_));
    pos_ = blocks_.back().get();
  }
  std::memcpy(pos_, text.data(), text.size());
  const absl::string_view copy(pos_, text.size());
  // The slack may be shared with the next string, but not with the end.
  pos_ += text.size();
  left_ -= text.size();
  return copy;
}

TextNames::TextNames(const Module& module, bool enabled)
    : module_(module), rendered_(kMaxRendered) {
  int sections = 0;
  for (const CustomSection& custom : module.customs) {
    if (custom.name != kNameSection) continue;
    if (section_ == nullptr) section_ = &custom;
    ++sections;
  }
  if (!enabled) return;
  export_names_.resize(module.funcs.size());
  for (const Export& entry : module.exports) {
    if (entry.kind != ExternalKind::kFunc) continue;
    if (entry.index >= module.funcs.size()) continue;
    absl::string_view& name = export_names_[entry.index];
    if (name.empty()) name = entry.name;
  }
  if (section_ == nullptr) return;
  exact_ = sections == 1;
  Read(*section_);
}

void TextNames::Read(const CustomSection& section) {
  absl::StatusOr<Names> names = ParseNames(section.bytes, section.offset);
  if (!names.ok()) {
    exact_ = false;
    return;
  }
  names_ = *std::move(names);
  if (!names_.others.empty() || !IsCanonical(section, names_)) exact_ = false;
  const Module& module = module_;
  if (names_.has_module) {
    module_id_ = MakeId(names_.module, 0, Equal::kKeep, &pool_);
  }
  const auto fill = [&](const NameMap& map, size_t count, IdSpace* ids) {
    Fill(map, count, Equal::kRename, &pool_, ids);
  };
  fill(names_.funcs, module.funcs.size(), &funcs_);
  fill(names_.types, module.types.size(), &types_);
  fill(names_.tables, module.tables.size(), &tables_);
  fill(names_.memories, module.memories.size(), &memories_);
  fill(names_.globals, module.globals.size(), &globals_);
  fill(names_.elems, module.elems.size(), &elems_);
  fill(names_.datas, module.datas.size(), &datas_);
  fill(names_.tags, module.tags.size(), &tags_);
  uint64_t next = 0;
  for (const IndirectNames& fields : names_.fields) {
    if (fields.index < next || fields.names.empty()) exact_ = false;
    next = uint64_t{fields.index} + 1;
    AddFields(fields);
  }
  IndexByFunction(names_.locals, /*of_imports=*/true, &locals_of_);
  IndexByFunction(names_.labels, /*of_imports=*/false, &labels_of_);
}

void TextNames::AddFields(const IndirectNames& fields) {
  const TypeIndex type = fields.index;
  if (type >= module_.types.size() ||
      module_.types[type].kind != SubType::kStruct) {
    exact_ = false;
    return;
  }
  if (fields_.size() <= type) fields_.resize(type + 1);
  if (!fields_[type].empty()) return;
  Fill(fields.names, module_.types[type].fields.size(), Equal::kDrop, &pool_,
       &fields_[type]);
}

void TextNames::IndexByFunction(const IndirectNameMap& map, bool of_imports,
                                std::vector<uint32_t>* entries) {
  uint64_t next = 0;
  for (size_t i = 0; i < map.size(); ++i) {
    const FuncIndex func = map[i].index;
    if (func < next || map[i].names.empty()) exact_ = false;
    next = uint64_t{func} + 1;
    if (func >= module_.funcs.size() ||
        (module_.funcs[func].is_import() && !of_imports)) {
      exact_ = false;
      continue;
    }
    if (entries->empty()) entries->resize(module_.funcs.size());
    if ((*entries)[func] == 0) (*entries)[func] = static_cast<uint32_t>(i + 1);
  }
}

void TextNames::Fill(const NameMap& names, size_t count, Equal equal,
                     StringPool* pool, IdSpace* ids) {
  seen_.clear();
  ids->clear();
  uint64_t next = 0;
  for (const NameAssociation& entry : names) {
    if (entry.index < next || entry.index >= count) {
      exact_ = false;
      continue;
    }
    next = uint64_t{entry.index} + 1;
    ids->resize(next);
    ids->back() = MakeId(entry.name, entry.index, equal, pool);
  }
}

TextId TextNames::MakeId(absl::string_view name, uint32_t index, Equal equal,
                         StringPool* pool) {
  if (name.empty()) {
    if (equal == Equal::kDrop) {
      exact_ = false;
      return {};
    }
    return {{}, RenderAnnotation(name, pool)};
  }
  if (equal == Equal::kKeep || seen_.insert(name).second) {
    return {Render(name, pool), {}};
  }
  if (equal == Equal::kDrop) {
    exact_ = false;
    return {};
  }
  std::string other = absl::StrCat(name, "#", index);
  while (seen_.contains(other)) absl::StrAppend(&other, "#", index);
  const absl::string_view kept = pool->Add(other);
  seen_.insert(kept);
  return {Render(kept, pool), RenderAnnotation(name, pool)};
}

absl::string_view TextNames::Render(absl::string_view name, StringPool* pool) {
  rendered_.clear();
  rendered_.Char('$');
  if (IsPlainId(name)) {
    rendered_.Text(name);
  } else {
    AppendNameString(name, &rendered_);
  }
  return pool->Add(rendered_.view());
}

absl::string_view TextNames::RenderAnnotation(absl::string_view name,
                                              StringPool* pool) {
  rendered_.clear();
  rendered_.Text("(@name ");
  AppendNameString(name, &rendered_);
  rendered_.Char(')');
  return pool->Add(rendered_.view());
}

const IdSpace& TextNames::Fields(TypeIndex type) const {
  return type < fields_.size() ? fields_[type] : no_fields_;
}

absl::string_view TextNames::FunctionName(FuncIndex func) const {
  const auto found = std::lower_bound(
      names_.funcs.begin(), names_.funcs.end(), func,
      [](const NameAssociation& a, FuncIndex b) { return a.index < b; });
  if (found != names_.funcs.end() && found->index == func) return found->name;
  return func < export_names_.size() ? export_names_[func]
                                     : absl::string_view();
}

bool TextNames::Locals(FuncIndex func, uint32_t count, IdSpace* ids) {
  ids->clear();
  if (func >= locals_of_.size() || locals_of_[func] == 0) return false;
  locals_pool_ = StringPool();
  Fill(names_.locals[locals_of_[func] - 1].names, count, Equal::kRename,
       &locals_pool_, ids);
  return !ids->empty();
}

bool TextNames::Labels(FuncIndex func, IdSpace* ids) {
  ids->clear();
  if (func >= labels_of_.size() || labels_of_[func] == 0) return false;
  labels_pool_ = StringPool();
  // A body has at most as many blocks as bytes.
  Fill(names_.labels[labels_of_[func] - 1].names,
       module_.funcs[func].body.size(), Equal::kKeep, &labels_pool_, ids);
  return !ids->empty();
}

void TextNames::CheckLabels(FuncIndex func, uint32_t count) {
  if (func >= labels_of_.size() || labels_of_[func] == 0) return;
  const NameMap& names = names_.labels[labels_of_[func] - 1].names;
  if (!names.empty() && names.back().index >= count) exact_ = false;
}

}  // namespace weft::wasm
