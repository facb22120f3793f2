// Tests that hold in every translation: fused or not, in near and in far slots,
// metered or not.
#ifndef WEFT_EXEC_TRANSLATE_TESTING_TRANSLATION_H_
#define WEFT_EXEC_TRANSLATE_TESTING_TRANSLATION_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "exec/testing.h"

namespace weft::exec::testing {

inline constexpr int kTranslations = 8;

inline EngineOptions TranslationOptions(int bits) {
  EngineOptions options;
  options.fuse = (bits & 1) == 0;
  options.far_slots = (bits & 2) != 0;
  options.metering = (bits & 4) != 0;
  return options;
}

inline std::string TranslationName(const ::testing::TestParamInfo<int>& info) {
  std::string name = (info.param & 1) != 0 ? "NotFused" : "Fused";
  if ((info.param & 2) != 0) name += "Far";
  if ((info.param & 4) != 0) name += "Metered";
  return name;
}

// The parameter, below kTranslations, is the translation.
class TranslationTest : public ExecTest,
                        public ::testing::WithParamInterface<int> {
 protected:
  using Bits = std::vector<uint64_t>;

  TranslationTest()
      : ExecTest(TranslationOptions(GetParam()),
                 {.max_stack = uint64_t{1} << 28}) {
    store_->set_fuel(uint64_t{1} << 40);
  }

  // The low halves of the results of the export "f" of a module of `fields`;
  // empty when it did not return.
  Bits Run(const std::string& fields, std::vector<Val> args,
           size_t num_results) {
    const Instance instance = Instantiate("(module " + fields + ")");
    last_ = Call(instance, "f", std::move(args), num_results);
    Bits bits;
    if (!last_.returned()) return bits;
    for (const Val& val : results()) bits.push_back(val.low());
    return bits;
  }

  // How the last Run ended.
  CallResult last_;
};

}  // namespace weft::exec::testing

#endif  // WEFT_EXEC_TRANSLATE_TESTING_TRANSLATION_H_
