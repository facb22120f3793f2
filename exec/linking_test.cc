// Matching of imports, and the linker.
#include "exec/testing.h"

namespace weft::exec {
namespace {

using testing::CompileText;

class LinkingTest : public testing::ExecTest {
 protected:
  // Everything that can be imported, as the official suite's "spectest".
  void SetUp() override {
    const Instance exporter = Instantiate(R"(
      (module
        (type $f (func (param i32) (result i32)))
        (type $base (sub (func)))
        (type $sub (sub $base (func)))
        (func (export "f") (type $f) (local.get 0))
        (func (export "base") (type $base))
        (func (export "sub") (type $sub))
        (func (export "plain"))
        (table (export "t10-20") 10 20 funcref)
        (table (export "t10") 10 funcref)
        (table (export "t64") i64 10 20 funcref)
        (table (export "text") 10 20 externref)
        (memory (export "m1-2") 1 2)
        (memory (export "m1") 1)
        (memory (export "m64") i64 1 2)
        (memory (export "shared") 1 2 shared)
        (global (export "i32") i32 (i32.const 7))
        (global (export "mut") (mut i32) (i32.const 8))
        (global (export "func") funcref (ref.null func))
        (global (export "mutfunc") (mut funcref) (ref.null func))
        (tag (export "tag") (param i32))
        (tag (export "tag0"))))");
    ASSERT_TRUE(linker_.DefineInstance(*store_, "m", exporter).ok());
  }

  // Whether `import` can be resolved; other errors than that of the wrong type
  // fail the test.
  bool Links(const std::string& import) {
    const std::string error = LinkError("(module " + import + ")");
    if (error.empty()) return true;
    EXPECT_EQ(error.find("incompatible import type"), 0u) << error;
    return false;
  }
};

TEST_F(LinkingTest, Functions) {
  EXPECT_TRUE(Links(R"((import "m" "f" (func (param i32) (result i32))))"));
  EXPECT_FALSE(Links(R"((import "m" "f" (func (param i32))))"));
  EXPECT_FALSE(Links(R"((import "m" "f" (func (param i64) (result i32))))"));
  EXPECT_FALSE(Links(R"((import "m" "f" (memory 1)))"));
  EXPECT_FALSE(Links(R"((import "m" "f" (global i32)))"));
}

TEST_F(LinkingTest, FunctionSubtypes) {
  const char* const types = R"(
    (type $base (sub (func)))
    (type $sub (sub $base (func))))";
  const auto links = [&](const char* import) {
    return Links(std::string(types) + import);
  };
  EXPECT_TRUE(links(R"((import "m" "base" (func (type $base))))"));
  EXPECT_TRUE(links(R"((import "m" "sub" (func (type $base))))"));
  EXPECT_TRUE(links(R"((import "m" "sub" (func (type $sub))))"));
  EXPECT_FALSE(links(R"((import "m" "base" (func (type $sub))))"));
  EXPECT_FALSE(links(R"((import "m" "plain" (func (type $base))))"));
  EXPECT_FALSE(links(R"((import "m" "base" (func)))"));
}

TEST_F(LinkingTest, Tables) {
  EXPECT_TRUE(Links(R"((import "m" "t10-20" (table 10 20 funcref)))"));
  EXPECT_TRUE(Links(R"((import "m" "t10-20" (table 5 funcref)))"));
  EXPECT_TRUE(Links(R"((import "m" "t10-20" (table 0 25 funcref)))"));
  EXPECT_FALSE(Links(R"((import "m" "t10-20" (table 11 funcref)))"));
  EXPECT_FALSE(Links(R"((import "m" "t10-20" (table 10 19 funcref)))"));
  EXPECT_FALSE(Links(R"((import "m" "t10" (table 10 20 funcref)))"));
  EXPECT_FALSE(Links(R"((import "m" "t10-20" (table i64 10 20 funcref)))"));
  EXPECT_TRUE(Links(R"((import "m" "t64" (table i64 10 20 funcref)))"));
  EXPECT_FALSE(Links(R"((import "m" "text" (table 10 20 funcref)))"));
}

TEST_F(LinkingTest, TablesCountAsTheyAreNow) {
  auto table = std::get<Table>(linker_.Get(*store_, "m", "t10").value());
  EXPECT_FALSE(Links(R"((import "m" "t10" (table 12 funcref)))"));
  EXPECT_EQ(table.Grow(*store_, 2, Val::Null(wasm::HeapType::kFunc)).value(),
            10u);
  EXPECT_TRUE(Links(R"((import "m" "t10" (table 12 funcref)))"));
}

TEST_F(LinkingTest, Memories) {
  EXPECT_TRUE(Links(R"((import "m" "m1-2" (memory 1 2)))"));
  EXPECT_TRUE(Links(R"((import "m" "m1-2" (memory 0 3)))"));
  EXPECT_FALSE(Links(R"((import "m" "m1-2" (memory 2)))"));
  EXPECT_FALSE(Links(R"((import "m" "m1" (memory 1 2)))"));
  EXPECT_FALSE(Links(R"((import "m" "m1-2" (memory i64 1 2)))"));
  EXPECT_TRUE(Links(R"((import "m" "m64" (memory i64 1 2)))"));
  EXPECT_TRUE(Links(R"((import "m" "shared" (memory 1 2 shared)))"));
  EXPECT_FALSE(Links(R"((import "m" "shared" (memory 1 2)))"));
  EXPECT_FALSE(Links(R"((import "m" "m1-2" (memory 1 2 shared)))"));
  EXPECT_FALSE(Links(R"((import "m" "m1" (memory 0 (pagesize 1))))"));
}

TEST_F(LinkingTest, Globals) {
  EXPECT_TRUE(Links(R"((import "m" "i32" (global i32)))"));
  EXPECT_FALSE(Links(R"((import "m" "i32" (global i64)))"));
  EXPECT_FALSE(Links(R"((import "m" "i32" (global (mut i32))))"));
  EXPECT_FALSE(Links(R"((import "m" "mut" (global i32)))"));
  EXPECT_TRUE(Links(R"((import "m" "mut" (global (mut i32))))"));
  EXPECT_TRUE(Links(R"((import "m" "func" (global funcref)))"));
  EXPECT_FALSE(Links(R"((import "m" "func" (global (ref func))))"));
  EXPECT_FALSE(Links(R"((import "m" "func" (global externref)))"));
  EXPECT_FALSE(Links(R"((import "m" "mutfunc" (global (mut nullfuncref))))"));
}

TEST_F(LinkingTest, Tags) {
  EXPECT_TRUE(Links(R"((import "m" "tag" (tag (param i32))))"));
  EXPECT_FALSE(Links(R"((import "m" "tag" (tag)))"));
  EXPECT_TRUE(Links(R"((import "m" "tag0" (tag)))"));
}

TEST_F(LinkingTest, Errors) {
  EXPECT_EQ(LinkError(R"((module (import "m" "f" (func (param i32)
            (result i32))) (import "m" "what" (func))))"),
            "unknown import: \"m\" \"what\"");
  EXPECT_EQ(LinkError(R"((module (import "m" "f" (table 1 funcref))))"),
            "incompatible import type: \"m\" \"f\" is a function, not a table");
  EXPECT_EQ(LinkError(R"((module (import "m" "i32" (global i64))))"),
            "incompatible import type: \"m\" \"i32\" is a global of another "
            "type");
  EXPECT_EQ(
      Instance::New(*store_, Compile("(module)"), {Tag()}).status().code(),
      absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(linker_.Define("m", "f", Tag()).code(),
            absl::StatusCode::kAlreadyExists);
  linker_.allow_shadowing(true);
  EXPECT_TRUE(linker_.Define("m", "f", Tag()).ok());
}

TEST_F(LinkingTest, OtherStoresAndEngines) {
  auto other = Store::New(engine_).value();
  const Module importer =
      Compile(R"((module (import "m" "i32" (global i32))))");
  EXPECT_EQ(linker_.Instantiate(*other, importer).status().code(),
            absl::StatusCode::kFailedPrecondition);
  Engine foreign;
  auto foreign_store = Store::New(foreign).value();
  EXPECT_EQ(linker_.Instantiate(*foreign_store, importer).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(
      Instance::New(*foreign_store, Compile("(module)"), {}).status().code(),
      absl::StatusCode::kFailedPrecondition);
}

TEST_F(LinkingTest, FailedLinkingLeavesNothing) {
  const Store::Usage before = store_->usage();
  LinkError(R"((module (import "m" "f" (memory 1)) (memory 10)))");
  EXPECT_EQ(store_->usage().memory_bytes, before.memory_bytes);
  EXPECT_EQ(store_->usage().instances, before.instances);
}

TEST_F(LinkingTest, HostFunctionsAreDefinedForEveryStore) {
  int calls = 0;
  ASSERT_TRUE(linker_
                  .DefineFunc("host", "f", {{wasm::ValueType::kI32}, {}},
                              [&](Caller&, absl::Span<const Val> args,
                                  absl::Span<Val>) {
                                calls += static_cast<int>(args[0].i32());
                                return HostResult::Ok();
                              })
                  .ok());
  auto other = Store::New(engine_).value();
  for (Store* store : {store_.get(), other.get(), store_.get()}) {
    auto func = std::get<Func>(linker_.Get(*store, "host", "f").value());
    EXPECT_TRUE(func.Call(*store, {Val::I32(2)}, {}).value().returned());
  }
  EXPECT_EQ(calls, 6);
}

TEST_F(LinkingTest, StubsStandInForUnknownImports) {
  const char* const text = R"(
    (module
      (import "x" "f" (func $f (param i32) (result i64)))
      (import "x" "m" (memory 2 3))
      (import "x" "t" (table 4 externref))
      (import "x" "g" (global i64))
      (import "x" "h" (global (mut funcref)))
      (import "x" "tag" (tag (param f32)))
      (export "f" (func $f)) (export "g" (global 0)) (export "m" (memory 0))))";
  EXPECT_EQ(LinkError(text), "unknown import: \"x\" \"f\"");
  linker_.stub_imports(true);
  const Instance instance = Instantiate(text);
  const CallResult result = Call(instance, "f", {Val::I32(1)}, 1);
  EXPECT_EQ(result.kind, CallResult::kTrapped);
  EXPECT_EQ(result.trap.kind, TrapKind::kHostTrap);
  EXPECT_EQ(result.trap.message, "unknown import \"x\" \"f\" was called");
  EXPECT_EQ(GlobalOf(instance, "g").i64(), 0u);
  EXPECT_EQ(instance.GetMemory(*store_, "m")->size(*store_).value(), 2u);
  EXPECT_EQ(LinkError(R"((module (import "x" "r" (global (ref func)))))"),
            "unknown import: \"x\" \"r\"");
}

}  // namespace
}  // namespace weft::exec
