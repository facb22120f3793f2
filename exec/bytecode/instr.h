// The instructions of the bytecode, numbered: those of instrs.def, then one per
// operator and form.
#ifndef WEFT_EXEC_BYTECODE_INSTR_H_
#define WEFT_EXEC_BYTECODE_INSTR_H_

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "exec/bytecode/form.h"
#include "exec/bytecode/layout.h"
#include "ir/wasm/op.h"

namespace weft::exec {

enum class FixedInstr : uint16_t {
#define WEFT_INSTR(name, layout, roles) k##name,
#include "exec/bytecode/instrs.def"
#undef WEFT_INSTR
  kCount,
};

inline constexpr int kFixedInstrCount = static_cast<int>(FixedInstr::kCount);

// Number of an instruction.
using InstrId = uint16_t;

constexpr InstrId IdOf(FixedInstr instr) { return static_cast<InstrId>(instr); }

namespace internal {

inline constexpr auto kFirstIds = [] {
  std::array<InstrId, wasm::kOpCount + 1> ids{};
  int next = kFixedInstrCount;
  for (int i = 0; i < wasm::kOpCount; ++i) {
    const auto op = static_cast<wasm::Op>(i);
    ids[static_cast<size_t>(i)] = static_cast<InstrId>(next);
    next += std::popcount(FormsOf(op)) * (HasCanonicalForms(op) ? 2 : 1);
  }
  ids[wasm::kOpCount] = static_cast<InstrId>(next);
  return ids;
}();

// Forms are numbered in order of their bits; what number each has is the same
// for all operators with the same forms.
struct FormRanks {
  static constexpr size_t kMaxSets = 48;

  std::array<uint8_t, wasm::kOpCount> set_of{};
  std::array<std::array<uint8_t, kFormCount>, kMaxSets> ranks{};
  std::array<uint8_t, kMaxSets> counts{};
};

inline constexpr FormRanks kFormRanks = [] {
  FormRanks out;
  std::array<FormSet, FormRanks::kMaxSets> sets{};
  size_t num_sets = 0;
  for (size_t i = 0; i < wasm::kOpCount; ++i) {
    const FormSet forms = FormsOf(static_cast<wasm::Op>(i));
    size_t set = 0;
    while (set < num_sets && sets[set] != forms) ++set;
    out.set_of[i] = static_cast<uint8_t>(set);
    if (set < num_sets) continue;
    sets[num_sets++] = forms;  // Too many do not compile.
    out.counts[set] = static_cast<uint8_t>(std::popcount(forms));
    for (size_t form = 0; form < kFormCount; ++form) {
      out.ranks[set][form] = static_cast<uint8_t>(
          std::popcount(forms & (Bit(static_cast<Form>(form)) - 1)));
    }
  }
  return out;
}();

inline constexpr std::string_view kFixedLayouts[] = {
#define WEFT_INSTR(name, layout, roles) layout,
#include "exec/bytecode/instrs.def"
#undef WEFT_INSTR
};

}  // namespace internal

inline constexpr int kInstrCount = internal::kFirstIds[wasm::kOpCount];

constexpr bool HasForm(wasm::Op op, Form form) {
  return (FormsOf(op) & Bit(form)) != 0;
}

// The instruction for `op` in `form`, or that which makes NaNs canonical.
// REQUIRES: HasForm(op, form), and HasCanonicalForms(op) with `canonical`.
constexpr InstrId IdOf(wasm::Op op, Form form, bool canonical = false) {
  const auto index = static_cast<size_t>(op);
  const size_t set = internal::kFormRanks.set_of[index];
  const int rank = internal::kFormRanks.ranks[set][static_cast<size_t>(form)];
  const int skip = canonical ? internal::kFormRanks.counts[set] : 0;
  return static_cast<InstrId>(internal::kFirstIds[index] + rank + skip);
}

// What an id of an operator's form stands for.
struct OpForm {
  wasm::Op op = wasm::Op::kCount;  // kCount: a FixedInstr.
  Form form = Form::kCount;
  bool canonical = false;
};

constexpr OpForm OpFormOf(InstrId id) {
  if (id < kFixedInstrCount) return {};
  int low = 0;
  int high = wasm::kOpCount;
  while (high - low > 1) {
    const int middle = (low + high) / 2;
    (internal::kFirstIds[static_cast<size_t>(middle)] <= id ? low : high) =
        middle;
  }
  const auto op = static_cast<wasm::Op>(low);
  FormSet forms = FormsOf(op);
  const int count = std::popcount(forms);
  int rank = id - internal::kFirstIds[static_cast<size_t>(low)];
  const bool canonical = rank >= count;
  if (canonical) rank -= count;
  for (; rank > 0; --rank) forms &= forms - 1;
  return {op, static_cast<Form>(std::countr_zero(forms)), canonical};
}

constexpr std::string_view LayoutOf(InstrId id) {
  if (id < kFixedInstrCount) return internal::kFixedLayouts[id];
  const OpForm op_form = OpFormOf(id);
  return LayoutOf(op_form.op, op_form.form);
}

// "i32.add:si", "br_table"; for listings.
std::string NameOf(InstrId id);

}  // namespace weft::exec

#endif  // WEFT_EXEC_BYTECODE_INSTR_H_
