// What is translated in Module::Compile is validated in the same pass: nothing
// invalid gets through, and the errors are those of validation alone.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "exec/testing.h"
#include "ir/wasm/text/parser.h"

namespace weft::exec {
namespace {

constexpr char kModule[] = R"(
  (module
    (type $s (struct (field (mut i32)) (field (ref null $s))))
    (memory 1)
    (table 2 funcref)
    (global $g (mut i64) (i64.const 1))
    (tag $t (param i32 anyref))
    (func $calls (export "calls") (param i32 f64) (result i32) (local v128 i64)
      (local.set 3 (i64.extend_i32_u (local.get 0)))
      (if (result i32) (i32.lt_s (local.get 0) (i32.const 300))
        (then (call $calls (i32.add (local.get 0) (i32.const 1))
                           (f64.load offset=200 (local.get 0))))
        (else (i32.trunc_sat_f64_s (local.get 1))))
      (global.set $g (local.get 3)))
    (func (param $r (ref null $s)) (result i32)
      (block $h (result i32 anyref)
        (try_table (catch $t $h)
          (throw $t (struct.get $s 0 (local.get $r)) (local.get $r)))
        (unreachable))
      (drop)
      (loop $l (param i32) (result i32)
        (block $a
          (block $b
            (br_table $a $b (i32.const 0)))
          (return (i32.const -1)))
        (br_if $l (i32.eqz (i32.const 1))))
      (call_indirect (param i32) (result i32) (i32.const 1)))
    (func (param i32) (local i32 i32 i32)
      (i32.store16 offset=70000 (local.get 0) (local.tee 2 (i32.const 77)))
      (v128.store (i32.const 0) (i8x16.splat (local.get 3))))))";

std::vector<uint8_t> ModuleBytes() {
  return wasm::ParseModuleText(kModule).value();
}

// The status of compiling `bytes`, as text.
std::string Compiled(const Engine& engine, std::vector<uint8_t> bytes) {
  return Module::Compile(engine, std::move(bytes)).status().ToString();
}

TEST(EagerTest, RejectsWhatValidationRejects) {
  const Engine lazy;
  const Engine eager({.eager = true});
  const Engine careful({.eager = true, .fuse = false, .metering = true});
  const std::vector<uint8_t> bytes = ModuleBytes();
  ASSERT_EQ(Compiled(lazy, bytes), "OK");
  int rejected = 0;
  for (size_t i = 8; i < bytes.size(); ++i) {
    // An operator, an end, other indices and types, a LEB that goes on.
    for (const uint8_t byte : {0x00, 0x0b, 0x01, 0x41, 0x7f, 0x20, 0xff}) {
      std::vector<uint8_t> changed = bytes;
      changed[i] = byte;
      const std::string expected = Compiled(lazy, changed);
      if (expected != "OK") ++rejected;
      EXPECT_EQ(Compiled(eager, changed), expected) << i << ": " << int{byte};
      EXPECT_EQ(Compiled(careful, changed), expected) << i << ": " << int{byte};
    }
  }
  EXPECT_GT(rejected, 500);
}

// Many functions, of which those in `invalid` are so.
std::string ManyFunctions(const std::vector<int>& invalid) {
  std::string text = "(module ";
  for (int i = 0; i < 200; ++i) {
    bool is_invalid = false;
    for (const int other : invalid) is_invalid |= other == i;
    text += is_invalid ? "(func (result i32) i64.const 1)" : "(func nop)";
  }
  return text + ")";
}

TEST(EagerTest, TheFirstInvalidBodyIsNamed) {
  for (const int threads : {1, 4}) {
    const Engine lazy({.threads = threads});
    const Engine eager({.eager = true, .threads = threads});
    for (const std::vector<int>& invalid :
         {std::vector<int>{}, {0}, {199}, {3, 77, 150}, {199, 198}}) {
      const std::string text = ManyFunctions(invalid);
      EXPECT_EQ(testing::CompileText(eager, text).status().ToString(),
                testing::CompileText(lazy, text).status().ToString());
    }
  }
}

// Temporary references are found on the way: the body is translated twice.
TEST(EagerTest, IsValidatedOnceWhateverTheAttempts) {
  const Engine eager({.eager = true});
  EXPECT_TRUE(testing::CompileText(eager, R"((module
    (func (param anyref) (result i32)
      (ref.eq (ref.i31 (i32.const 1)) (ref.i31 (i32.const 2))))))")
                  .ok());
  EXPECT_FALSE(testing::CompileText(eager, R"((module
    (func (param anyref) (result i32)
      (ref.eq (ref.i31 (i32.const 1)) (ref.i31 (i64.const 2))))))")
                   .ok());
}

}  // namespace
}  // namespace weft::exec
