// One module being printed. Its fields are in print_fields.cc, functions and
// custom sections in printer.cc.
#ifndef WEFT_IR_WASM_TEXT_PRINT_MODULE_H_
#define WEFT_IR_WASM_TEXT_PRINT_MODULE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ir/wasm/locals.h"
#include "ir/wasm/module.h"
#include "ir/wasm/text/print_body.h"
#include "ir/wasm/text/print_buffer.h"
#include "ir/wasm/text/print_customs.h"
#include "ir/wasm/text/print_layout.h"
#include "ir/wasm/text/print_names.h"
#include "ir/wasm/text/print_types.h"
#include "ir/wasm/text/printer.h"

namespace weft::wasm {

class ModulePrinter {
 public:
  ModulePrinter(const Module& module, const PrintTextOptions& options)
      : module_(module),
        options_(options),
        out_(options.max_size, PrintBuffer::Kind::kOutward),
        layout_(&out_),
        names_(module, options.names),
        types_(module, names_),
        hints_(module),
        bodies_(module, {options.folded, options.offsets, options.max_size},
                &names_, &types_, &layout_) {}

  absl::StatusOr<std::string> Print();

 private:
  // Columns of an item of a list that is worth a place on the line.
  static constexpr int64_t kItemWidth = 24;

  absl::Status Fields();
  absl::Status Types();
  absl::Status Imports();
  absl::Status Tables();
  absl::Status Memories();
  absl::Status Tags();
  absl::Status Globals();
  absl::Status Exports();
  absl::Status Start();
  absl::Status Elems();
  absl::Status Functions();
  absl::Status Datas();
  absl::Status Customs();
  absl::Status ChosenFunctions();

  absl::Status PrintFunction(FuncIndex index);
  absl::Status PrintBody(FuncIndex index);
  void PrintImport(const Import& import);
  void ImportedType(const Import& import);
  absl::Status PrintElem(ElemIndex index);
  absl::Status ElemItems(const ElemSegment& segment);
  absl::Status PrintData(DataIndex index);
  void PrintCustom(const CustomSection& custom);
  void Type(TypeIndex index);
  void Signature(FuncIndex index, uint32_t num_locals);
  uint32_t NumParams(FuncIndex index) const;
  void Params(TypeIndex type, const IdSpace& locals);
  void Locals(absl::Span<const LocalGroup> groups, uint32_t first,
              const IdSpace& ids);

  // Begins the line of a field.
  void Field(absl::string_view text);
  void IdOrNumber(const IdSpace& ids, uint32_t index);
  void Id(const IdSpace& ids, uint32_t index);
  void Offset(const ConstExpr& expr, absl::Status* status);
  void Bytes(ByteSpan bytes);
  void Elided(size_t count, absl::string_view what);
  // Whether the name section is in the text as identifiers only.
  bool NamesAreIdentifiers() const { return options_.names && names_.exact(); }
  bool overflow() const { return out_.overflow() || bodies_.overflow(); }
  bool IsLastSection(const CustomSection& custom) const;

  static uint32_t Size(size_t size) { return static_cast<uint32_t>(size); }

  const Module& module_;
  const PrintTextOptions& options_;
  PrintBuffer out_;
  TextLayout layout_;
  TextNames names_;
  TypePrinter types_;
  TextHints hints_;
  BodyPrinter bodies_;
  // Scratch.
  std::vector<LocalGroup> groups_;
  IdSpace local_ids_;
};

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TEXT_PRINT_MODULE_H_
