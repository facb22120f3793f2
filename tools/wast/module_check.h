// How far a module of a script gets: parsed, read, validated.
#ifndef WEFT_TOOLS_WAST_MODULE_CHECK_H_
#define WEFT_TOOLS_WAST_MODULE_CHECK_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "ir/wasm/features.h"
#include "ir/wasm/text/script.h"

namespace weft::tools {

struct ModuleVerdict {
  enum Stage : uint8_t {
    kParsing,     // As text.
    kReading,     // The binary, without bodies.
    kValidating,  // Bodies are decoded meanwhile.
    kCustom,      // Sections that the core specification leaves alone.
    kNone,
  };

  Stage failed = kNone;
  absl::Status status;  // Why; OK for kNone.
};

ModuleVerdict CheckModule(const wasm::ScriptModule& module,
                          wasm::FeatureSet features);

// Why `directive`, which is about `verdict`, does not hold; empty if it does.
// For directives that want a valid module and the assert_... that want none.
std::string WhyNot(const wasm::Directive& directive,
                   const ModuleVerdict& verdict);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_WAST_MODULE_CHECK_H_
