// The annotations with which text says what the core text format cannot. The
// printer writes and the parser reads them; other tools skip those that they
// do not know (spec 6.3.7).
//
// Fields of a module, in any order among the others:
//
//   (@custom "name" PLACE "bytes"...)
//     A custom section. PLACE is (before first), (after last), (before S) or
//     (after S) with S one of: type import func table memory tag global export
//     start elem code data; without it (after last). Sections of one place are
//     written in the order of the text. (before code) is behind the data count
//     section, (after elem) before it. (after last) comes behind (after data).
//     (@weft.name_size N) behind the place: the length of the name is encoded
//     in N bytes, 1 to 5, more than it takes.
//   (@weft.name_section PLACE)
//     The place of the name section that identifiers and (@name) make, among
//     the custom sections of the same place in the order of the text. Without
//     it the name section is the last of the module.
//   (@weft.data_count)
//     There is a data count section, though no operator of a body needs it.
//
// Elsewhere:
//
//   (@name "string")
//     Behind the (possible) identifier of a definition, parameter, local, block
//     or field: its name in the name section, instead of the identifier.
//   (@metadata.code.branch_hint "\00" or "\01")
//     Before an `if` or `br_if`, or the parenthesis in which it is folded. The
//     section lies directly before the code section, behind what is there by
//     (before code).
//
// A module with a (@custom "name" ...) gets no name section from identifiers,
// and one with (@custom "metadata.code.branch_hint" ...) none from hints.
#ifndef WEFT_IR_WASM_TEXT_ANNOTATIONS_H_
#define WEFT_IR_WASM_TEXT_ANNOTATIONS_H_

#include "absl/strings/string_view.h"

namespace weft::wasm {

// Identifiers of annotations, without '@'.
inline constexpr absl::string_view kCustomAnnotation = "custom";
inline constexpr absl::string_view kNameAnnotation = "name";
inline constexpr absl::string_view kBranchHintAnnotation =
    "metadata.code.branch_hint";
inline constexpr absl::string_view kNameSectionAnnotation = "weft.name_section";
inline constexpr absl::string_view kNameSizeAnnotation = "weft.name_size";
inline constexpr absl::string_view kDataCountAnnotation = "weft.data_count";

// Custom sections that annotations other than (@custom) can make.
inline constexpr absl::string_view kNameSection = "name";
inline constexpr absl::string_view kBranchHintSection =
    "metadata.code.branch_hint";

// S of PLACE by section id (module.h); empty for sections that have none.
inline constexpr absl::string_view kPlaceNames[] = {
    "",       "type",  "import", "func", "table", "memory", "global",
    "export", "start", "elem",   "code", "data",  "",       "tag",
};

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TEXT_ANNOTATIONS_H_
