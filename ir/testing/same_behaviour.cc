#include "ir/testing/same_behaviour.h"

#include "gtest/gtest.h"
#include "ir/testing/interpreter.h"

namespace weft::ir::testing {

std::vector<uint8_t> ExpectSame(
    const TestBody& body, const std::vector<std::vector<uint64_t>>& arguments) {
  TestModule test;
  // Block types that several results need.
  test.Type({}, {kI32, kI32});
  const uint32_t func =
      test.AddFunc(body.params, body.results, body.locals, body.code);
  const absl::Status built = test.Build();
  EXPECT_TRUE(built.ok()) << "the test's own body: " << built;
  if (!built.ok()) return {};
  const wasm::Module& module = test.module();
  const wasm::ByteSpan before = module.funcs[func].body;
  std::vector<uint8_t> after;
  const absl::Status status = SettledRoundTrip(module, func, &after);
  EXPECT_TRUE(status.ok()) << status << "\n" << Listing(module, before);
  if (!status.ok()) return after;
  for (const std::vector<uint64_t>& args : arguments) {
    for (uint64_t global : {0, 3}) {
      const Outcome expected = Interpret(module, func, before, args, global);
      EXPECT_NE(expected.kind, Outcome::kUnsupported) << expected.unsupported;
      EXPECT_NE(expected.kind, Outcome::kOutOfFuel);
      const Outcome actual = Interpret(module, func, after, args, global);
      EXPECT_TRUE(expected == actual)
          << ToString(expected) << "became " << ToString(actual)
          << Listing(module, before) << "became\n"
          << Listing(module, after);
    }
  }
  return after;
}

}  // namespace weft::ir::testing
