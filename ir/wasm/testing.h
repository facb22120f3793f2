// Hand-assembled modules for tests.
#ifndef WEFT_IR_WASM_TESTING_H_
#define WEFT_IR_WASM_TESTING_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/features.h"
#include "ir/wasm/module.h"

namespace weft::wasm::testing {

using Bytes = std::vector<uint8_t>;

// All parts one after the other.
Bytes Concat(std::initializer_list<Bytes> parts);

Bytes U32(uint32_t value);
Bytes Name(absl::string_view name);
// A count, then the items.
Bytes Vec(std::initializer_list<Bytes> items);
// `count` copies of `item`.
Bytes Repeat(size_t count, const Bytes& item);

// Assembles sections in the order of the calls.
class ModuleBuilder {
 public:
  ModuleBuilder();

  ModuleBuilder& Section(SectionId id, const Bytes& content);
  ModuleBuilder& Section(uint8_t id, const Bytes& content);
  ModuleBuilder& Custom(absl::string_view name, const Bytes& content);
  // Bytes as they are.
  ModuleBuilder& Raw(const Bytes& bytes);

  Bytes Build() const { return bytes_; }

 private:
  Bytes bytes_;
};

// A body for the code section: size, `locals`, operators and `end`.
Bytes Body(const Bytes& operators, const Bytes& locals = {0});

// A module with one function [params] -> [results] (type bytes), a memory, a
// table of funcref, a mutable i32 global, a tag with an i32, and data count 1;
// the function has index 0, type 0 is its signature, type 1 is [i32] -> [].
Bytes FunctionModule(const Bytes& params, const Bytes& results,
                     const Bytes& operators, const Bytes& locals = {0});

// A module that has something in every section.
Bytes EverySection();

// Reads and validates all of `bytes`.
absl::Status Check(const Bytes& bytes, FeatureSet features = FeatureSet::All());

// Check's message, "" when it accepts.
std::string CheckError(const Bytes& bytes,
                       FeatureSet features = FeatureSet::All());

}  // namespace weft::wasm::testing

#endif  // WEFT_IR_WASM_TESTING_H_
