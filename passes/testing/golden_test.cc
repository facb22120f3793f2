// Goldens of function passes: testdata/passes/<pass>/<case>.ir, a function in
// the IR's text form (ir/text_printer.h), and what the pass makes of it,
// <case>.after.ir. Types, memories, globals, functions and so on are those of
// ir/testing/code.h. A line ";; for: speed" asks for speed instead of size.
//
// For every case: both texts verify; the pass says that it changed something
// exactly when the text differs; it changes nothing the second time; the
// result lowers to a body that validates and does what the function did.
//
// To write the results anew:
//   WEFT_UPDATE_GOLDENS=1 bazel run //passes/testing:golden_test
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "ir/lower.h"
#include "ir/testing/code.h"
#include "ir/testing/interpreter.h"
#include "ir/text_parser.h"
#include "ir/text_printer.h"
#include "ir/type_lookup.h"
#include "ir/verifier.h"
#include "ir/wasm/validator.h"
#include "passes/dce.h"
#include "passes/function_pass.h"
#include "passes/gvn.h"
#include "passes/rules.h"
#include "passes/simplify_branches.h"

namespace weft::passes {
namespace {

namespace fs = std::filesystem;
using ir::testing::Interpret;
using ir::testing::Listing;
using ir::testing::Outcome;
using ir::testing::TestModule;

constexpr char kFolder[] = "testdata/passes";
constexpr char kAfter[] = ".after.ir";

struct NamedPass {
  const char* name;
  FunctionPass pass;
};

constexpr NamedPass kPasses[] = {{"dce", Dce},
                                 {"gvn", Gvn},
                                 {"rules", Rules},
                                 {"simplify-branches", SimplifyBranches}};

std::vector<fs::path> Cases() {
  std::vector<fs::path> cases;
  for (const auto& entry : fs::recursive_directory_iterator(kFolder)) {
    const std::string name = entry.path().filename().string();
    const bool is_result =
        name.size() > sizeof(kAfter) &&
        name.rfind(kAfter) == name.size() + 1 - sizeof(kAfter);
    if (entry.path().extension() == ".ir" && !is_result) {
      cases.push_back(entry.path());
    }
  }
  std::sort(cases.begin(), cases.end());
  return cases;
}

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string Print(const wasm::Module& module, const ir::Function& f) {
  std::string text;
  ir::PrintFunction(module, f, &text);
  return text;
}

class GoldenTest : public ::testing::TestWithParam<fs::path> {
 protected:
  // Makes the module, with a function of the signature that `text` has.
  void MakeModule(const std::string& text) {
    TestModule any;
    ASSERT_TRUE(any.Build().ok());
    ir::Function f;
    const absl::Status status = ir::ParseFunction(any.module(), text, &f);
    ASSERT_TRUE(status.ok()) << status;
    func_ =
        test_.AddFunc(f.params, f.results, {},
                      ir::testing::Code().Do(ir::testing::Op::kUnreachable));
    ASSERT_TRUE(test_.Build().ok());
  }

  void Parse(const std::string& text, ir::Function* f) {
    absl::Status status = ir::ParseFunction(test_.module(), text, f);
    ASSERT_TRUE(status.ok()) << status;
    status = ir::Verify(test_.module(), *f);
    ASSERT_TRUE(status.ok()) << status << "\n" << text;
  }

  // Lowers the function with that text.
  void Lower(const std::string& text, std::vector<uint8_t>* body) {
    ir::Function f;
    Parse(text, &f);
    const ir::TypeLookup types(test_.module());
    wasm::ByteWriter out;
    absl::Status status = ir::Lowerer(test_.module(), types).Lower(&f, &out);
    ASSERT_TRUE(status.ok()) << status;
    *body = out.Take();
    const wasm::ModuleContext context(test_.module());
    status = wasm::BodyValidator(context).Validate(func_, *body, 0);
    ASSERT_TRUE(status.ok()) << status << "\n"
                             << Listing(test_.module(), *body);
  }

  void ExpectSameBehaviour(const std::string& before,
                           const std::string& after) {
    std::vector<uint8_t> bodies[2];
    Lower(before, &bodies[0]);
    Lower(after, &bodies[1]);
    if (HasFailure()) return;
    const size_t params = test_.module().func_type(func_).params.size();
    for (uint64_t run = 0; run < 6; ++run) {
      std::vector<uint64_t> args;
      for (uint64_t i = 0; i < params; ++i) args.push_back(run * (i + 1) % 7);
      const Outcome expected =
          Interpret(test_.module(), func_, bodies[0], args, run);
      if (expected.kind == Outcome::kUnsupported) return;
      const Outcome actual =
          Interpret(test_.module(), func_, bodies[1], args, run);
      EXPECT_TRUE(expected == actual)
          << ToString(expected) << "became " << ToString(actual);
    }
  }

  TestModule test_;
  uint32_t func_ = 0;
};

// Where refreshed goldens go, or empty.
fs::path Workspace() {
  const char* update = std::getenv("WEFT_UPDATE_GOLDENS");
  const char* workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  return update == nullptr || workspace == nullptr ? fs::path() : workspace;
}

TEST_P(GoldenTest, Case) {
  const fs::path path = GetParam();
  const std::string name = path.parent_path().filename().string();
  const auto pass =
      std::find_if(std::begin(kPasses), std::end(kPasses),
                   [&](const NamedPass& p) { return p.name == name; });
  ASSERT_NE(pass, std::end(kPasses)) << "no pass for folder " << name;
  const std::string input = ReadFile(path);
  EXPECT_EQ(input.rfind(";; ", 0), 0u)
      << "a case opens with a sentence that says what it shows";
  EXPECT_LE(std::count(input.begin(), input.end(), '\n'), 40);
  MakeModule(input);
  if (HasFatalFailure()) return;

  ir::Function f;
  Parse(input, &f);
  if (HasFatalFailure()) return;
  const std::string before = Print(test_.module(), f);
  const bool for_size = input.find("\n;; for: speed\n") == std::string::npos;
  const FunctionContext context{test_.module(), for_size};
  const bool changed = pass->pass(context, &f);
  const absl::Status verified = ir::Verify(test_.module(), f);
  ASSERT_TRUE(verified.ok()) << verified;
  const std::string after = Print(test_.module(), f);
  EXPECT_EQ(changed, before != after) << after;
  EXPECT_FALSE(pass->pass(context, &f)) << "a second run changes it to\n"
                                        << Print(test_.module(), f);
  EXPECT_EQ(Print(test_.module(), f), after);
  ExpectSameBehaviour(before, after);

  fs::path golden = path;
  golden.replace_extension(kAfter);
  if (!Workspace().empty()) {
    std::ofstream(Workspace() / golden) << after;
  } else {
    EXPECT_EQ(after, ReadFile(golden))
        << "see golden_test.cc for how to write it anew";
  }
}

std::string NameOf(const ::testing::TestParamInfo<fs::path>& info) {
  std::string name = info.param.parent_path().filename().string() + "_" +
                     info.param.stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Passes, GoldenTest, ::testing::ValuesIn(Cases()),
                         NameOf);

}  // namespace
}  // namespace weft::passes
