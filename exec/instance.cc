#include "exec/instance.h"

#include "absl/strings/str_cat.h"
#include "exec/import_match.h"
#include "exec/runtime/func_refs.h"
#include "exec/store_data.h"

namespace weft::exec {

absl::StatusOr<Extern> Instance::GetExport(Store& store, uint32_t index) const {
  StoreData& data = store.internals();
  absl::Status status = data.CheckStore(store_id_);
  if (!status.ok()) return status;
  const CompiledModule& compiled = *data.instances[data_->id].module;
  if (index >= compiled.module.exports.size()) {
    return absl::NotFoundError(absl::StrCat("no export ", index));
  }
  const wasm::Export& e = compiled.module.exports[index];
  switch (e.kind) {
    case wasm::ExternalKind::kFunc: {
      const Ref ref = FuncRef(data.context, *data_, e.index);
      if (ref == kNullRef) {
        return absl::ResourceExhaustedError("limit max-functions reached");
      }
      return Func(data.id, data.funcs.Get(ref));
    }
    case wasm::ExternalKind::kTable:
      return Table(data.id,
                   static_cast<TableInstance*>(data_->tables[e.index]));
    case wasm::ExternalKind::kMemory:
      return Memory(data.id,
                    static_cast<LinearMemory*>(data_->memories[e.index]));
    case wasm::ExternalKind::kGlobal: {
      const GlobalLayout layout = compiled.code->globals()[e.index];
      Slot* cell = layout.imported ? data_->imported_globals[layout.cell]
                                   : data_->global_cells + layout.cell;
      return Global(data.id, cell, compiled.GlobalTypeOf(e.index));
    }
    case wasm::ExternalKind::kTag:
      return Tag(data.id, data_->tags[e.index],
                 compiled.types[compiled.module.tags[e.index].type]);
  }
  return absl::InternalError("unknown kind of export");
}

absl::StatusOr<Extern> Instance::GetExport(Store& store,
                                           absl::string_view name) const {
  StoreData& data = store.internals();
  absl::Status status = data.CheckStore(store_id_);
  if (!status.ok()) return status;
  const CompiledModule& compiled = *data.instances[data_->id].module;
  const auto it = compiled.exports.find(name);
  if (it == compiled.exports.end()) {
    return absl::NotFoundError(absl::StrCat("no export \"", name, "\""));
  }
  return GetExport(store, it->second);
}

namespace {

template <typename T>
absl::StatusOr<T> GetOf(const Instance& instance, Store& store,
                        absl::string_view name, wasm::ExternalKind kind) {
  auto value = instance.GetExport(store, name);
  if (!value.ok()) return value.status();
  const T* wanted = std::get_if<T>(&*value);
  if (wanted == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        "export \"", name, "\" is not a ", wasm::ExternalKindName(kind)));
  }
  return *wanted;
}

}  // namespace

absl::StatusOr<Func> Instance::GetFunc(Store& store,
                                       absl::string_view name) const {
  return GetOf<Func>(*this, store, name, wasm::ExternalKind::kFunc);
}
absl::StatusOr<Memory> Instance::GetMemory(Store& store,
                                           absl::string_view name) const {
  return GetOf<Memory>(*this, store, name, wasm::ExternalKind::kMemory);
}
absl::StatusOr<Table> Instance::GetTable(Store& store,
                                         absl::string_view name) const {
  return GetOf<Table>(*this, store, name, wasm::ExternalKind::kTable);
}
absl::StatusOr<Global> Instance::GetGlobal(Store& store,
                                           absl::string_view name) const {
  return GetOf<Global>(*this, store, name, wasm::ExternalKind::kGlobal);
}
absl::StatusOr<Tag> Instance::GetTag(Store& store,
                                     absl::string_view name) const {
  return GetOf<Tag>(*this, store, name, wasm::ExternalKind::kTag);
}

absl::StatusOr<Module> Instance::module(const Store& store) const {
  absl::Status status = store.internals().CheckStore(store_id_);
  if (!status.ok()) return status;
  return Module(store.internals().instances[data_->id].module);
}

absl::StatusOr<uint32_t> Instance::id(const Store& store) const {
  absl::Status status = store.internals().CheckStore(store_id_);
  if (!status.ok()) return status;
  return data_->id;
}

}  // namespace weft::exec
