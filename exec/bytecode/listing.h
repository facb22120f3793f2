// The instructions of a function in words, for people and programs to read.
#ifndef WEFT_EXEC_BYTECODE_LISTING_H_
#define WEFT_EXEC_BYTECODE_LISTING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace weft::exec {

// An instruction in words.
struct ListedInstruction {
  uint32_t cell = 0;  // From the function's begin.
  std::string name;   // "i32.add:si".
  // Its fields in the order of the layout: @N a slot, ->N the cell that a
  // branch goes to, #N a number.
  std::vector<std::string> operands;
  // The operator that it came from, in the module's bytes, where the code says
  // so: where it may trap or call.
  std::optional<uint32_t> offset;
};

struct Listing {
  uint32_t func = 0;
  uint32_t frame_slots = 0;
  uint32_t cells = 0;
  std::vector<ListedInstruction> instructions;
};

// A line for the function, with its `name` unless that is empty, and one per
// instruction.
std::string ListingText(const Listing& listing, absl::string_view name = {});

}  // namespace weft::exec

#endif  // WEFT_EXEC_BYTECODE_LISTING_H_
