// The part of the verifier that looks at links, regions and parameters.
#ifndef WEFT_IR_VERIFY_LISTS_H_
#define WEFT_IR_VERIFY_LISTS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ir/function.h"
#include "ir/wasm/module.h"

namespace weft::ir {

// Checks lists, ownership of bodies and regions, terminators, targets and
// their tables, and the parameters of regions (see ir/verifier.h). Afterwards
// every walk over the function ends, and the lists of arguments of every edge
// can be told apart. Sets (*listed)[i] for every instruction in the tree.
// Errors: as BrokenAt.
absl::Status VerifyLists(const wasm::Module& module, const Function& function,
                         std::vector<bool>* listed);

// Internal: which rule is broken, and the instruction with its neighbours.
absl::Status BrokenAt(const Function& function, ValueId id,
                      absl::string_view rule);

}  // namespace weft::ir

#endif  // WEFT_IR_VERIFY_LISTS_H_
