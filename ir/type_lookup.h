// Finds the type index that a block with several results needs.
#ifndef WEFT_IR_TYPE_LOOKUP_H_
#define WEFT_IR_TYPE_LOOKUP_H_

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "ir/wasm/module.h"

namespace weft::ir {

// Made once per module; read by all threads.
class TypeLookup {
 public:
  explicit TypeLookup(const wasm::Module& module);
  // The same with only the types that are `usable`, while others wait to be
  // taken out of the module.
  TypeLookup(const wasm::Module& module,
             absl::FunctionRef<bool(wasm::TypeIndex)> usable);

  // The smallest type index of [] -> `results`, or kNoIndex. Lowering never
  // adds types: where none exists, values travel in locals.
  wasm::TypeIndex BlockType(absl::Span<const wasm::ValueType> results) const;

 private:
  absl::flat_hash_map<std::vector<wasm::ValueType>, wasm::TypeIndex> types_;
};

}  // namespace weft::ir

#endif  // WEFT_IR_TYPE_LOOKUP_H_
