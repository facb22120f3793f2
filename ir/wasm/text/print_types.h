// Types in the text format (spec 6.4), with identifiers.
#ifndef WEFT_IR_WASM_TEXT_PRINT_TYPES_H_
#define WEFT_IR_WASM_TEXT_PRINT_TYPES_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "ir/wasm/module.h"
#include "ir/wasm/text/print_buffer.h"
#include "ir/wasm/text/print_names.h"
#include "ir/wasm/types.h"

namespace weft::wasm {

class TypePrinter {
 public:
  // Borrows both.
  TypePrinter(const Module& module, const TextNames& names)
      : module_(module), names_(names), uses_(module.types.size()) {}

  void Value(ValueType type, PrintBuffer* out) const;
  void Heap(HeapType type, PrintBuffer* out) const;
  // "funcref", "(ref null $t)", ...
  void Reference(HeapType type, bool nullable, PrintBuffer* out) const;
  // " (type N) (param ...) (result ...)", the latter two as needed and when it
  // is a function type.
  void Use(TypeIndex index, PrintBuffer* out);
  // " (type N)", " (param i32)", " (result i32 i32)"; nothing for no types.
  void UseIndex(TypeIndex index, PrintBuffer* out) const;
  void List(absl::string_view word, const std::vector<ValueType>& types,
            PrintBuffer* out) const;
  // A block type with a blank before each part.
  void Block(const BlockType& type, PrintBuffer* out);

  // "(func ...)", "(sub final $super (struct ...))", ...: what stands in
  // (type ...).
  void Definition(TypeIndex index, PrintBuffer* out) const;
  void Table(const TableType& type, PrintBuffer* out) const;
  void Memory(const MemoryType& type, PrintBuffer* out) const;
  void Global(const GlobalType& type, PrintBuffer* out) const;

 private:
  void LimitsOf(const Limits& limits, PrintBuffer* out) const;
  void Field(const FieldType& type, PrintBuffer* out) const;
  void Fields(TypeIndex index, PrintBuffer* out) const;

  const Module& module_;
  const TextNames& names_;
  // Made by Use when first wanted; there is hardly a body without a call.
  std::vector<absl::string_view> uses_;
  StringPool pool_;
  PrintBuffer scratch_{0xfffffff0u};
};

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TEXT_PRINT_TYPES_H_
