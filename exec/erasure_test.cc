// The executor's code is there once, whatever types embedders keep in stores.
#include <cstdint>
#include <set>
#include <string>

#include "exec/testing.h"
#include "exec/testing_symbols.h"

namespace weft::exec {
namespace {

struct FirstData {
  int value = 1;
};
struct SecondData {
  std::string text = "two";
};

// Everything an embedder does with its type, and a call through the executor.
template <typename T>
bool UseStoreOf() {
  Engine engine;
  auto store = TypedStore<T>::New(engine, T()).value();
  bool called = false;
  const Func func =
      Func::New(*store, FuncType(),
                [&](Caller& caller, absl::Span<const Val>, absl::Span<Val>) {
                  called = TypedStore<T>::From(caller.store()).ok();
                  return HostResult::Ok();
                })
          .value();
  return func.Call(*store, {}, {})->returned() && called;
}

TEST(ErasureTest, TypesOfEmbeddersAddNoCodeToTheExecutor) {
  ASSERT_TRUE(UseStoreOf<FirstData>());
  ASSERT_TRUE(UseStoreOf<SecondData>());
  const auto symbols = testing::FunctionSymbols();
  if (symbols.empty()) GTEST_SKIP() << "the program is stripped";
  uint64_t typed_bytes = 0;
  std::multiset<std::string> functions;
  for (const testing::FunctionSymbol& symbol : symbols) {
    const bool typed = symbol.name.find("FirstData") != std::string::npos ||
                       symbol.name.find("SecondData") != std::string::npos;
    if (typed) {
      typed_bytes += symbol.bytes;
      // Nothing but what this file and TypedStore say themselves.
      EXPECT_EQ(symbol.name.find("StoreData"), std::string::npos);
      EXPECT_EQ(symbol.name.find("InstanceData"), std::string::npos);
    }
    functions.insert(symbol.name.substr(0, symbol.name.find('(')));
  }
  // Unoptimized and instrumented builds included.
  EXPECT_LT(typed_bytes, uint64_t{64} << 10);
  EXPECT_EQ(functions.count("weft::exec::StoreData::Call"), 1u);
  EXPECT_EQ(functions.count("weft::exec::Execute"), 1u);
}

}  // namespace
}  // namespace weft::exec
