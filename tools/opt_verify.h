// What `weft opt --verify` says.
#ifndef WEFT_TOOLS_OPT_VERIFY_H_
#define WEFT_TOOLS_OPT_VERIFY_H_

#include <string>

#include "absl/strings/string_view.h"
#include "check/verify.h"

namespace weft::tools {

// One line: "verified: EQUAL; ...".
std::string VerifySummary(const check::VerifyResult& result);

// One line that names the guilty pass and function and the difference.
std::string VerifyFailure(absl::string_view input,
                          const check::VerifyResult& result);

// The reproducer as text, below what is wrong and how to see it.
std::string ReproducerText(const check::VerifyResult& result, bool for_size);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_OPT_VERIFY_H_
