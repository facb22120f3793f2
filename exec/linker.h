// From the names of imports to what is imported.
#ifndef WEFT_EXEC_LINKER_H_
#define WEFT_EXEC_LINKER_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "exec/engine.h"
#include "exec/externs.h"
#include "exec/instance.h"
#include "exec/module.h"
#include "exec/store.h"

namespace weft::exec {

// Definitions by module and field name. Host functions are defined for all
// stores of the engine, everything else for the store it lies in. Used by one
// thread at a time.
class Linker {
 public:
  explicit Linker(const Engine& engine) : engine_(engine) {}

  // What defining a name again does: an error (the default), or the last
  // definition counts.
  void allow_shadowing(bool allow) { allow_shadowing_ = allow; }

  // Unknown imports are defined as they are needed: functions that trap with
  // "unknown import ... was called", memories and tables of the least size
  // asked for, globals of zero or null, new tags. References that exclude null
  // stay unknown.
  void stub_imports(bool stub) { stub_imports_ = stub; }

  // Errors of all: AlreadyExists.
  absl::Status Define(absl::string_view module, absl::string_view field,
                      Extern value);
  // A host function. Errors: as Engine::RegisterType.
  absl::Status DefineFunc(absl::string_view module, absl::string_view field,
                          const FuncType& type, HostCallback callback);
  // All exports of `instance` under the name `module`. Errors: as
  // Instance::GetExport.
  absl::Status DefineInstance(Store& store, absl::string_view module,
                              const Instance& instance);

  // The definition for `store`. Errors: NotFound; ResourceExhausted for too
  // many functions.
  absl::StatusOr<Extern> Get(Store& store, absl::string_view module,
                             absl::string_view field);

  // The imports of `module`, in order. Errors: NotFound "unknown import: ...",
  // which names the first.
  absl::StatusOr<std::vector<Extern>> Resolve(Store& store,
                                              const Module& module);

  // Resolve and Instance::New.
  absl::StatusOr<Instantiated> Instantiate(Store& store, const Module& module);

 private:
  struct Host {
    TypeId type;
    HostCallback callback;
    // The function of the store that asked last.
    Func made;
  };
  using Name = std::pair<std::string, std::string>;
  using Definition = std::variant<Extern, Host>;

  absl::Status Add(absl::string_view module, absl::string_view field,
                   Definition definition);
  static absl::StatusOr<Extern> Stub(Store& store, const ImportInfo& import);

  const Engine engine_;
  bool allow_shadowing_ = false;
  bool stub_imports_ = false;
  std::map<Name, Definition> definitions_;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_LINKER_H_
