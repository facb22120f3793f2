#include "tools/wast/module_check.h"

#include "absl/strings/str_cat.h"
#include "ir/wasm/custom_validator.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/validator.h"
#include "tools/text.h"

namespace weft::tools {
namespace {

using wasm::Directive;
using wasm::ScriptModule;

absl::string_view StageText(ModuleVerdict::Stage stage) {
  switch (stage) {
    case ModuleVerdict::kParsing:
      return "does not parse";
    case ModuleVerdict::kReading:
      return "cannot be read";
    case ModuleVerdict::kValidating:
      return "is not valid";
    case ModuleVerdict::kCustom:
      return "has custom sections that are not valid";
    case ModuleVerdict::kNone:
      return "is valid";
  }
  return "";
}

std::string Describe(const ModuleVerdict& verdict) {
  if (verdict.failed == ModuleVerdict::kNone) return "the module is valid";
  return absl::StrCat("the module ", StageText(verdict.failed), ": ",
                      verdict.status.message());
}

// Whether the module fails where `directive` says.
bool FailsAsAsserted(const Directive& directive, const ModuleVerdict& verdict) {
  const bool is_text = directive.module.form != ScriptModule::kBinary;
  const ModuleVerdict::Stage failed = verdict.failed;
  switch (directive.kind) {
    case Directive::kAssertMalformed:
      if (is_text) return failed == ModuleVerdict::kParsing;
      return failed == ModuleVerdict::kReading ||
             failed == ModuleVerdict::kValidating;
    case Directive::kAssertInvalid:
      return failed == ModuleVerdict::kReading ||
             failed == ModuleVerdict::kValidating;
    case Directive::kAssertMalformedCustom:
      return failed ==
             (is_text ? ModuleVerdict::kParsing : ModuleVerdict::kCustom);
    case Directive::kAssertInvalidCustom:
      // The parser refuses some annotations, where it can show them.
      return failed == ModuleVerdict::kCustom ||
             failed == ModuleVerdict::kParsing;
    case Directive::kModule:
    case Directive::kInstance:
    case Directive::kRegister:
    case Directive::kAction:
    case Directive::kAssertReturn:
    case Directive::kAssertTrap:
    case Directive::kAssertException:
    case Directive::kAssertExhaustion:
    case Directive::kAssertUnlinkable:
    case Directive::kAssertUninstantiable:
    case Directive::kThread:
    case Directive::kWait:
      break;
  }
  // Custom sections do not matter to the others.
  return failed == ModuleVerdict::kNone || failed == ModuleVerdict::kCustom;
}

}  // namespace

ModuleVerdict CheckModule(const ScriptModule& source,
                          wasm::FeatureSet features) {
  if (!source.parse_status.ok()) {
    return {ModuleVerdict::kParsing, source.parse_status};
  }
  const absl::StatusOr<wasm::Module> module =
      wasm::ReadModule(source.bytes, {features});
  if (!module.ok()) return {ModuleVerdict::kReading, module.status()};
  absl::Status status = wasm::ValidateAll(*module);
  if (!status.ok()) return {ModuleVerdict::kValidating, status};
  status = wasm::ValidateCustomSections(*module);
  if (!status.ok()) return {ModuleVerdict::kCustom, status};
  return {};
}

std::string WhyNot(const Directive& directive, const ModuleVerdict& verdict) {
  if (!FailsAsAsserted(directive, verdict)) {
    return directive.text.empty()
               ? Describe(verdict)
               : absl::StrCat("expected \"", Escape(directive.text), "\", but ",
                              Describe(verdict));
  }
  // A limit of ours or a defect is no verdict on a module.
  if (absl::IsResourceExhausted(verdict.status) ||
      absl::IsInternal(verdict.status)) {
    return Describe(verdict);
  }
  return "";
}

}  // namespace weft::tools
