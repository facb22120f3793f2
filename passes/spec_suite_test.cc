// Every valid module of the official test scripts: each function lifts to SSA,
// verifies, lowers and validates, and whole modules come out valid of every
// kind of pipeline without the fallback that would hide a defect.
#include "ir/wasm/text/testing/spec_suite.h"

#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <vector>

#include "ir/function.h"
#include "ir/lift.h"
#include "ir/lower.h"
#include "ir/type_lookup.h"
#include "ir/verifier.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/script.h"
#include "ir/wasm/validator.h"
#include "passes/optimize.h"

namespace weft::passes {
namespace {

using wasm::testing::SpecScript;

void RoundTripBodies(const wasm::Module& module) {
  const wasm::ModuleContext context(module);
  wasm::BodyValidator validator(context);
  const ir::TypeLookup types(module);
  ir::Lifter lifter;
  ir::Lowerer lowerer(module, types);
  ir::Function f;
  for (uint32_t i = module.num_imported_funcs; i < module.funcs.size(); ++i) {
    SCOPED_TRACE("function " + std::to_string(i));
    absl::Status status = lifter.Lift(module, i, &f);
    ASSERT_TRUE(status.ok()) << status;
    status = ir::Verify(module, f);
    ASSERT_TRUE(status.ok()) << status;
    wasm::ByteWriter body;
    status = lowerer.Lower(&f, &body);
    ASSERT_TRUE(status.ok()) << status;
    status = validator.Validate(i, body.bytes(), 0);
    ASSERT_TRUE(status.ok()) << status;
  }
}

void OptimizeIn(const std::vector<uint8_t>& bytes,
                const std::vector<PassId>& passes) {
  OptimizeOptions options;
  options.passes = passes;
  options.fallback = false;
  OptimizeReport report;
  const auto output = Optimize(bytes, options, &report);
  ASSERT_TRUE(output.ok()) << output.status();
  EXPECT_EQ(report.bodies_invalid, 0u);
  EXPECT_EQ(report.bodies_over_budget, 0u);
}

// False when `bytes` are not a valid module.
bool CheckModule(const std::vector<uint8_t>& bytes) {
  const absl::StatusOr<wasm::Module> module = wasm::ReadModule(bytes);
  if (!module.ok() || !wasm::ValidateAll(*module).ok()) return false;
  RoundTripBodies(*module);
  const std::vector<PassId> round_trip = {PassId::kRoundtripSsa};
  for (const std::vector<PassId>& passes :
       {round_trip, *PipelineOf("2"), *PipelineOf("z")}) {
    SCOPED_TRACE(ToString(passes));
    OptimizeIn(bytes, passes);
  }
  return true;
}

class SpecSuiteTest : public ::testing::TestWithParam<SpecScript> {};

TEST_P(SpecSuiteTest, ValidModulesStayValid) {
  const std::string text = wasm::testing::ReadText(GetParam().path);
  const absl::StatusOr<wasm::Script> script =
      wasm::ReadScript(text, {.file = GetParam().name});
  ASSERT_TRUE(script.ok()) << script.status();
  for (const wasm::Directive& directive : script->directives) {
    if (!wasm::HasModule(directive)) continue;
    SCOPED_TRACE(GetParam().name + ":" + std::to_string(directive.line));
    const bool valid = CheckModule(directive.module.bytes);
    const bool wanted =
        directive.kind == wasm::Directive::kModule ||
        directive.kind == wasm::Directive::kAssertUnlinkable ||
        directive.kind == wasm::Directive::kAssertUninstantiable;
    EXPECT_TRUE(valid || !wanted);
  }
}

std::string TestName(const ::testing::TestParamInfo<SpecScript>& info) {
  std::string name = info.param.name;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(SpecSuiteTest);
INSTANTIATE_TEST_SUITE_P(Scripts, SpecSuiteTest,
                         ::testing::ValuesIn(wasm::testing::SpecScripts()),
                         TestName);

TEST(SpecSuite, IsThere) {
  if (wasm::testing::SpecSuiteFolder().empty()) {
    GTEST_SKIP() << "no test scripts: neither WEFT_SPEC_TESTSUITE nor "
                    "WEFT_SHARED names them";
  }
  EXPECT_GE(wasm::testing::SpecScripts().size(), 274u);
}

}  // namespace
}  // namespace weft::passes
