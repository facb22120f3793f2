// Guests and host functions call each other.
#include <string>
#include <vector>

#include "exec/testing.h"

namespace weft::exec {
namespace {

using wasm::HeapType;
using wasm::ValueType;

struct Config {
  const char* name;
  EngineOptions engine;
  StoreOptions store;
};

const Config kConfigs[] = {
    {"Plain", {}, {}},
    {"Explicit", {.bounds = Bounds::kExplicit}, {}},
    {"Eager", {.eager = true, .threads = 2}, {}},
    {"NoFuse", {.fuse = false}, {}},
    {"Metering", {.metering = true}, {}},
    {"GcStress", {}, {.gc_stress = true}},
};

class GuestCallsTest : public testing::ExecTest,
                       public ::testing::WithParamInterface<Config> {
 protected:
  GuestCallsTest() : ExecTest(GetParam().engine, GetParam().store) {
    store_->set_fuel(1000000);
  }

  void Define(const char* name, const FuncType& type, HostCallback callback) {
    ASSERT_TRUE(
        linker_.DefineFunc("host", name, type, std::move(callback)).ok());
  }
};

INSTANTIATE_TEST_SUITE_P(All, GuestCallsTest, ::testing::ValuesIn(kConfigs),
                         [](const ::testing::TestParamInfo<Config>& info) {
                           return std::string(info.param.name);
                         });

TEST_P(GuestCallsTest, ArgumentsAndResultsOfEveryType) {
  const Instance instance = Instantiate(R"(
    (module
      (func (export "all")
        (param i32 i64 f32 f64 v128 externref)
        (result externref v128 f64 f32 i64 i32)
        (local.get 5) (local.get 4) (local.get 3)
        (local.get 2) (local.get 1) (local.get 0))))");
  const CallResult result =
      Call(instance, "all",
           {Val::I32(1), Val::I64(2), Val::F32(3), Val::F64(4), Val::V128(5, 6),
            store_->NewHostRef(7).value()},
           6);
  ASSERT_TRUE(result.returned());
  EXPECT_EQ(store_->HostValue(results()[0]).value(), 7u);
  EXPECT_EQ(results()[1].low(), 5u);
  EXPECT_EQ(results()[1].high(), 6u);
  EXPECT_EQ(results()[2].f64(), 4);
  EXPECT_EQ(results()[3].f32(), 3);
  EXPECT_EQ(results()[4].i64(), 2u);
  EXPECT_EQ(results()[5].i32(), 1u);
}

TEST_P(GuestCallsTest, HostFunctionsGetArgumentsAndGiveResults) {
  std::vector<uint64_t> seen;
  Define(
      "f",
      {{ValueType::kI32, ValueType::kV128, ValueType::kI64},
       {ValueType::kI64, ValueType::kV128}},
      [&](Caller& caller, absl::Span<const Val> args, absl::Span<Val> results) {
        EXPECT_TRUE(caller.instance().ok());
        EXPECT_TRUE(caller.GetExport("run").ok());
        EXPECT_FALSE(caller.GetExport("none").ok());
        seen = {args[0].i32(), args[1].low(), args[1].high(), args[2].i64()};
        results[0] = Val::I64(100);
        results[1] = Val::V128(7, 8);
        return HostResult::Ok();
      });
  const Instance instance = Instantiate(R"(
    (module
      (import "host" "f"
        (func $f (param i32 v128 i64) (result i64 v128)))
      (func (export "run") (result i64)
        (local $v v128)
        (call $f (i32.const 1) (v128.const i64x2 2 3) (i64.const 4))
        (local.set $v)
        (i64.add (i64x2.extract_lane 1 (local.get $v))))))");
  EXPECT_EQ(Call1(instance, "run"), 108u);
  EXPECT_EQ(seen, std::vector<uint64_t>({1, 2, 3, 4}));
}

TEST_P(GuestCallsTest, HostFunctionsCallGuests) {
  Define(
      "fac", {{ValueType::kI64}, {ValueType::kI64}},
      [](Caller& caller, absl::Span<const Val> args, absl::Span<Val> results) {
        const Extern fac = caller.GetExport("fac").value();
        auto call = std::get<Func>(fac).Call(caller.store(), args, results);
        return HostResult::From(*std::move(call));
      });
  const Instance instance = Instantiate(R"(
    (module
      (import "host" "fac" (func $host_fac (param i64) (result i64)))
      (func (export "fac") (param $n i64) (result i64)
        (local $keep i64)
        (local.set $keep (i64.add (local.get $n) (i64.const 0)))
        (if (result i64) (i64.eqz (local.get $n))
          (then (i64.const 1))
          (else
            (i64.mul (local.get $keep)
              (call $host_fac
                (i64.sub (local.get $n) (i64.const 1)))))))))");
  EXPECT_EQ(Call1(instance, "fac", {Val::I64(20)}), 2432902008176640000u);
  // 128 activations, half of them the host's own.
  const CallResult deep = Call(instance, "fac", {Val::I64(1000)}, 1);
  EXPECT_EQ(deep.trap.kind, TrapKind::kCallStackExhausted);
  EXPECT_EQ(Call1(instance, "fac", {Val::I64(5)}), 120u);
}

TEST_P(GuestCallsTest, HostFunctionsGrowTheMemory) {
  Define(
      "grow", {}, [](Caller& caller, absl::Span<const Val>, absl::Span<Val>) {
        const Memory memory = caller.memory().value();
        EXPECT_TRUE(memory.Grow(caller.store(), 10).ok());
        const uint8_t byte = 42;
        EXPECT_TRUE(memory.Write(caller.store(), 65536 * 5, {&byte, 1}).ok());
        return HostResult::Ok();
      });
  const Instance instance = Instantiate(R"(
    (module
      (import "host" "grow" (func $grow))
      (memory 1)
      (func (export "run") (result i32)
        (call $grow)
        (i32.add (memory.size) (i32.load8_u (i32.const 327680))))))");
  EXPECT_EQ(Call1(instance, "run"), 11u + 42u);
}

TEST_P(GuestCallsTest, TrapsTellWhere) {
  Define("fail", {}, [](Caller&, absl::Span<const Val>, absl::Span<Val>) {
    return HostResult::Trap("the disk is full");
  });
  const Instance instance = Instantiate(R"(
    (module $program
      (import "host" "fail" (func $fail))
      (func $inner (unreachable))
      (func $middle (call $inner))
      (func (export "run") (call $middle) (nop))
      (func $outer (export "host") (nop) (call $fail))))");
  const CallResult result = Call(instance, "run");
  EXPECT_EQ(result.trap.kind, TrapKind::kUnreachable);
  ASSERT_EQ(result.trap.backtrace.size(), 3u);
  EXPECT_EQ(result.trap.backtrace[0].func_name, "inner");
  EXPECT_EQ(result.trap.backtrace[0].func, 1u);
  EXPECT_EQ(result.trap.backtrace[1].func_name, "middle");
  EXPECT_EQ(result.trap.backtrace[2].func_name, "run");
  EXPECT_EQ(result.trap.backtrace[2].func, 3u);
  EXPECT_EQ(result.trap.backtrace[0].module_name, "program");
  const wasm::Module& module = instance.module(*store_)->wasm();
  // The first operator of $inner, behind the byte of no locals.
  EXPECT_EQ(result.trap.backtrace[0].offset, module.funcs[1].body_offset + 1);
  EXPECT_EQ(result.trap.backtrace[1].offset, module.funcs[2].body_offset + 1);
  EXPECT_NE(TrapText(result.trap).find("unreachable\n  at inner (program+0x"),
            std::string::npos);
  const CallResult host = Call(instance, "host");
  EXPECT_EQ(host.trap.message, "the disk is full");
  ASSERT_EQ(host.trap.backtrace.size(), 1u);
  EXPECT_EQ(host.trap.backtrace[0].func_name, "outer");
  EXPECT_EQ(host.trap.backtrace[0].offset, module.funcs[4].body_offset + 2);
}

TEST_P(GuestCallsTest, StartFunctionsRun) {
  const Instance instance = Instantiate(R"(
    (module (global $g (export "g") (mut i32) (i32.const 1))
      (func $start (global.set $g (i32.const 2))) (start $start)))");
  EXPECT_EQ(GlobalOf(instance, "g").i32(), 2u);
  EXPECT_EQ(InstantiateTrap("(module (func $s (unreachable)) (start $s))"),
            TrapKind::kUnreachable);
}

TEST_P(GuestCallsTest, ExceptionsOfTheHostAreCaughtByGuests) {
  const Tag tag = Tag::New(*store_, {ValueType::kI32}).value();
  ASSERT_TRUE(linker_.Define("host", "tag", tag).ok());
  Define("throw", {{ValueType::kI32}, {}},
         [tag](Caller& caller, absl::Span<const Val> args, absl::Span<Val>) {
           return HostResult::Throw(
               tag.NewException(caller.store(), args).value());
         });
  const Instance instance = Instantiate(R"(
    (module
      (import "host" "throw" (func $throw (param i32)))
      (import "host" "tag" (tag $tag (param i32)))
      (func (export "catch") (param i32) (result i32)
        (block $h (result i32)
          (try_table (catch $tag $h) (call $throw (local.get 0)))
          (i32.const -1)))
      (func (export "pass") (param i32) (call $throw (local.get 0)))))");
  EXPECT_EQ(Call1(instance, "catch", {Val::I32(77)}), 77u);
  const CallResult passed = Call(instance, "pass", {Val::I32(78)});
  ASSERT_EQ(passed.kind, CallResult::kThrew);
  EXPECT_EQ((*tag.Payload(*store_, passed.exception))[0].i32(), 78u);
}

TEST_P(GuestCallsTest, ExceptionsOfGuestsReachTheHostAndGoOn) {
  const Tag tag = Tag::New(*store_, {ValueType::kI64}).value();
  ASSERT_TRUE(linker_.Define("host", "tag", tag).ok());
  int caught = 0;
  Define("forward", {},
         [&](Caller& caller, absl::Span<const Val>, absl::Span<Val>) {
           const Extern thrower = caller.GetExport("throw").value();
           CallResult call =
               std::get<Func>(thrower).Call(caller.store(), {}, {}).value();
           caught += call.kind == CallResult::kThrew;
           caller.store().CollectGarbage();
           return HostResult::From(std::move(call));
         });
  const Instance instance = Instantiate(R"(
    (module
      (import "host" "forward" (func $forward))
      (import "host" "tag" (tag $tag (param i64)))
      (func (export "throw") (throw $tag (i64.const 5)))
      (func (export "run") (result i64)
        (block $h (result i64)
          (try_table (catch $tag $h) (call $forward))
          (i64.const -1)))))");
  EXPECT_EQ(Call1(instance, "run"), 5u);
  EXPECT_EQ(caught, 1);
}

TEST_P(GuestCallsTest, ExitEndsAllActivations) {
  int after = 0;
  Define("exit", {{ValueType::kI32}, {}},
         [](Caller&, absl::Span<const Val> args, absl::Span<Val>) {
           return HostResult::Exit(static_cast<int>(args[0].i32()));
         });
  Define("again", {},
         [&](Caller& caller, absl::Span<const Val>, absl::Span<Val>) {
           const Extern inner = caller.GetExport("inner").value();
           CallResult call =
               std::get<Func>(inner).Call(caller.store(), {}, {}).value();
           EXPECT_EQ(call.kind, CallResult::kExited);
           ++after;
           return HostResult::From(std::move(call));
         });
  const Instance instance = Instantiate(R"(
    (module
      (import "host" "exit" (func $exit (param i32)))
      (import "host" "again" (func $again))
      (global $g (export "g") (mut i32) (i32.const 0))
      (func (export "inner") (call $exit (i32.const 3))
        (global.set $g (i32.const 1)))
      (func (export "run") (call $again) (global.set $g (i32.const 2)))))");
  const CallResult result = Call(instance, "run");
  EXPECT_EQ(result.kind, CallResult::kExited);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(after, 1);
  EXPECT_EQ(GlobalOf(instance, "g").i32(), 0u);
}

TEST_P(GuestCallsTest, ATrapThatTheHostHandlesDoesNotHurtItsCaller) {
  Define("try", {{}, {ValueType::kI32}},
         [](Caller& caller, absl::Span<const Val>, absl::Span<Val> results) {
           const Extern inner = caller.GetExport("inner").value();
           const CallResult call =
               std::get<Func>(inner).Call(caller.store(), {}, {}).value();
           EXPECT_EQ(call.trap.kind, TrapKind::kIntegerDivideByZero);
           EXPECT_EQ(call.trap.backtrace.size(), 2u);
           results[0] = Val::I32(9);
           return HostResult::Ok();
         });
  const Instance instance = Instantiate(R"(
    (module
      (import "host" "try" (func $try (result i32)))
      (func (export "inner") (drop (i32.div_u (i32.const 1) (i32.const 0))))
      (func (export "run") (param i32) (result i32)
        (i32.add (local.get 0) (call $try)))))");
  EXPECT_EQ(Call1(instance, "run", {Val::I32(5)}), 14u);
}

TEST_P(GuestCallsTest, ReferencesTravel) {
  Val kept;
  Define("keep", {{ValueType::Ref(HeapType::kAny, true)}, {}},
         [&](Caller& caller, absl::Span<const Val> args, absl::Span<Val>) {
           kept = args[0];
           caller.store().CollectGarbage();
           return HostResult::Ok();
         });
  const Instance instance = Instantiate(R"(
    (module
      (type $s (struct (field i32)))
      (import "host" "keep" (func $keep (param anyref)))
      (func (export "make") (param i32)
        (call $keep (struct.new $s (local.get 0))))
      (func (export "read") (param anyref) (result i32)
        (struct.get $s 0 (ref.cast (ref $s) (local.get 0))))
      (func (export "typed") (param (ref $s)) (result i32)
        (struct.get $s 0 (local.get 0)))))");
  Call(instance, "make", {Val::I32(31)});
  store_->CollectGarbage();
  EXPECT_EQ(Call1(instance, "read", {kept}), 31u);
  EXPECT_EQ(Call1(instance, "typed", {kept}), 31u);
  EXPECT_EQ(Call(instance, "read", {Val::I31(3)}, 1).trap.kind,
            TrapKind::kCastFailure);
  const Func typed = instance.GetFunc(*store_, "typed").value();
  Val result;
  EXPECT_EQ(typed.Call(*store_, {Val::I31(3)}, {&result, 1}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_P(GuestCallsTest, CallsBetweenInstancesAndThroughTables) {
  Define("double", {{ValueType::kI32}, {ValueType::kI32}},
         [](Caller&, absl::Span<const Val> args, absl::Span<Val> results) {
           results[0] = Val::I32(args[0].i32() * 2);
           return HostResult::Ok();
         });
  const Instance first = Instantiate(R"(
    (module
      (import "host" "double" (func $double (param i32) (result i32)))
      (global $g (mut i32) (i32.const 10))
      (func $add (export "add") (param i32) (result i32)
        (global.set $g (i32.add (global.get $g) (i32.const 1)))
        (i32.add (local.get 0) (global.get $g)))
      (table (export "table") funcref (elem $add $double))))");
  ASSERT_TRUE(linker_.DefineInstance(*store_, "first", first).ok());
  const Instance second = Instantiate(R"(
    (module
      (type $f (func (param i32) (result i32)))
      (import "first" "add" (func $add (param i32) (result i32)))
      (import "first" "table" (table 2 funcref))
      (global $g (mut i32) (i32.const 1000))
      (func (export "direct") (result i32)
        (i32.add (call $add (i32.const 1)) (global.get $g)))
      (func (export "table") (param i32) (result i32)
        (i32.add (call_indirect (type $f) (i32.const 4) (local.get 0))
                 (global.get $g)))))");
  EXPECT_EQ(Call1(second, "direct"), 1u + 11 + 1000);
  EXPECT_EQ(Call1(second, "table", {Val::I32(0)}), 4u + 12 + 1000);
  EXPECT_EQ(Call1(second, "table", {Val::I32(1)}), 8u + 1000);
  EXPECT_EQ(Call(second, "table", {Val::I32(2)}, 1).trap.kind,
            TrapKind::kUndefinedElement);
}

struct Counter {
  int calls = 0;
};

TEST(TypedStoreTest, HostFunctionsReachTheirData) {
  Engine engine;
  auto store = TypedStore<Counter>::New(engine, Counter()).value();
  Linker linker(engine);
  ASSERT_TRUE(linker
                  .DefineFunc("host", "count", FuncType(),
                              [](Caller& caller, absl::Span<const Val>,
                                 absl::Span<Val>) {
                                auto typed =
                                    TypedStore<Counter>::From(caller.store());
                                ++typed->data().calls;
                                return HostResult::Ok();
                              })
                  .ok());
  const Module module = testing::CompileText(engine, R"(
      (module (import "host" "count" (func $count))
        (func (export "run") (call $count) (call $count))))")
                            .value();
  const Instance instance = linker.Instantiate(*store, module)->instance;
  ASSERT_TRUE(instance.GetFunc(*store, "run")->Call(*store, {}, {}).ok());
  EXPECT_EQ(TypedStore<Counter>::From(*store)->data().calls, 2);
}

}  // namespace
}  // namespace weft::exec
