// Operators that are free of charge may stand at the begin of a loop or of a
// function and leave instructions there: fuel stops these guests all the same,
// after as many operators in every translation.
#include <string>

#include "exec/translate/testing_translation.h"

namespace weft::exec {
namespace {

class ChargesTest : public testing::TranslationTest {
 protected:
  // Of 1,000, what is left when "f" of a module of `fields` has run out of
  // fuel.
  uint64_t LeftBy(const std::string& fields) {
    const Instance instance = Instantiate("(module " + fields + ")");
    store_->set_fuel(1000);
    EXPECT_EQ(Call(instance, "f").trap.kind, TrapKind::kAllFuelConsumed);
    return store_->fuel();
  }
};

TEST_P(ChargesTest, LoopsThatBeginWithATry) {
  EXPECT_EQ(LeftBy(R"((func (export "f")
      (loop $l (try (do) (catch_all)) (br $l))))"),
            0u);
  // Turns of three.
  EXPECT_EQ(LeftBy(R"((func (export "f")
      (loop $l
        (try (do (try (do) (catch_all))) (catch_all))
        (drop (i32.const 1))
        (br $l))))"),
            1u);
  // Turns of two, through an arm.
  EXPECT_EQ(LeftBy(R"((tag $t) (func (export "f")
      (loop $l
        (try (do) (catch_all))
        (try (do (throw $t)) (catch_all (br $l))))))"),
            0u);
}

TEST_P(ChargesTest, ClausesThatLeadToALoopThatBeginsWithATry) {
  EXPECT_EQ(LeftBy(R"((tag $t) (func (export "f")
      (loop $l
        (try (do) (catch_all))
        (try_table (catch_all $l)
          (try (do) (catch_all))
          (throw $t)))))"),
            0u);
}

TEST_P(ChargesTest, FunctionsThatBeginWithATry) {
  EXPECT_EQ(LeftBy(R"((func $f (export "f")
      (try (do) (catch_all))
      (return_call $f)))"),
            0u);
  // i32.const, if and call: three a call.
  EXPECT_EQ(LeftBy(R"((func $f (export "f")
      (try (do) (catch_all))
      (if (i32.const 1) (then (call $f) (call $f)))
      (drop (i32.const 1))))"),
            1u);
}

INSTANTIATE_TEST_SUITE_P(Metered, ChargesTest,
                         ::testing::Range(4, testing::kTranslations),
                         [](const auto& info) {
                           return testing::TranslationName(info);
                         });

}  // namespace
}  // namespace weft::exec
