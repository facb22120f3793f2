// How many operators a store has executed, each and by class.
#ifndef WEFT_EXEC_OPERATOR_COUNTS_H_
#define WEFT_EXEC_OPERATOR_COUNTS_H_

#include <array>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "ir/wasm/op.h"

namespace weft::exec {

// Kinds of work, for people: what an operator is in the specification's
// chapters, with loads, stores, calls, constants and atomics apart.
enum class OperatorClass : uint8_t {
  kConstant,
  kInteger,
  kFloat,
  kVector,
  kLocal,
  kGlobal,
  kLoad,
  kStore,
  kMemory,  // Whole memories and segments.
  kAtomic,
  kTable,
  kReference,
  kAggregate,  // Structs and arrays.
  kParametric,
  kControl,
  kCall,
  kCount,
};

OperatorClass OperatorClassOf(wasm::Op op);
// "integer".
absl::string_view NameOf(OperatorClass op_class);

// Of operators that cost fuel: nop, block, loop, try, else, catch and end do
// not count.
struct OperatorCounts {
  std::array<uint64_t, wasm::kOpCount> executed{};  // By wasm::Op.

  uint64_t of(wasm::Op op) const { return executed[static_cast<size_t>(op)]; }
  uint64_t total() const;
  // Those that call, whatever they reached.
  uint64_t calls() const;
  std::array<uint64_t, static_cast<size_t>(OperatorClass::kCount)> by_class()
      const;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_OPERATOR_COUNTS_H_
