#include "exec/bytecode/listing.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace weft::exec {

std::string ListingText(const Listing& listing, absl::string_view name) {
  std::string out = absl::StrCat("function ", listing.func);
  if (!name.empty()) absl::StrAppend(&out, " \"", name, "\"");
  absl::StrAppend(&out, ": ", listing.frame_slots, " slots, ", listing.cells,
                  " cells\n");
  for (const ListedInstruction& in : listing.instructions) {
    absl::StrAppendFormat(&out, "%7d  %s", in.cell, in.name);
    for (const std::string& operand : in.operands) {
      absl::StrAppend(&out, " ", operand);
    }
    out += '\n';
  }
  return out;
}

}  // namespace weft::exec
