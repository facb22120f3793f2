// What a host sees of a module before it runs: imports and exports with their
// types.
#ifndef WEFT_CHECK_INTERFACE_H_
#define WEFT_CHECK_INTERFACE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "exec/module.h"

namespace weft::check {

inline constexpr size_t kMaxCalledTypes = 8;

// TypeIds in it are those of the engine that the module was compiled for.
struct Interface {
  struct Import {
    std::string module;
    std::string field;
    exec::ExternType type;
  };
  struct Export {
    std::string name;
    exec::ExternType type;
  };

  // In the order of the module; no two of them are equal.
  std::vector<Import> imports;
  std::vector<Export> exports;
  // Of the functions that the module calls through an imported table, each
  // once, in the order of its bodies; at most kMaxCalledTypes.
  std::vector<exec::TypeId> called_types;
  // Positions in `imports`, by module and field.
  absl::flat_hash_map<std::pair<std::string, std::string>, std::vector<int>>
      by_name;
};

Interface InterfaceOf(const exec::Module& module);

// Whether two types are the same. REQUIRES: of one engine.
bool SameType(const exec::ExternType& a, const exec::ExternType& b);

// The position in `interface.imports` of an import like this, or -1.
int FindImport(const Interface& interface, const exec::ImportInfo& import);

// Why a module with the interface `after` cannot stand for one with `before`:
// exports are to be the same in number, order, name and type, and all imports
// are to be among those of before. Empty when it can.
std::string CompareInterfaces(const Interface& before, const Interface& after);

}  // namespace weft::check

#endif  // WEFT_CHECK_INTERFACE_H_
