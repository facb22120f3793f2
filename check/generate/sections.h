// From a plan with its bodies to a binary module.
#ifndef WEFT_CHECK_GENERATE_SECTIONS_H_
#define WEFT_CHECK_GENERATE_SECTIONS_H_

#include <cstdint>
#include <vector>

#include "check/generate/plan.h"

namespace weft::check::generate {

// The module that `plan` describes. REQUIRES: every defined function has a
// body, whose references to functions and types are in range.
std::vector<uint8_t> WriteSections(const Plan& plan);

}  // namespace weft::check::generate

#endif  // WEFT_CHECK_GENERATE_SECTIONS_H_
