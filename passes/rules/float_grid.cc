#include "passes/rules/float_grid.h"

#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "passes/rules/compiler/typing.h"
#include "passes/rules/evaluate.h"

namespace weft::rules {

using passes::ConstValue;
using wasm::ValueType;

namespace {

struct Format {
  int mantissa;
  int width;
  explicit Format(ValueType type)
      : mantissa(type == ValueType::kF32 ? 23 : 52), width(WidthOf(type)) {}
  uint64_t num_exponents() const {
    return uint64_t{1} << (width - 1 - mantissa);
  }
};

std::vector<uint64_t> Floats(ValueType type, uint64_t step,
                             const std::vector<uint64_t>& near_exponents) {
  const Format format(type);
  const uint64_t ones = (uint64_t{1} << format.mantissa) - 1;
  const uint64_t half = uint64_t{1} << (format.mantissa - 1);
  std::vector<uint64_t> exponents = near_exponents;
  for (uint64_t e = 0; e < format.num_exponents(); e += step) {
    exponents.push_back(e);
  }
  std::vector<uint64_t> floats;
  for (uint64_t e : exponents) {
    for (uint64_t m :
         {uint64_t{0}, uint64_t{1}, half, half | 1, ones - 1, ones}) {
      const uint64_t bits = e << format.mantissa | m;
      floats.push_back(bits);
      floats.push_back(bits | uint64_t{1} << (format.width - 1));
    }
  }
  return floats;
}

}  // namespace

std::vector<uint64_t> EveryExponent(ValueType type) {
  return Floats(type, 1, {});
}

std::vector<uint64_t> EdgeFloats(ValueType type) {
  const Format format(type);
  const uint64_t last = format.num_exponents() - 1;  // Infinities and NaNs.
  const uint64_t one = last / 2;
  const uint64_t precision = static_cast<uint64_t>(format.mantissa);
  return Floats(type, last / 4,
                {0, 1, 2, precision, one - precision, one - 1, one, one + 1,
                 one + precision, last - 2, last - 1, last});
}

bool AgreesOnGrid(const Rule& rule, std::string* reason) {
  std::map<std::string, ValueType> variables;
  CollectVariables(rule.pattern, &variables);
  std::vector<Binding> bindings(1);
  for (const auto& [name, type] : variables) {
    const bool constant = name[0] >= 'A' && name[0] <= 'Z';
    const std::vector<uint64_t> grid =
        constant ? EveryExponent(type) : EdgeFloats(type);
    std::vector<Binding> longer;
    for (const Binding& binding : bindings) {
      for (uint64_t bits : grid) {
        longer.push_back(binding);
        longer.back().values[name] = ConstValue{type, bits};
        // Guards on constants alone make the grid small before it grows.
        if (constant && variables.begin()->first == name &&
            !GuardsHold(rule, longer.back())) {
          longer.pop_back();
        }
      }
    }
    bindings = std::move(longer);
  }
  for (const Binding& binding : bindings) {
    if (!GuardsHold(rule, binding)) continue;
    const std::optional<ConstValue> before = Evaluate(rule.pattern, binding);
    const std::optional<ConstValue> after = Evaluate(rule.result, binding);
    if (before == after) continue;
    *reason = "differs on the grid at";
    for (const auto& [name, value] : binding.values) {
      absl::StrAppend(reason, " ", name, "=0x", absl::Hex(value.bits));
    }
    return false;
  }
  return true;
}

}  // namespace weft::rules
