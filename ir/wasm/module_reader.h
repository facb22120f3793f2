// The reader of one module: one method per section. Private to reader.h's
// implementation, which is spread over reader.cc (frame, order, custom
// sections), read_types.cc and read_sections.cc.
#ifndef WEFT_IR_WASM_MODULE_READER_H_
#define WEFT_IR_WASM_MODULE_READER_H_

#include "absl/status/status.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/limits.h"
#include "ir/wasm/module.h"

namespace weft::wasm {

// Methods return false with status() set on failure.
class ModuleReader {
 public:
  ModuleReader(ByteSpan bytes, FeatureSet features, Module* module)
      : reader_(bytes, 0), features_(features), module_(module) {}

  bool Read();
  const absl::Status& status() const { return status_; }

 private:
  // reader.cc
  bool ReadHeader();
  bool ReadSection();
  bool ReadContent(SectionId id);
  bool CheckOrder(SectionId id, uint32_t offset);
  bool CheckAtEnd();
  bool ReadCustom();
  void ReadTargetFeatures(const CustomSection& section);
  // read_types.cc
  bool ReadTypeSection();
  bool ReadGroup();
  bool ReadSubType(TypeIndex group_end, SubType* type);
  bool ReadSuper(SubType* type);
  bool ReadComposite(uint8_t code, TypeIndex group_end, SubType* type);
  bool ReadValueTypes(Limit limit, TypeIndex group_end,
                      std::vector<ValueType>* types);
  bool ReadField(TypeIndex group_end, FieldType* field);
  bool CheckTypeRef(ValueType type, TypeIndex group_end, uint32_t offset);
  // read_sections.cc
  bool ReadImportSection();
  bool ReadImport();
  bool ReadFunctionSection();
  bool ReadTableSection();
  bool ReadMemorySection();
  bool ReadTagSection();
  bool ReadGlobalSection();
  bool ReadExportSection();
  bool ReadStartSection();
  bool ReadElemSection();
  bool ReadElemSegment();
  bool ReadElemItems(ElemSegment* segment);
  bool ReadDataCountSection();
  bool ReadCodeSection();
  bool ReadDataSection();
  bool ReadDataSegment();

  bool ReadLimits(uint8_t allowed_flags, uint8_t* flags, Limits* limits);
  bool ReadTableType(TableType* type);
  bool ReadMemoryType(MemoryType* type);
  bool ReadGlobalType(GlobalType* type);
  bool ReadTagType(TypeIndex* type);
  bool ReadConstExpr(ConstExpr* expr);
  bool ReadString(absl::string_view* name);
  bool CheckTables();
  bool CheckMemories();

  // A count of entities that take at least `min_bytes` each, of which
  // `existing` are there already.
  bool ReadCount(Limit limit, size_t existing, size_t min_bytes,
                 uint32_t* count);

  bool Byte(uint8_t* out) { return reader_.ReadByte(out) || Malformed(); }
  bool U32(uint32_t* out) { return reader_.ReadU32(out) || Malformed(); }
  // Takes over the error of reader_.
  bool Malformed() { return Fail(reader_.StatusHere(section_)); }
  bool Malformed(absl::string_view what, uint32_t offset) {
    return Fail(MalformedAt(what, offset, section_));
  }
  bool OverLimit(Limit limit, uint64_t value, uint32_t offset) {
    return Fail(LimitError(limit, value, offset, section_));
  }
  bool Need(Feature feature, absl::string_view what, uint32_t offset);
  bool Fail(absl::Status status) {
    status_ = std::move(status);
    return false;
  }

  ByteReader reader_;  // Of the whole module, or of the current section.
  FeatureSet features_;
  Module* module_;
  absl::Status status_;
  absl::string_view section_ = "module header";
  int last_rank_ = 0;         // Of the last section that is not custom.
  uint8_t last_section_ = 0;  // Its id.
  uint32_t data_count_ = 0;
  bool has_code_ = false;
};

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_MODULE_READER_H_
