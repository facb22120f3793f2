// The fields of a module (spec 3.0, 6.6), one method each.
#ifndef WEFT_IR_WASM_TEXT_FIELD_PARSER_H_
#define WEFT_IR_WASM_TEXT_FIELD_PARSER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/text/code_parser.h"
#include "ir/wasm/text/text_module.h"

namespace weft::wasm {

// Two passes. Declare() reads enough of each field to fill the index spaces,
// for identifiers may be used before they are bound; Define() reads all of it.
// Methods that return bool follow the rule of TokenReader.
class FieldParser {
 public:
  // `module` must outlive the parser, and its reader stand at the first field.
  explicit FieldParser(TextModule* module);

  // Up to the parenthesis that closes the module, or the end of the text.
  bool Declare();
  bool Define();

  // The binary module. REQUIRES: Define() returned true.
  absl::StatusOr<std::vector<uint8_t>> Write();

 private:
  // A custom section and its place in the order of the format: 2 * n for
  // behind the n-th section, 2 * n - 1 for before it.
  struct Custom {
    CustomSection section;
    int order = 0;
    bool is_names = false;  // Where the name section is to stand.
  };

  // Pass 1, in declare_fields.cc.
  bool DeclareField();
  bool DeclareTypes(bool is_group);
  bool DeclareImport();
  bool DeclareEntity(Space s, uint32_t place);
  bool DeclareSegment(Space s);
  bool DeclareInlineSegment(Space s);
  bool DeclareId(Space s);
  bool SkipAnnotations();

  // Pass 2.
  bool DefineField();
  bool DefineImport();
  bool DefineFunc();
  bool DefineTable();
  bool DefineMemory();
  bool DefineGlobal();
  bool DefineTag();
  bool DefineExport();
  bool DefineStart();
  bool DefineElem();
  bool DefineData();
  bool DefineAnnotation();
  bool ParseCustom(Custom* custom);
  void SetNameSize(uint64_t size, CustomSection* section);
  bool ParsePlace(int* order);

  // `(export "...")*`, for the entity that is defined next; then
  // `(import "..." "...")`, if there is one.
  bool InlineExports(ExternalKind kind, uint32_t index);
  bool InlineImport(ExternalKind kind, uint32_t index, uint32_t* num_imported,
                    uint32_t* import_index);
  bool AddressType(bool* is_64);
  bool ParseLimits(Limits* limits);
  bool ParseTableType(TableType* type);
  bool ParseMemoryType(MemoryType* type);
  bool ParsePageSize(MemoryType* type);
  bool ParseGlobalType(GlobalType* type);
  bool ParseFuncUse(TypeIndex* type);
  void AddParamNames(FuncIndex index);
  bool InlineElem(TableIndex index, Table* table);
  void FuncsToExprs(ValueType type, ElemSegment* segment);
  bool InlineData(MemoryIndex index, Memory* memory);

  bool ParseOffset(ConstExpr* offset);
  bool ParseExpr(ConstExpr* expr);
  bool ElemList(ElemSegment* segment, bool func_optional);
  bool ElemExprs(ElemSegment* segment);
  bool ElemFuncs(ElemSegment* segment);
  bool DataStrings(ByteSpan* bytes);
  ConstExpr ZeroOffset(bool is_64);

  bool HasCustom(absl::string_view name) const;
  void AddNameSection();
  void AddHintSection();

  TextModule& m_;
  TokenReader& reader_;
  uint32_t begin_;  // Of the first field.
  bool has_definition_ = false;
  std::vector<uint32_t> type_fields_;  // Places of type definitions.

  ByteWriter bodies_;
  std::vector<size_t> body_ends_;  // Of the defined functions, in bodies_.
  ByteWriter expr_;
  std::string data_;
  CodeParser body_parser_;
  CodeParser expr_parser_;
  TypeUse use_;
  bool in_import_ = false;  // Within an import field.
  absl::string_view import_module_;
  absl::string_view import_field_;
  std::vector<Custom> customs_;
};

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TEXT_FIELD_PARSER_H_
