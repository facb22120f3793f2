#include "exec/module.h"

#include <utility>

#include "exec/bytecode/disassemble.h"
#include "exec/compiled_module.h"
#include "exec/engine_data.h"
#include "exec/interpreter/dispatch.h"
#include "exec/runtime/type_registry.h"
#include "ir/wasm/names.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/validator.h"

namespace weft::exec {
namespace {

// The first name stays.
void NameFunction(uint32_t func, absl::string_view name,
                  CompiledModule* compiled) {
  std::vector<absl::string_view>& names = compiled->func_names;
  if (func >= compiled->module.funcs.size()) return;
  if (func >= names.size()) names.resize(func + 1);
  if (names[func].empty()) names[func] = name;
}

// Names are a convenience: a section that is malformed has none.
void CollectNames(CompiledModule* compiled) {
  const wasm::Module& module = compiled->module;
  for (const wasm::CustomSection& custom : module.customs) {
    if (custom.name != "name") continue;
    const auto names = wasm::ParseNames(custom.bytes, custom.offset);
    if (!names.ok()) return;
    compiled->name = names->module;
    for (const wasm::NameAssociation& name : names->funcs) {
      NameFunction(name.index, name.name, compiled);
    }
    return;
  }
}

// What the name section does not name is called as it is exported.
void CollectExportedNames(CompiledModule* compiled) {
  for (const wasm::Export& e : compiled->module.exports) {
    if (e.kind == wasm::ExternalKind::kFunc) {
      NameFunction(e.index, e.name, compiled);
    }
  }
}

// Bounds that memory 0 of an instance is expected to have.
Bounds ExpectedBounds(const CompiledModule& compiled) {
  const std::vector<wasm::Memory>& memories = compiled.module.memories;
  if (!compiled.engine.guards() || memories.empty()) return Bounds::kExplicit;
  const wasm::MemoryType& type = memories[0].type;
  return type.limits.is_64 || type.page_size_log2 != 16 ? Bounds::kExplicit
                                                        : Bounds::kGuard;
}

}  // namespace

bool IsTraced(wasm::ValueType type, const TypeRegistry& types) {
  return type.is_ref() &&
         types.TopType(type.heap()) != wasm::HeapType(wasm::HeapType::kFunc);
}

wasm::ValueType CompiledModule::ValueTypeOf(wasm::ValueType type) const {
  return WithTypeIds(type, types);
}

wasm::TableType CompiledModule::TableTypeOf(uint32_t table) const {
  wasm::TableType type = module.tables[table].type;
  type.element = ValueTypeOf(type.element);
  return type;
}

wasm::GlobalType CompiledModule::GlobalTypeOf(uint32_t global) const {
  wasm::GlobalType type = module.globals[global].type;
  type.value = ValueTypeOf(type.value);
  return type;
}

ExternType CompiledModule::ExternTypeOf(wasm::ExternalKind kind,
                                        uint32_t index) const {
  ExternType type;
  type.kind = kind;
  switch (kind) {
    case wasm::ExternalKind::kFunc:
      type.func = FuncTypeOf(index);
      break;
    case wasm::ExternalKind::kTable:
      type.table = TableTypeOf(index);
      break;
    case wasm::ExternalKind::kMemory:
      type.memory = module.memories[index].type;
      break;
    case wasm::ExternalKind::kGlobal:
      type.global = GlobalTypeOf(index);
      break;
    case wasm::ExternalKind::kTag:
      type.func = types[module.tags[index].type];
      break;
  }
  return type;
}

absl::StatusOr<Module> Module::Compile(const Engine& engine,
                                       absl::Span<const uint8_t> bytes,
                                       const CompileOptions& compile) {
  return Compile(engine, std::vector<uint8_t>(bytes.begin(), bytes.end()),
                 compile);
}

absl::StatusOr<Module> Module::Compile(const Engine& engine,
                                       std::vector<uint8_t>&& bytes,
                                       const CompileOptions& compile) {
  const EngineOptions& options = engine.options();
  auto compiled = std::make_shared<CompiledModule>(engine);
  compiled->bytes = std::move(bytes);
  auto module =
      wasm::ReadModule(compiled->bytes, {.features = options.features});
  if (!module.ok()) return module.status();
  compiled->module = *std::move(module);
  // Bodies are validated while they are translated if that is done now.
  const wasm::ModuleContext context(compiled->module);
  absl::Status status =
      options.eager ? wasm::ValidateModule(context)
                    : wasm::ValidateAll(compiled->module, options.threads);
  if (!status.ok()) return status;
  TypeRegistry& registry = engine.data()->types();
  auto types = registry.Register(compiled->module);
  if (!types.ok()) return types.status();
  compiled->types = *std::move(types);
  compiled->code = std::make_unique<ModuleCode>(
      compiled->module, compiled->types, registry,
      CodeOptions{
          .fuse = compile.no_fuse ? FusionSet(false) : options.fuse,
          .metering = options.metering,
          .count_blocks = options.count_operators,
          .canonical_nans = options.canonical_nans && !compile.machine_nans,
          .far_slots = options.far_slots},
      &CellFor);
  const wasm::Module& m = compiled->module;
  compiled->exports.reserve(m.exports.size());
  for (uint32_t i = 0; i < m.exports.size(); ++i) {
    compiled->exports.emplace(m.exports[i].name, i);
  }
  for (uint32_t i = m.num_imported_globals; i < m.globals.size(); ++i) {
    if (IsTraced(compiled->GlobalTypeOf(i).value, registry)) {
      compiled->traced_globals.push_back(compiled->code->globals()[i].cell);
    }
  }
  CollectNames(compiled.get());
  CollectExportedNames(compiled.get());
  if (options.eager) {
    status = compiled->code->ValidateAndTranslateAll(
        context, ExpectedBounds(*compiled), options.threads);
    if (!status.ok()) return status;
  }
  return Module(std::move(compiled));
}

std::vector<ImportInfo> Module::imports() const {
  std::vector<ImportInfo> infos;
  for (const wasm::Import& import : data_->module.imports) {
    infos.push_back({import.module, import.field,
                     data_->ExternTypeOf(import.kind, import.index)});
  }
  return infos;
}

std::vector<ExportInfo> Module::exports() const {
  std::vector<ExportInfo> infos;
  for (const wasm::Export& e : data_->module.exports) {
    infos.push_back({e.name, data_->ExternTypeOf(e.kind, e.index)});
  }
  return infos;
}

absl::string_view Module::name() const { return data_->name; }

absl::string_view Module::FuncName(uint32_t func) const {
  return func < data_->func_names.size() ? data_->func_names[func]
                                         : absl::string_view();
}

const wasm::Module& Module::wasm() const { return data_->module; }
const Engine& Module::engine() const { return data_->engine; }

TypeId Module::TypeIdOf(wasm::TypeIndex type) const {
  return data_->types[type];
}

bool Module::WasEntered(uint32_t func) const {
  const wasm::Module& module = data_->module;
  return func >= module.num_imported_funcs && func < module.funcs.size() &&
         data_->code->IsTranslated(func - module.num_imported_funcs);
}

absl::StatusOr<Listing> Module::Bytecode(uint32_t func) const {
  const wasm::Module& module = data_->module;
  if (func < module.num_imported_funcs || func >= module.funcs.size()) {
    return absl::InvalidArgumentError("not a function of the module's own");
  }
  const uint32_t defined = func - module.num_imported_funcs;
  const Bounds bounds = ExpectedBounds(*data_);
  const absl::Status status = data_->code->Translate(defined, bounds);
  if (!status.ok()) return status;
  const Cell* const begin = data_->code->entries(bounds)[defined].code.load(
      std::memory_order_acquire);
  Listing listing =
      List(*data_->code->FindCode(begin), InstructionDecoder(&CellFor));
  listing.func = func;
  return listing;
}

absl::StatusOr<std::string> Module::Disassemble(uint32_t func) const {
  const absl::StatusOr<Listing> listing = Bytecode(func);
  if (!listing.ok()) return listing.status();
  return ListingText(*listing, FuncName(func));
}

}  // namespace weft::exec
