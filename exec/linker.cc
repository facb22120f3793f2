#include "exec/linker.h"

#include "absl/strings/str_cat.h"

namespace weft::exec {

absl::Status Linker::Add(absl::string_view module, absl::string_view field,
                         Definition definition) {
  Name name(module, field);
  const auto it = definitions_.find(name);
  if (it == definitions_.end()) {
    definitions_.emplace(std::move(name), std::move(definition));
    return absl::OkStatus();
  }
  if (!allow_shadowing_) {
    return absl::AlreadyExistsError(
        absl::StrCat("\"", module, "\" \"", field, "\" is defined already"));
  }
  it->second = std::move(definition);
  return absl::OkStatus();
}

absl::Status Linker::Define(absl::string_view module, absl::string_view field,
                            Extern value) {
  return Add(module, field, Definition(std::in_place_type<Extern>, value));
}

absl::Status Linker::DefineFunc(absl::string_view module,
                                absl::string_view field, const FuncType& type,
                                HostCallback callback) {
  auto id = engine_.RegisterType(type);
  if (!id.ok()) return id.status();
  return Add(module, field, Host{*id, std::move(callback), Func()});
}

absl::Status Linker::DefineInstance(Store& store, absl::string_view module,
                                    const Instance& instance) {
  auto compiled = instance.module(store);
  if (!compiled.ok()) return compiled.status();
  const std::vector<ExportInfo> exports = compiled->exports();
  for (uint32_t i = 0; i < exports.size(); ++i) {
    auto value = instance.GetExport(store, i);
    absl::Status status = value.status();
    if (status.ok()) status = Define(module, exports[i].name, *value);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<Extern> Linker::Get(Store& store, absl::string_view module,
                                   absl::string_view field) {
  if (store.engine() != engine_) {
    return absl::FailedPreconditionError("store of another engine");
  }
  const auto it = definitions_.find(Name(module, field));
  if (it == definitions_.end()) {
    return absl::NotFoundError(
        absl::StrCat("unknown import: \"", module, "\" \"", field, "\""));
  }
  if (const Extern* value = std::get_if<Extern>(&it->second)) return *value;
  Host& host = std::get<Host>(it->second);
  if (host.made.store_id() != store.id()) {
    auto made = Func::NewOfType(store, host.type, host.callback);
    if (!made.ok()) return made.status();
    host.made = *made;
  }
  return host.made;
}

absl::StatusOr<Extern> Linker::Stub(Store& store, const ImportInfo& import) {
  // Each is made of a StatusOr of its own kind.
  const auto as_extern = [](auto made) -> absl::StatusOr<Extern> {
    if (!made.ok()) return made.status();
    return Extern(*made);
  };
  const ExternType& type = import.type;
  switch (type.kind) {
    case wasm::ExternalKind::kFunc: {
      std::string message =
          absl::StrCat("unknown import \"", import.module, "\" \"",
                       import.field, "\" was called");
      return as_extern(Func::NewOfType(
          store, type.func,
          [message](Caller&, absl::Span<const Val>, absl::Span<Val>) {
            return HostResult::Trap(message);
          }));
    }
    case wasm::ExternalKind::kTable:
      return as_extern(
          Table::New(store, type.table, Val::Zero(type.table.element)));
    case wasm::ExternalKind::kMemory:
      return as_extern(Memory::New(store, type.memory));
    case wasm::ExternalKind::kGlobal:
      return as_extern(
          Global::New(store, type.global, Val::Zero(type.global.value)));
    case wasm::ExternalKind::kTag:
      return as_extern(Tag::NewOfType(store, type.func));
  }
  return absl::InternalError("unknown kind of import");
}

absl::StatusOr<std::vector<Extern>> Linker::Resolve(Store& store,
                                                    const Module& module) {
  std::vector<Extern> imports;
  for (const ImportInfo& import : module.imports()) {
    auto value = Get(store, import.module, import.field);
    if (absl::IsNotFound(value.status()) && stub_imports_) {
      auto stub = Stub(store, import);
      if (absl::IsInvalidArgument(stub.status())) return value.status();
      value = std::move(stub);
    }
    if (!value.ok()) return value.status();
    imports.push_back(*value);
  }
  return imports;
}

absl::StatusOr<Instantiated> Linker::Instantiate(Store& store,
                                                 const Module& module) {
  auto imports = Resolve(store, module);
  if (!imports.ok()) return imports.status();
  return Instance::New(store, module, *imports);
}

}  // namespace weft::exec
