#include "exec/operator_counts.h"

#include <string_view>

#include "ir/wasm/op_rows.h"

namespace weft::exec {
namespace {

// Chapters of the specification's operators, and of proposals.
constexpr OperatorClass kUnknown = OperatorClass::kCount;

constexpr bool Has(std::string_view text, char c) {
  return text.find(c) != std::string_view::npos;
}

constexpr OperatorClass NumericClass(std::string_view signature) {
  if (signature[0] == ':') return OperatorClass::kConstant;
  return Has(signature, 'f') || Has(signature, 'd') ? OperatorClass::kFloat
                                                    : OperatorClass::kInteger;
}

constexpr OperatorClass ClassOfRow(const wasm::OpRow& row,
                                   std::string_view section) {
  if ((row.effects & wasm::kCalls) != 0) return OperatorClass::kCall;
  if (section == "threads") return OperatorClass::kAtomic;
  if (row.access_bytes != 0) {
    return (row.effects & wasm::kWritesMemory) != 0 ? OperatorClass::kStore
                                                    : OperatorClass::kLoad;
  }
  if (section == "2.4.1") return OperatorClass::kParametric;
  if (section == "2.4.2" || section == "legacy-exceptions") {
    return OperatorClass::kControl;
  }
  if (section == "2.4.3") {
    return (row.effects & (wasm::kReadsLocal | wasm::kWritesLocal)) != 0
               ? OperatorClass::kLocal
               : OperatorClass::kGlobal;
  }
  if (section == "2.4.4") return OperatorClass::kTable;
  if (section == "2.4.5") return OperatorClass::kMemory;
  if (section == "2.4.6") return OperatorClass::kReference;
  if (section == "2.4.7") return OperatorClass::kAggregate;
  if (section == "2.4.8") return NumericClass(row.signature);
  if (section == "wide-arithmetic") return OperatorClass::kInteger;
  if (section == "2.4.9") {
    return row.signature[0] == ':' ? OperatorClass::kConstant
                                   : OperatorClass::kVector;
  }
  return kUnknown;
}

constexpr std::string_view kSections[] = {
#define WEFT_OP(name, text, prefix, code, op_class, immediates, signature, \
                effects, traps, access, order, feature, spec)                     \
  spec,
#include "ir/wasm/ops.def"
#undef WEFT_OP
};

constexpr auto kClasses = [] {
  std::array<OperatorClass, wasm::kOpCount> classes{};
  for (int i = 0; i < wasm::kOpCount; ++i) {
    classes[static_cast<size_t>(i)] =
        ClassOfRow(wasm::RowOf(static_cast<wasm::Op>(i)), kSections[i]);
  }
  return classes;
}();

constexpr bool AllKnown() {
  for (const OperatorClass op_class : kClasses) {
    if (op_class == kUnknown) return false;
  }
  return true;
}
static_assert(AllKnown(), "an operator of another section");

}  // namespace

OperatorClass OperatorClassOf(wasm::Op op) { return kClasses[static_cast<size_t>(op)]; }

absl::string_view NameOf(OperatorClass op_class) {
  constexpr absl::string_view kNames[] = {
      "constant",  "integer",    "float",   "vector", "local", "global",
      "load",      "store",      "memory",  "atomic", "table", "reference",
      "aggregate", "parametric", "control", "call",   ""};
  return kNames[static_cast<size_t>(op_class)];
}

uint64_t OperatorCounts::total() const {
  uint64_t total = 0;
  for (const uint64_t count : executed) total += count;
  return total;
}

uint64_t OperatorCounts::calls() const {
  return by_class()[static_cast<size_t>(OperatorClass::kCall)];
}

std::array<uint64_t, static_cast<size_t>(OperatorClass::kCount)>
OperatorCounts::by_class() const {
  std::array<uint64_t, static_cast<size_t>(OperatorClass::kCount)> sums{};
  for (size_t i = 0; i < executed.size(); ++i) {
    sums[static_cast<size_t>(kClasses[i])] += executed[i];
  }
  return sums;
}

}  // namespace weft::exec
