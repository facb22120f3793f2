// Instances of modules (spec 4.2.5), and the way from names to imports.
#ifndef WEFT_EXEC_INSTANCE_H_
#define WEFT_EXEC_INSTANCE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "exec/externs.h"
#include "exec/module.h"
#include "exec/store.h"

namespace weft::exec {

struct Instantiated;

// A handle, as those of externs.h.
class Instance {
 public:
  Instance() = default;
  // Instantiates `module` with `imports` in the order of Module::imports (spec
  // 4.5.4): matches their types, initializes tables and memories from segments,
  // runs the start function. An instance whose segment or start function
  // trapped exists nevertheless, and others may hold what it put into tables.
  // Errors: FailedPrecondition for another engine's module or another store's
  // imports; InvalidArgument "incompatible import type: ...", or for a wrong
  // number of imports; ResourceExhausted for limits of the store.
  static absl::StatusOr<Instantiated> New(Store& store, const Module& module,
                                          absl::Span<const Extern> imports);

  // What it exports by that name. Errors: NotFound.
  absl::StatusOr<Extern> GetExport(Store& store, absl::string_view name) const;
  // The same, of one kind. Errors: NotFound; InvalidArgument for another kind.
  absl::StatusOr<Func> GetFunc(Store& store, absl::string_view name) const;
  absl::StatusOr<Memory> GetMemory(Store& store, absl::string_view name) const;
  absl::StatusOr<Table> GetTable(Store& store, absl::string_view name) const;
  absl::StatusOr<Global> GetGlobal(Store& store, absl::string_view name) const;
  absl::StatusOr<Tag> GetTag(Store& store, absl::string_view name) const;
  // Export number `index`, in the order of Module::exports.
  absl::StatusOr<Extern> GetExport(Store& store, uint32_t index) const;

  absl::StatusOr<Module> module(const Store& store) const;
  // Its number among the store's instances, from 0.
  absl::StatusOr<uint32_t> id(const Store& store) const;

  friend bool operator==(const Instance&, const Instance&) = default;

  // For the library itself.
  Instance(uint64_t store_id, InstanceData* data)
      : store_id_(store_id), data_(data) {}
  uint64_t store_id() const { return store_id_; }
  InstanceData* data() const { return data_; }

 private:
  uint64_t store_id_ = 0;
  InstanceData* data_ = nullptr;
};

struct Instantiated {
  Instance instance;
  // Of segments and the start function.
  CallResult start;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_INSTANCE_H_
