// What the host of a session makes before there is an instance.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "check/mock_host.h"

namespace weft::check {
namespace {

using exec::Val;
using wasm::ValueType;

// Of tables; more are added, behind those that the guest asks for, to tables
// that have fewer than are filled.
constexpr uint32_t kMoreEntries = 16;
constexpr uint64_t kMaxFilledEntries = 64;

std::string ImportName(const Interface::Import& import) {
  return absl::StrCat(import.module, ".", import.field);
}

// Where objects are in the first memory that is imported: at its end, where
// segments seldom reach.
std::optional<uint64_t> ObjectsOf(const Interface& interface) {
  for (const Interface::Import& import : interface.imports) {
    if (import.type.kind != wasm::ExternalKind::kMemory) continue;
    const wasm::MemoryType& type = import.type.memory;
    const uint64_t bytes = type.limits.min << type.page_size_log2;
    if (bytes < 2 * kHostObjectBytes || bytes > uint64_t{1} << 32) break;
    return bytes - kHostObjectBytes;
  }
  return std::nullopt;
}

}  // namespace

absl::Status MockHost::MakeImports() {
  objects_ = ObjectsOf(interface_);
  for (size_t i = 0; i < interface_.imports.size(); ++i) {
    const Interface::Import& import = interface_.imports[i];
    const std::string name = ImportName(import);
    ByteSource source(Mix(options_.seed, NameHash(name)));
    absl::StatusOr<exec::Extern> made = Make(import, name, source);
    if (!made.ok()) return made.status();
    observer_.Add(name, *made);
    imports_.push_back(*std::move(made));
  }
  return absl::OkStatus();
}

absl::StatusOr<exec::Extern> MockHost::Make(const Interface::Import& import,
                                            const std::string& name,
                                            ByteSource& source) {
  const exec::ExternType& type = import.type;
  switch (type.kind) {
    case wasm::ExternalKind::kFunc: {
      auto func = MakeFunc(name, type.func);
      if (!func.ok()) return func.status();
      return *func;
    }
    case wasm::ExternalKind::kTable:
      return MakeTable(type.table, source);
    case wasm::ExternalKind::kMemory:
      return MakeMemory(type.memory, source);
    case wasm::ExternalKind::kGlobal: {
      std::optional<Val> value = Argument(type.global.value, source);
      // Constants are often where segments go, variables stack pointers.
      if (options_.manner == Manner::kPolite || !source.OneIn(4)) {
        if (type.global.is_mutable) {
          if (objects_ && type.global.value.kind() == ValueType::kI32) {
            value = Val::I32(static_cast<uint32_t>(*objects_));
          }
        } else if (type.global.value.is_defaultable()) {
          value = Val::Zero(type.global.value);
        }
      }
      if (!value) {
        return absl::UnimplementedError("a global of a reference without null");
      }
      auto global = exec::Global::New(store_, type.global, *value);
      if (!global.ok()) return global.status();
      return *global;
    }
    case wasm::ExternalKind::kTag: {
      auto tag = exec::Tag::NewOfType(store_, type.func);
      if (!tag.ok()) return tag.status();
      return *tag;
    }
  }
  return absl::InternalError("unknown kind of import");
}

absl::StatusOr<exec::Func> MockHost::MakeFunc(std::string name,
                                              exec::TypeId type) {
  auto func = exec::Func::NewOfType(
      store_, type,
      [this, number = functions_.size()](
          exec::Caller&, absl::Span<const Val> args, absl::Span<Val> results) {
        return Answer(number, args, results);
      });
  if (!func.ok()) return func.status();
  auto func_type = func->type(store_);
  if (!func_type.ok()) return func_type.status();
  functions_.push_back({std::move(name), *std::move(func_type)});
  observer_.AddHostFunc(*func);
  return *func;
}

// With functions of the host that the guest may call in its first entries;
// segments come on top.
absl::StatusOr<exec::Extern> MockHost::MakeTable(const wasm::TableType& type,
                                                 ByteSource& source) {
  const std::optional<Val> init = Argument(type.element, source);
  if (!init) {
    return absl::UnimplementedError("a table of references without null");
  }
  for (size_t i = table_funcs_.size(); i < interface_.called_types.size();
       ++i) {
    auto func =
        MakeFunc(absl::StrCat("in tables, ", i), interface_.called_types[i]);
    if (!func.ok()) return func.status();
    table_funcs_.push_back(*func);
  }
  wasm::TableType made = type;
  if (!table_funcs_.empty() && made.limits.min < kMaxFilledEntries) {
    made.limits.min += kMoreEntries;
    if (made.limits.has_max) {
      made.limits.min = std::min(made.limits.min, made.limits.max);
    }
  }
  auto table = exec::Table::New(store_, made, *init);
  if (!table.ok()) return table.status();
  if (table_funcs_.empty()) return *table;
  for (uint64_t i = 0; i < std::min(made.limits.min, kMaxFilledEntries); ++i) {
    const auto func =
        source.Pick(absl::MakeConstSpan(table_funcs_)).ToVal(store_);
    if (!func.ok() || !store_.HasType(*func, type.element)) continue;
    const absl::Status set = table->Set(store_, i, *func);
    if (!set.ok()) return set;
  }
  return *table;
}

// Anything at its beginning, and at its end objects as guests know them: words
// that are indices of a table.
absl::StatusOr<exec::Extern> MockHost::MakeMemory(const wasm::MemoryType& type,
                                                  ByteSource& source) {
  auto memory = exec::Memory::New(store_, type);
  if (!memory.ok()) return memory.status();
  auto bytes = memory->data(store_);
  if (!bytes.ok()) return bytes.status();
  for (uint8_t& byte : bytes->first(std::min<size_t>(256, bytes->size()))) {
    byte = static_cast<uint8_t>(source.Bits(8));
  }
  if (!objects_ || bytes->size() < *objects_ + kHostObjectBytes) return *memory;
  for (size_t i = 0; i < kHostObjectBytes; i += 4) {
    (*bytes)[*objects_ + i] = static_cast<uint8_t>(source.Below(kMoreEntries));
  }
  return *memory;
}

std::vector<exec::Extern> MockHost::ImportsOf(
    const exec::Module& module) const {
  std::vector<exec::Extern> out;
  for (const exec::ImportInfo& import : module.imports()) {
    out.push_back(
        imports_[static_cast<size_t>(FindImport(interface_, import))]);
  }
  return out;
}

}  // namespace weft::check
