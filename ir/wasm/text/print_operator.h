// One operator in its plain form: its name and immediates (spec 6.5).
#ifndef WEFT_IR_WASM_TEXT_PRINT_OPERATOR_H_
#define WEFT_IR_WASM_TEXT_PRINT_OPERATOR_H_

#include "ir/wasm/module.h"
#include "ir/wasm/operator.h"
#include "ir/wasm/text/print_buffer.h"
#include "ir/wasm/text/print_labels.h"
#include "ir/wasm/text/print_names.h"
#include "ir/wasm/text/print_types.h"

namespace weft::wasm {

// The order of immediates in text is not that of the binary format: tables and
// memories come first, and go without saying where there is no other.
class OperatorPrinter {
 public:
  // Borrows all three.
  OperatorPrinter(const Module& module, const TextNames& names,
                  TypePrinter* types)
      : names_(names),
        types_(*types),
        says_table_(module.tables.size() > 1),
        says_memory_(module.memories.size() > 1) {}

  // Appends `op`. `locals` names the locals in scope. Of a block the label is
  // that which labels->NextId() names; catch clauses of a try_table and the
  // label of a `delegate` count from outside of it.
  void Append(const Operator& op, const IdSpace& locals,
              const LabelScope& labels, PrintBuffer* out);

 private:
  void AppendImmediates(const Operator& op, const LabelScope& labels,
                        PrintBuffer* out);
  void BlockHead(const Operator& op, const LabelScope& labels,
                 PrintBuffer* out);
  void Catches(const Operator& op, const LabelScope& labels, PrintBuffer* out);
  void MemArgOf(const Operator& op, PrintBuffer* out);
  void Index(const IdSpace& ids, uint32_t index, PrintBuffer* out) {
    out->Char(' ');
    AppendIndex(ids, index, out);
  }
  void Table(TableIndex table, PrintBuffer* out) {
    if (says_table_ || table != 0) Index(names_.tables(), table, out);
  }
  void Memory(MemoryIndex memory, PrintBuffer* out) {
    if (says_memory_ || memory != 0) Index(names_.memories(), memory, out);
  }

  const TextNames& names_;
  TypePrinter& types_;
  const bool says_table_;
  const bool says_memory_;
};

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TEXT_PRINT_OPERATOR_H_
