#include "tools/opt_verify.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "check/campaign/investigate.h"

namespace weft::tools {
std::string VerifySummary(const check::VerifyResult& result) {
  return absl::StrFormat(
      "verified: %s%s; %d calls compared, %d operators; %d functions changed, "
      "%d called, %d without an immediate trap%s\n",
      check::VerdictText(result.verdict),
      result.verdict == check::Verdict::kPoisoned
          ? absl::StrCat(" (", check::PoisonText(result.poison), ")")
          : "",
      result.calls, result.operators, result.functions_changed,
      result.functions_called, result.functions_entered,
      result.out_of_time ? "; the budget did not suffice for all" : "");
}

std::string VerifyFailure(absl::string_view input,
                          const check::VerifyResult& result) {
  std::string text = absl::StrCat(input, ": the output does something else");
  if (!result.pass.empty()) {
    absl::StrAppend(&text, " after the pass ", result.pass);
  }
  if (result.function >= 0) {
    absl::StrAppend(&text, " in function ", result.function);
  }
  return absl::StrCat(text, ": ", DifferenceText(result.difference));
}

std::string ReproducerText(const check::VerifyResult& result, bool for_size) {
  check::Finding finding;
  finding.defect = check::Defect::kDifferent;
  finding.pass = result.pass;
  finding.pipeline = {result.passes, for_size, false};
  finding.what = DifferenceText(result.difference);
  finding.module = result.reproducer;
  return check::TestCaseText(finding);
}

}  // namespace weft::tools
