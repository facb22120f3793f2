// The name section (spec appendix 7.4.1 and the extended-name-section
// proposal): parsing, renumbering, writing.
#ifndef WEFT_IR_WASM_NAMES_H_
#define WEFT_IR_WASM_NAMES_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/module.h"
#include "ir/wasm/operator.h"

namespace weft::wasm {

// Names by index, as the section has them: usually sorted, without a promise.
struct NameAssociation {
  uint32_t index = 0;
  absl::string_view name;
};
using NameMap = std::vector<NameAssociation>;

// Names of what belongs to an indexed entity: locals of a function, ...
struct IndirectNames {
  uint32_t index = 0;
  NameMap names;
};
using IndirectNameMap = std::vector<IndirectNames>;

// A subsection that this parser does not know.
struct OtherNames {
  uint8_t id = 0;
  absl::Span<const uint8_t> bytes;
};

// The content of a name section. Strings point into what was parsed.
struct Names {
  bool has_module = false;
  absl::string_view module;
  NameMap funcs;
  IndirectNameMap locals;  // By function.
  IndirectNameMap labels;  // By function, in the order of their blocks.
  NameMap types;
  NameMap tables;
  NameMap memories;
  NameMap globals;
  NameMap elems;
  NameMap datas;
  IndirectNameMap fields;  // By type.
  NameMap tags;
  std::vector<OtherNames> others;
};

// Parses the content behind the section's own name. Errors: InvalidArgument
// when it is malformed; order and uniqueness are not demanded.
absl::StatusOr<Names> ParseNames(absl::Span<const uint8_t> bytes,
                                 uint32_t offset);

// Sends every index through `maps`; names of removed entities go, and of
// several names for one index the first stays. Sorts by index.
void RemapNames(const IndexMaps& maps, Names* names);

// Appends the content (behind the section's own name) in its shortest form,
// subsections in the order of their ids, empty ones left out.
void WriteNames(const Names& names, ByteWriter* out);

// All three for the section `custom`. False, with nothing written, when it has
// to stay as it is: under identity maps or when it is malformed.
bool RewriteNames(const CustomSection& custom, const IndexMaps& maps,
                  ByteWriter* out);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_NAMES_H_
