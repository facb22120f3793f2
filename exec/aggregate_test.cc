// Fields and elements of every width: what is set is what is got, extended as
// the operator says, whatever came before through the accumulators.
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "exec/testing.h"

namespace weft::exec {
namespace {

class AggregateTest : public testing::ExecTest,
                      public ::testing::WithParamInterface<bool> {
 protected:
  AggregateTest() : ExecTest({.fuse = GetParam()}) {}
};

// Exports of a module with a struct and an array of `storage`: field and
// element set their argument and get it again with `get`, beside neighbours
// that stay zero.
std::string ModuleOf(const std::string& storage, const std::string& value,
                     const std::string& get) {
  return absl::StrCat(R"((module
    (type $s (struct (field i8) (field $f (mut )",
                      storage, R"()) (field i8)))
    (type $a (array (mut )",
                      storage, R"()))
    (func (export "field") (param )",
                      value, ") (result ", value, R"( i32)
      (local $o (ref null $s))
      (local.set $o (struct.new_default $s))
      (struct.set $s $f (local.get $o) (local.get 0))
      (struct.get)",
                      get, R"( $s $f (local.get $o))
      (i32.or (struct.get_u $s 0 (local.get $o))
        (struct.get_u $s 2 (local.get $o))))
    (func (export "element") (param )",
                      value, " i32) (result ", value, R"()
      (local $o (ref null $a))
      (local.set $o (array.new_default $a (i32.const 3)))
      (array.set $a (local.get $o) (local.get 1) (local.get 0))
      (array.get)",
                      get, R"( $a (local.get $o) (local.get 1)))
    (func (export "other") (param )",
                      value, " i32) (result ", value, R"()
      (local $o (ref null $a))
      (local.set $o (array.new_default $a (i32.const 3)))
      (array.set $a (local.get $o) (i32.const 1) (local.get 0))
      (array.get)",
                      get, R"( $a (local.get $o) (local.get 1)))
    (func (export "null_field") (result )",
                      value, R"()
      (struct.get)",
                      get, R"( $s $f (ref.null $s)))
    (func (export "null_element") (result )",
                      value, R"()
      (array.get)",
                      get, " $a (ref.null $a) (i32.const 0))))");
}

TEST_P(AggregateTest, EveryWidth) {
  const struct {
    const char* storage;
    const char* value;
    const char* get;
    Val in;
    Val out;
    Val zero;
  } kCases[] = {
      {"i8", "i32", "_s", Val::I32(0x1280), Val::I32(0xffffff80), Val::I32(0)},
      {"i8", "i32", "_u", Val::I32(0x1280), Val::I32(0x80), Val::I32(0)},
      {"i16", "i32", "_s", Val::I32(0x98765), Val::I32(0xffff8765),
       Val::I32(0)},
      {"i16", "i32", "_u", Val::I32(0x98765), Val::I32(0x8765), Val::I32(0)},
      {"i32", "i32", "", Val::I32(0x89abcdef), Val::I32(0x89abcdef),
       Val::I32(0)},
      {"i64", "i64", "", Val::I64(0x89abcdef01234567),
       Val::I64(0x89abcdef01234567), Val::I64(0)},
      {"f32", "f32", "", Val::F32Bits(0x7fa00001), Val::F32Bits(0x7fa00001),
       Val::F32Bits(0)},
      {"f64", "f64", "", Val::F64Bits(0x7ff4000000000001),
       Val::F64Bits(0x7ff4000000000001), Val::F64Bits(0)},
      {"v128", "v128", "", Val::V128(1, ~uint64_t{1}),
       Val::V128(1, ~uint64_t{1}), Val::V128(0, 0)},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(absl::StrCat(c.storage, c.get));
    const Instance instance = Instantiate(ModuleOf(c.storage, c.value, c.get));
    EXPECT_TRUE(Call(instance, "field", {c.in}, 2).returned());
    EXPECT_EQ(results()[0].low(), c.out.low());
    EXPECT_EQ(results()[0].high(), c.out.high());
    EXPECT_EQ(results()[1].low(), 0u);
    for (const uint32_t index : {0u, 1u, 2u}) {
      EXPECT_TRUE(
          Call(instance, "element", {c.in, Val::I32(index)}, 1).returned());
      EXPECT_EQ(results()[0].low(), c.out.low());
      EXPECT_EQ(results()[0].high(), c.out.high());
      EXPECT_TRUE(
          Call(instance, "other", {c.in, Val::I32(index)}, 1).returned());
      EXPECT_EQ(results()[0].low(), index == 1 ? c.out.low() : c.zero.low());
    }
    for (const uint32_t index : {3u, 0x80000000u, ~0u}) {
      EXPECT_EQ(Call(instance, "element", {c.in, Val::I32(index)}, 1).trap.kind,
                TrapKind::kOutOfBoundsArrayAccess);
      EXPECT_EQ(Call(instance, "other", {c.in, Val::I32(index)}, 1).trap.kind,
                TrapKind::kOutOfBoundsArrayAccess);
    }
    EXPECT_EQ(Call(instance, "null_field", {}, 1).trap.kind,
              TrapKind::kNullStructureReference);
    EXPECT_EQ(Call(instance, "null_element", {}, 1).trap.kind,
              TrapKind::kNullArrayReference);
  }
}

// A float that is got leaves the accumulator of integers as it found it, as far
// as anybody can see.
TEST_P(AggregateTest, FloatsDoNotDisturbIntegers) {
  const Instance instance = Instantiate(R"((module
    (type $s (struct (field f32) (field f64) (field i64)))
    (func (export "run") (param i32) (result i32 f32 f64 i64)
      (local $o (ref null $s)) (local $n i32) (local $x f32) (local $y f64)
      (local.set $o (struct.new $s (f32.const 1.5) (f64.const 2.5)
        (i64.const -7)))
      (local.set $n (i32.add (local.get 0) (i32.const 1)))
      (local.set $x (struct.get $s 0 (local.get $o)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (local.set $y (struct.get $s 1 (local.get $o)))
      (i32.mul (local.get $n) (i32.const 2))
      (f32.add (local.get $x) (local.get $x))
      (f64.add (local.get $y) (local.get $y))
      (i64.add (struct.get $s 2 (local.get $o)) (i64.const 1)))))");
  ASSERT_TRUE(Call(instance, "run", {Val::I32(3)}, 4).returned());
  EXPECT_EQ(results()[0].i32(), 10u);
  EXPECT_EQ(results()[1].f32(), 3.0f);
  EXPECT_EQ(results()[2].f64(), 5.0);
  EXPECT_EQ(results()[3].i64(), static_cast<uint64_t>(-6));
}

INSTANTIATE_TEST_SUITE_P(Fuse, AggregateTest, ::testing::Bool());

}  // namespace
}  // namespace weft::exec
