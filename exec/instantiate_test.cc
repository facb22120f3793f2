// Constant expressions, segments and limits of instantiation.
#include "exec/testing.h"

namespace weft::exec {
namespace {

class InstantiateTest : public testing::ExecTest {};

TEST_F(InstantiateTest, NumericConstants) {
  const Instance instance = Instantiate(R"(
    (module
      (global (export "a") i32 (i32.const -1))
      (global (export "b") i64 (i64.const 0x123456789abcdef))
      (global (export "c") f32 (f32.const nan:0x200001))
      (global (export "d") f64 (f64.const -0x1p-3))
      (global (export "e") v128 (v128.const i64x2 5 6))
      (global (export "f") i32
        (i32.mul (i32.sub (i32.const 3) (i32.const 5))
                 (i32.add (i32.const 0x7fffffff) (i32.const 2))))
      (global (export "g") i64
        (i64.mul (i64.sub (i64.const 3) (i64.const 5))
                 (i64.add (i64.const 10) (i64.const 2))))))");
  EXPECT_EQ(GlobalOf(instance, "a").i32(), 0xffffffffu);
  EXPECT_EQ(GlobalOf(instance, "b").i64(), 0x123456789abcdefu);
  EXPECT_EQ(GlobalOf(instance, "c").f32_bits(), 0x7fa00001u);
  EXPECT_EQ(GlobalOf(instance, "d").f64(), -0.125);
  EXPECT_EQ(GlobalOf(instance, "e").low(), 5u);
  EXPECT_EQ(GlobalOf(instance, "e").high(), 6u);
  EXPECT_EQ(GlobalOf(instance, "f").i32(), 0xfffffffeu);
  EXPECT_EQ(GlobalOf(instance, "g").i64(), static_cast<uint64_t>(-24));
}

TEST_F(InstantiateTest, GlobalsReadEarlierAndImportedOnes) {
  ASSERT_TRUE(linker_
                  .Define("m", "g",
                          Global::New(*store_, {wasm::ValueType::kV128, false},
                                      Val::V128(1, 2))
                              .value())
                  .ok());
  const Instance instance = Instantiate(R"(
    (module
      (import "m" "g" (global v128))
      (global v128 (global.get 0))
      (global i32 (i32.const 5))
      (global (export "v") v128 (global.get 1))
      (global (export "i") i32 (i32.add (global.get 2) (i32.const 1)))))");
  EXPECT_EQ(GlobalOf(instance, "v").high(), 2u);
  EXPECT_EQ(GlobalOf(instance, "i").i32(), 6u);
}

TEST_F(InstantiateTest, ReferencesAndObjects) {
  const Instance instance = Instantiate(R"(
    (module
      (type $s (struct (field i32) (field v128) (field (mut anyref))))
      (type $a (array (mut i16)))
      (type $r (array (ref null $s)))
      (func $f (export "f"))
      (global (export "null") externref (ref.null extern))
      (global (export "func") funcref (ref.func $f))
      (global (export "i31") i31ref (ref.i31 (i32.const -1)))
      (global $s (export "s") (ref $s)
        (struct.new $s (i32.const 1) (v128.const i64x2 2 3)
                       (ref.i31 (i32.const 4))))
      (global (export "s0") (ref $s) (struct.new_default $s))
      (global (export "a") (ref $a) (array.new $a (i32.const 7) (i32.const 3)))
      (global (export "a0") (ref $a) (array.new_default $a (i32.const 3)))
      (global (export "r") (ref $r)
        (array.new_fixed $r 2 (global.get $s) (ref.null none)))
      (global (export "x") externref
        (extern.convert_any (struct.new_default $s)))))");
  EXPECT_TRUE(GlobalOf(instance, "null").is_null());
  const Val func = GlobalOf(instance, "func");
  EXPECT_EQ(Func::FromVal(*store_, func).value(),
            instance.GetFunc(*store_, "f").value());
  EXPECT_EQ(I31Unsigned(GlobalOf(instance, "i31").ref()), 0x7fffffffu);
  for (const char* name : {"s", "s0", "a", "a0", "r", "x"}) {
    EXPECT_TRUE(IsHeapRef(GlobalOf(instance, name).ref())) << name;
  }
  // They are alive as globals are roots.
  store_->CollectGarbage();
  EXPECT_EQ(store_->usage().heap.live_objects, 6u);
}

TEST_F(InstantiateTest, ActiveSegments) {
  const Instance instance = Instantiate(R"(
    (module
      (memory (export "m") 1)
      (table (export "t") 5 funcref)
      (global i32 (i32.const 2))
      (func $f (export "f")) (func $g (export "g"))
      (data (i32.const 1) "abc")
      (data (global.get 0) "X")
      (data "passive")
      (elem (i32.const 1) $f $g)
      (elem (table 0) (offset (i32.const 4)) funcref (ref.func $g))
      (elem func $f)
      (elem declare func $g)))");
  const Memory memory = instance.GetMemory(*store_, "m").value();
  const auto bytes = memory.data(*store_).value();
  EXPECT_EQ(std::string(bytes.begin(), bytes.begin() + 5),
            std::string("\0aXc\0", 5));
  const Table table = instance.GetTable(*store_, "t").value();
  const auto func_at = [&](uint64_t index) {
    return Func::FromVal(*store_, table.Get(*store_, index).value()).value();
  };
  EXPECT_TRUE(table.Get(*store_, 0)->is_null());
  EXPECT_EQ(func_at(1), instance.GetFunc(*store_, "f").value());
  EXPECT_EQ(func_at(2), instance.GetFunc(*store_, "g").value());
  EXPECT_TRUE(table.Get(*store_, 3)->is_null());
  EXPECT_EQ(func_at(4), instance.GetFunc(*store_, "g").value());
}

TEST_F(InstantiateTest, TableInitializers) {
  const Instance instance = Instantiate(R"(
    (module
      (func $f (export "f"))
      (table (export "t") 3 (ref func) (ref.func $f))
      (table (export "u") 2 i31ref (ref.i31 (i32.const 9)))))");
  const Table table = instance.GetTable(*store_, "t").value();
  EXPECT_EQ(Func::FromVal(*store_, table.Get(*store_, 2).value()).value(),
            instance.GetFunc(*store_, "f").value());
  const Table other = instance.GetTable(*store_, "u").value();
  EXPECT_EQ(I31Unsigned(other.Get(*store_, 1)->ref()), 9u);
}

TEST_F(InstantiateTest, SegmentsOutOfBoundsTrapAndEarlierOnesStay) {
  ASSERT_TRUE(
      linker_.Define("m", "m", Memory::New(*store_, {{.min = 1}}).value())
          .ok());
  EXPECT_EQ(InstantiateTrap(R"(
    (module (import "m" "m" (memory 1))
      (data (i32.const 0) "ok")
      (data (i32.const 65535) "no")
      (data (i32.const 2) "never")))"),
            TrapKind::kOutOfBoundsMemoryAccess);
  const auto memory = std::get<Memory>(linker_.Get(*store_, "m", "m").value());
  const auto bytes = memory.data(*store_).value();
  EXPECT_EQ(std::string(bytes.begin(), bytes.begin() + 3),
            std::string("ok\0", 3));
  EXPECT_EQ(bytes[65535], 0);
  EXPECT_EQ(
      InstantiateTrap("(module (memory 1) (data (i32.const 65537) \"\"))"),
      TrapKind::kOutOfBoundsMemoryAccess);
  EXPECT_EQ(
      InstantiateTrap("(module (memory 1) (data (i32.const 65536) \"\"))"),
      TrapKind::kNone);
  EXPECT_EQ(InstantiateTrap("(module (memory 0) (data (i32.const -1) \"a\"))"),
            TrapKind::kOutOfBoundsMemoryAccess);
  EXPECT_EQ(InstantiateTrap(
                "(module (table 1 funcref) (func $f) (elem (i32.const 1) $f))"),
            TrapKind::kOutOfBoundsTableAccess);
}

TEST_F(InstantiateTest, WideAddresses) {
  EXPECT_EQ(InstantiateTrap(
                "(module (memory i64 1) (data (i64.const 65530) \"abcdef\"))"),
            TrapKind::kNone);
  EXPECT_EQ(InstantiateTrap(
                "(module (memory i64 1) (data (i64.const 0x100000000) \"a\"))"),
            TrapKind::kOutOfBoundsMemoryAccess);
  EXPECT_EQ(InstantiateTrap("(module (table i64 3 funcref) (func $f) "
                            "(elem (i64.const 0x100000000) $f))"),
            TrapKind::kOutOfBoundsTableAccess);
}

TEST_F(InstantiateTest, SegmentsReachTheTablesOfOthers) {
  const Instance owner =
      Instantiate("(module (table (export \"t\") 2 funcref))");
  ASSERT_TRUE(linker_.DefineInstance(*store_, "m", owner).ok());
  // The second segment traps; what the first wrote stays and can be called.
  EXPECT_EQ(InstantiateTrap(R"(
    (module (import "m" "t" (table 2 funcref)) (func $f)
      (elem (i32.const 0) $f) (elem (i32.const 2) $f)))"),
            TrapKind::kOutOfBoundsTableAccess);
  const Table table = owner.GetTable(*store_, "t").value();
  EXPECT_FALSE(table.Get(*store_, 0)->is_null());
}

TEST_F(InstantiateTest, CompileErrorsCarryOffsets) {
  const uint8_t bytes[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 99, 0};
  const auto module = Module::Compile(engine_, bytes);
  EXPECT_EQ(module.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(module.status().message().find("at offset 8"), std::string::npos)
      << module.status();
}

TEST_F(InstantiateTest, ModuleTellsWhatItNeedsAndGives) {
  const Module module = Compile(R"(
    (module $name
      (import "a" "f" (func $imported (param i32)))
      (import "a" "t" (table 1 2 externref))
      (func $own (export "own") (result i64) (i64.const 0))
      (memory (export "mem") 3)))");
  EXPECT_EQ(module.name(), "name");
  EXPECT_EQ(module.FuncName(0), "imported");
  EXPECT_EQ(module.FuncName(1), "own");
  EXPECT_EQ(module.FuncName(2), "");
  const auto imports = module.imports();
  ASSERT_EQ(imports.size(), 2u);
  EXPECT_EQ(imports[0].field, "f");
  EXPECT_EQ(imports[0].type.func,
            engine_.RegisterType({{wasm::ValueType::kI32}, {}}).value());
  EXPECT_EQ(imports[1].type.table.limits.max, 2u);
  const auto exports = module.exports();
  ASSERT_EQ(exports.size(), 2u);
  EXPECT_EQ(exports[1].name, "mem");
  EXPECT_EQ(exports[1].type.memory.limits.min, 3u);
}

class LimitsTest : public testing::ExecTest {
 protected:
  LimitsTest()
      : ExecTest({}, {.max_memory = 3 * 65536,
                      .max_table_entries = 100,
                      .max_instances = 5,
                      .max_functions = 4}) {}
};

TEST_F(LimitsTest, OfMemoriesTablesAndInstances) {
  EXPECT_NE(LinkError("(module (memory 2) (memory 2))").find("max-memory"),
            std::string::npos);
  EXPECT_EQ(store_->usage().memory_bytes, 0u);
  EXPECT_NE(LinkError("(module (memory 2) (table 101 funcref))"), "");
  EXPECT_EQ(store_->usage().memory_bytes, 0u);
  EXPECT_EQ(store_->usage().table_entries, 0u);
  for (int i = 0; i < 5; ++i) Instantiate("(module)");
  EXPECT_EQ(LinkError("(module)"), "limit max-instances reached");
}

TEST_F(LimitsTest, OfFunctions) {
  EXPECT_EQ(InstantiateTrap(R"(
    (module (func) (func) (func) (func) (func) (table 5 funcref)
      (elem (i32.const 0) 0 1 2 3 4)))"),
            TrapKind::kOutOfMemory);
  EXPECT_EQ(Func::New(*store_, FuncType(),
                      [](Caller&, absl::Span<const Val>, absl::Span<Val>) {
                        return HostResult::Ok();
                      })
                .status()
                .code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(ManyInstancesTest, TwentyThousandLive) {
  Engine engine;
  auto store = Store::New(engine).value();
  const Module module = testing::CompileText(engine, R"(
        (module (memory (export "m") 1) (table 10 funcref)
          (global (mut i32) (i32.const 1)) (func $f (export "f"))
          (elem (i32.const 0) $f) (data (i32.const 8) "hello")))")
                            .value();
  constexpr int kCount = 20000;
  std::vector<Instance> instances;
  int guarded = 0;
  for (int i = 0; i < kCount; ++i) {
    auto made = Instance::New(*store, module, {});
    ASSERT_TRUE(made.ok()) << made.status();
    ASSERT_TRUE(made->start.returned());
    instances.push_back(made->instance);
    const Memory memory = made->instance.GetMemory(*store, "m").value();
    guarded += memory.bounds(*store).value() == Bounds::kGuard;
  }
  EXPECT_EQ(guarded,
            engine.guards() ? engine.options().max_guarded_memories : 0);
  EXPECT_EQ(store->usage().instances, static_cast<uint64_t>(kCount));
  for (int i = 0; i < kCount; i += 997) {
    const Memory memory = instances[i].GetMemory(*store, "m").value();
    EXPECT_EQ(memory.data(*store).value()[8], 'h');
  }
}

}  // namespace
}  // namespace weft::exec
