// Operators that become one instruction: that they do, and that nothing but the
// instructions tells.
#include "exec/fusion.h"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "exec/api.h"
#include "exec/bytecode/listing.h"
#include "exec/testing.h"
#include "gtest/gtest.h"

namespace weft::exec {
namespace {

struct FusionCase {
  std::string name;
  // An instruction of the function `f`, the first one, where memory is guarded.
  std::string instruction;
  std::string text;
  std::vector<std::vector<Val>> arguments;
};

// What can be seen of a call with one result.
struct Seen {
  TrapKind trap = TrapKind::kNone;
  uint64_t result = 0;
  uint64_t fuel = 0;

  bool operator==(const Seen&) const = default;
};

class Runner : public testing::ExecTest {
 public:
  explicit Runner(const EngineOptions& options) : ExecTest(options) {}
  void TestBody() override {}

  std::vector<Seen> Observe(const FusionCase& c) {
    std::vector<Seen> seen;
    for (const std::vector<Val>& arguments : c.arguments) {
      const Instance instance = Instantiate(c.text);
      constexpr uint64_t kFuel = 1'000'000;
      store_->set_fuel(kFuel);
      const CallResult result = Call(instance, "f", arguments, 1);
      Seen one;
      one.trap = result.trap.kind;
      if (result.returned()) one.result = results()[0].low();
      one.fuel = kFuel - store_->fuel();
      seen.push_back(one);
    }
    return seen;
  }

  bool Has(const FusionCase& c, const std::string& instruction) {
    const auto listing = Compile(c.text).Bytecode(0);
    EXPECT_TRUE(listing.ok()) << listing.status();
    for (const ListedInstruction& in : listing->instructions) {
      if (in.name == instruction) return true;
    }
    return false;
  }

  bool guards() const { return engine_.guards(); }
};

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr uint32_t kPage = 65536;

// Indices and addresses in and out of the one page there is.
std::vector<std::vector<Val>> Addresses() {
  std::vector<std::vector<Val>> out;
  for (const uint32_t a : {0u, 8u, 100u, kPage - 8, kPage - 1, kPage, 1u << 29,
                           1u << 30, ~0u - 7, ~0u}) {
    for (const uint32_t b : {0u, 16u, kPage - 4, ~0u - 3}) {
      out.push_back({Val::I32(a), Val::I32(b)});
    }
  }
  return out;
}

std::vector<std::vector<Val>> Floats() {
  std::vector<std::vector<Val>> out;
  for (const double a : {0.0, -0.0, 1.5, kNan}) {
    for (const double b : {0.0, 1.5, -3.0, kNan}) {
      out.push_back({Val::F64(a), Val::F64(b)});
    }
  }
  return out;
}

// A function of two i32 over a memory in which byte i is i * 7.
std::string OverMemory(const std::string& result, const std::string& body) {
  std::string data;
  for (int i = 0; i < 256; ++i) {
    constexpr char kDigits[] = "0123456789abcdef";
    const int byte = i * 7 % 256;
    data += {'\\', kDigits[byte / 16], kDigits[byte % 16]};
  }
  return "(module (memory 1) (data (i32.const 0) \"" + data +
         "\") (func (export \"f\") (param $a i32) (param $b i32) (result " +
         result + ") (local $c i32)" + body + "))";
}

std::string OverFloats(const std::string& body) {
  return "(module (func (export \"f\") (param $a f64) (param $b f64) (result "
         "i32)" +
         body + "))";
}

std::vector<FusionCase> LoadCases() {
  return {
      {"LoadOffset", "i32.load8_u:si",
       OverMemory("i32",
                  "(i32.load8_u (i32.add (local.get $a) "
                  "(i32.const -4)))"),
       Addresses()},
      {"LoadOffsetAcc", "i64.load16_s:ai",
       OverMemory("i64",
                  "(i64.load16_s (i32.add (i32.mul (local.get $a) "
                  "(local.get $b)) (i32.const 12)))"),
       Addresses()},
      {"LoadScaled", "i32.load:xss",
       OverMemory("i32",
                  "(i32.load offset=4 (i32.add (local.get $a) (i32.shl "
                  "(local.get $b) (i32.const 2))))"),
       Addresses()},
      {"LoadScaledAcc", "f64.load:xas",
       OverMemory("f64",
                  "(f64.load (i32.add (i32.shl (i32.sub (local.get $a) "
                  "(local.get $b)) (i32.const 3)) (local.get $b)))"),
       Addresses()},
      {"AddScaled", "add_scaled",
       OverMemory("i32",
                  "(i32.load (i32.add (local.get $a) (i32.shl "
                  "(local.get $b) (i32.const 5))))"),
       Addresses()},
      {"Operand", "i32.mul:sm",
       OverMemory("i32",
                  "(i32.mul (local.get $b) (i32.load offset=8 "
                  "(local.get $a)))"),
       Addresses()},
      {"OperandAcc", "i64.sub:am",
       OverMemory("i64",
                  "(i64.sub (i64.extend_i32_u (local.get $b)) (i64.load "
                  "(local.get $a)))"),
       Addresses()},
      {"OperandFloat", "f64.div:am",
       OverMemory("f64",
                  "(f64.div (f64.convert_i32_s (local.get $b)) "
                  "(f64.load (local.get $a)))"),
       Addresses()},
      // The operators between a load and its use cost what they cost, if it
      // traps, too.
      {"OperandAndMore", "i32.add:am",
       OverMemory("i32",
                  "(local.set $c (i32.const 5)) (i32.popcnt (i32.add (i32.load "
                  "(local.get $a)) (local.get $c)))"),
       Addresses()},
  };
}

std::vector<FusionCase> StoreCases() {
  const std::string back = "(i32.load (local.get $b))";
  return {
      {"StoreOffset", "i32.store16:offset.ss",
       OverMemory("i32",
                  "(i32.store16 (i32.add (local.get $a) (i32.const "
                  "-4)) (local.get $b))" +
                      back),
       Addresses()},
      {"StoreOffsetConst", "i32.store8:offset.si",
       OverMemory("i32",
                  "(i32.store8 (i32.add (local.get $a) (i32.const 9)) "
                  "(i32.const 77))" +
                      back),
       Addresses()},
      {"StoreOffsetAcc", "i32.store:offset.as",
       OverMemory("i32",
                  "(i32.store (i32.add (i32.and (local.get $a) "
                  "(local.get $b)) (i32.const 16)) (local.get $a))" +
                      back),
       Addresses()},
      {"StoreOffsetAccConst", "i64.store:offset.ai",
       OverMemory("i32",
                  "(i64.store (i32.add (i32.xor (local.get $a) "
                  "(local.get $b)) (i32.const 16)) (i64.const -1))" +
                      back),
       Addresses()},
      {"StoreSum", "i32.store:sum.ss",
       OverMemory("i32",
                  "(i32.store offset=4 (i32.add (local.get $a) "
                  "(local.get $b)) (local.get $a))" +
                      back),
       Addresses()},
      {"StoreSumAcc", "i32.store:sum.as",
       OverMemory("i32",
                  "(i32.store (i32.add (i32.or (local.get $a) "
                  "(local.get $b)) (local.get $b)) (local.get $a))" +
                      back),
       Addresses()},
      {"StoreScaled", "i32.store:x.ss",
       OverMemory("i32",
                  "(i32.store offset=4 (i32.add (i32.shl (local.get $a) "
                  "(i32.const 2)) (local.get $b)) (local.get $a))" +
                      back),
       Addresses()},
      {"StoreScaledAcc", "i32.store16:x.as",
       OverMemory("i32",
                  "(i32.store16 (i32.add (i32.shl (i32.add (local.get $a) "
                  "(i32.const 1)) (i32.const 1)) (local.get $b)) (local.get "
                  "$a))" +
                      back),
       Addresses()},
  };
}

std::vector<FusionCase> BranchCases() {
  const auto choose = [](const std::string& condition) {
    return OverFloats("(if (result i32) " + condition +
                      " (then (i32.const 1)) (else (i32.const 2)))");
  };
  const std::vector<std::vector<Val>> counts = {{Val::I32(0), Val::I32(3)},
                                                {Val::I32(0), Val::I32(100)}};
  const auto loop = [](const std::string& condition) {
    return OverMemory("i32",
                      "(loop $l (local.set $c (i32.add (local.get $c) "
                      "(local.get $a)))(br_if $l " +
                          condition + ")) (local.get $c)");
  };
  const std::string step = "(local.tee $a (i32.add (local.get $a) ";
  return {
      {"FloatUnless", "f64.lt:unless.ss",
       choose("(f64.lt (local.get $a) (local.get $b))"), Floats()},
      {"FloatNegated", "f64.ge:br.ss",
       choose("(i32.eqz (f64.ge (local.get $a) (local.get $b)))"), Floats()},
      {"FloatMirrored", "f64.gt:unless.as",
       choose("(f64.lt (local.get $a) (f64.abs (local.get $b)))"), Floats()},
      {"FloatConst", "f64.le:unless.si",
       choose("(f64.le (local.get $a) (f64.const 1.5))"), Floats()},
      {"FloatConstAcc", "f64.ne:unless.ai",
       choose("(f64.ne (f64.add (local.get $a) (local.get $b)) (f64.const "
              "0))"),
       Floats()},
      {"FloatBack", "f64.lt:unless.as",
       OverFloats("(local $n i32) (loop $l (local.set $n (i32.add (local.get "
                  "$n) (i32.const 1))) (local.set $a (f64.add (local.get $a) "
                  "(f64.const 1))) (br_if $l (f64.lt (local.get $a) (local.get "
                  "$b)))) (local.get $n)"),
       Floats()},
      {"StepUnequal", "i32.ne:step.s",
       loop("(i32.ne " + step + "(i32.const 1))) (local.get $b))"), counts},
      {"StepBelow", "i32.lt_s:step.i",
       loop("(i32.lt_s " + step + "(i32.const 3))) (i32.const 50))"), counts},
      {"StepMirrored", "i32.gt_u:step.s",
       loop("(i32.lt_u (local.get $a) (local.tee $b (i32.sub (local.get $b) "
            "(i32.const 1))))"),
       counts},
      {"StepToZero", "i32.ne:step.i",
       loop("(local.tee $b (i32.add (local.get $b) (i32.const -1)))"), counts},
      {"StepIsZero", "i32.eq:step.i",
       loop("(i32.eqz " + step + "(i32.const 1))))"), counts},
  };
}

std::vector<FusionCase> AllCases() {
  std::vector<FusionCase> all = LoadCases();
  for (FusionCase& c : StoreCases()) all.push_back(std::move(c));
  for (FusionCase& c : BranchCases()) all.push_back(std::move(c));
  return all;
}

class FusionTest : public ::testing::TestWithParam<FusionCase> {};

TEST_P(FusionTest, HappensAndCannotBeSeen) {
  const FusionCase& c = GetParam();
  Runner plain({.fuse = false, .metering = true});
  const std::vector<Seen> expected = plain.Observe(c);
  EXPECT_FALSE(plain.Has(c, c.instruction));
  Runner fused({.metering = true});
  if (fused.guards()) {
    EXPECT_TRUE(fused.Has(c, c.instruction));
  }
  EXPECT_EQ(fused.Observe(c), expected);
  Runner explicit_bounds({.bounds = Bounds::kExplicit, .metering = true});
  EXPECT_EQ(explicit_bounds.Observe(c), expected);
  Runner far({.metering = true, .far_slots = true});
  EXPECT_EQ(far.Observe(c), expected);
  for (int i = 0; i < kFusionCount; ++i) {
    const auto fusion = static_cast<Fusion>(i);
    Runner without({.fuse = FusionSet(true).Without(fusion), .metering = true});
    EXPECT_EQ(without.Observe(c), expected) << NameOf(fusion);
  }
}

INSTANTIATE_TEST_SUITE_P(All, FusionTest, ::testing::ValuesIn(AllCases()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace weft::exec
