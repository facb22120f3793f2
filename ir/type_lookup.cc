#include "ir/type_lookup.h"

namespace weft::ir {

TypeLookup::TypeLookup(const wasm::Module& module)
    : TypeLookup(module, [](wasm::TypeIndex) { return true; }) {}

TypeLookup::TypeLookup(const wasm::Module& module,
                       absl::FunctionRef<bool(wasm::TypeIndex)> usable) {
  for (uint32_t i = 0; i < module.types.size(); ++i) {
    const wasm::SubType& type = module.types[i];
    if (type.kind != wasm::SubType::kFunc || !type.params.empty() ||
        type.results.size() < 2 || !usable(i)) {
      continue;
    }
    types_.emplace(type.results, i);
  }
}

wasm::TypeIndex TypeLookup::BlockType(
    absl::Span<const wasm::ValueType> results) const {
  const auto it =
      types_.find(std::vector<wasm::ValueType>(results.begin(), results.end()));
  return it == types_.end() ? wasm::kNoIndex : it->second;
}

}  // namespace weft::ir
