// What the translator makes of real modules and of the official test scripts
// passes the verifier, in every way of translating.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "exec/bytecode/verify.h"
#include "exec/runtime/type_registry.h"
#include "exec/translate/module_code.h"
#include "ir/wasm/component.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/script.h"
#include "ir/wasm/text/testing/spec_suite.h"
#include "ir/wasm/validator.h"

namespace weft::exec {
namespace {

Cell IdCell(uint16_t id) { return id; }

struct Counts {
  int functions = 0;
  int with_references = 0;
};

// All functions of `module` under `bounds`.
void VerifyAll(const wasm::Module& module, const TypeRegistry& registry,
               const std::vector<TypeId>& types, const CodeOptions& options,
               Bounds bounds, Counts* counts) {
  const ModuleCode code(module, types, registry, options, &IdCell);
  const CodeVerifier verifier(module, types, options.charges(), &IdCell);
  const FuncEntry* const entries = code.entries(bounds);
  const size_t defined = module.funcs.size() - module.num_imported_funcs;
  for (uint32_t i = 0; i < defined; ++i) {
    ASSERT_TRUE(code.Translate(i, bounds).ok());
    const FunctionCode* const function = code.FindCode(entries[i].code);
    ASSERT_NE(function, nullptr);
    const auto verified = verifier.Verify(*function, bounds);
    ASSERT_TRUE(verified.ok()) << verified.status();
    ++counts->functions;
    if (verified->handles_references) ++counts->with_references;
  }
}

void VerifyModule(wasm::ByteSpan bytes, Counts* counts) {
  const absl::StatusOr<wasm::Module> module = wasm::ReadModule(bytes);
  if (!module.ok() || !wasm::ValidateAll(*module).ok()) return;
  TypeRegistry registry;
  const auto types = registry.Register(*module);
  ASSERT_TRUE(types.ok()) << types.status();
  // Memories of small pages are never guarded.
  const bool guards =
      module->memories.empty() || module->memories[0].type.page_size_log2 == 16;
  for (const bool fuse : {true, false}) {
    for (const bool metering : {false, true}) {
      // Bounds and the others do not depend on each other.
      const Bounds bounds =
          guards && fuse != metering ? Bounds::kGuard : Bounds::kExplicit;
      SCOPED_TRACE(testing::Message()
                   << "fuse " << fuse << " metering " << metering);
      // So do slots beyond 16 bits.
      VerifyAll(
          *module, registry, *types,
          {.fuse = fuse, .metering = metering, .far_slots = fuse == metering},
          bounds, counts);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(VerifyRealCodeTest, SpecSuite) {
  if (wasm::testing::SpecSuiteFolder().empty()) {
    GTEST_SKIP() << "no test scripts: neither WEFT_SPEC_TESTSUITE nor "
                    "WEFT_SHARED names them";
  }
  Counts counts;
  for (const wasm::testing::SpecScript& file : wasm::testing::SpecScripts()) {
    SCOPED_TRACE(file.name);
    const auto script = wasm::ReadScript(wasm::testing::ReadText(file.path));
    ASSERT_TRUE(script.ok()) << script.status();
    for (const wasm::Directive& directive : script->directives) {
      VerifyModule(directive.module.bytes, &counts);
    }
  }
  EXPECT_GT(counts.functions, 20000);
  EXPECT_GT(counts.with_references, 500);
}

TEST(VerifyRealCodeTest, Corpus) {
  const char* const shared = std::getenv("WEFT_SHARED");
  if (shared == nullptr) GTEST_SKIP() << "WEFT_SHARED is not set";
  Counts counts;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(shared) / "corpus", error)) {
    if (entry.path().extension() != ".wasm") continue;
    SCOPED_TRACE(entry.path().string());
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<uint8_t> bytes(std::istreambuf_iterator<char>(file), {});
    if (!wasm::IsComponent(bytes)) {
      VerifyModule(bytes, &counts);
      continue;
    }
    const auto nested = wasm::FindCoreModules(bytes);
    ASSERT_TRUE(nested.ok()) << nested.status();
    for (const wasm::ByteSpan module : *nested) VerifyModule(module, &counts);
  }
  EXPECT_GT(counts.functions, 20000);
}

}  // namespace
}  // namespace weft::exec
