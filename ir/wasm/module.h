// A module's sections, decoded; function bodies, data and custom sections stay
// byte ranges of the input.
#ifndef WEFT_IR_WASM_MODULE_H_
#define WEFT_IR_WASM_MODULE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ir/wasm/features.h"
#include "ir/wasm/types.h"

namespace weft::wasm {

using ByteSpan = absl::Span<const uint8_t>;

enum class ExternalKind : uint8_t { kFunc, kTable, kMemory, kGlobal, kTag };

// "function", "table", ...: for messages.
absl::string_view ExternalKindName(ExternalKind kind);

// Limits of tables (entries) and memories (pages) (spec 2.3.12).
struct Limits {
  uint64_t min = 0;
  uint64_t max = 0;  // Meaningful when has_max.
  bool has_max = false;
  bool is_shared = false;
  bool is_64 = false;  // The address type is i64.
};

struct TableType {
  ValueType element;
  Limits limits;
};

struct MemoryType {
  Limits limits;
  // log2 of the page size in bytes: 16, or as declared (custom page sizes).
  uint8_t page_size_log2 = 16;
  bool has_page_size = false;  // Declared explicitly.
};

struct GlobalType {
  ValueType value;
  bool is_mutable = false;
};

// A constant expression: its operators including the final `end`.
struct ConstExpr {
  ByteSpan code;
  uint32_t offset = 0;  // Of code[0] in the module.
};

// Members of an index space that are imported carry the names; the others an
// empty `import_index` (kNoIndex).
struct Import {
  absl::string_view module;
  absl::string_view field;
  ExternalKind kind;
  uint32_t index;  // In the index space of its kind.
};

struct Function {
  TypeIndex type = 0;
  uint32_t import_index = kNoIndex;  // Into Module::imports.
  // Defined functions: the body without its size: local declarations and
  // operators including the final `end`.
  ByteSpan body;
  uint32_t body_offset = 0;  // Of body[0] in the module.

  bool is_import() const { return import_index != kNoIndex; }
};

struct Table {
  TableType type;
  uint32_t import_index = kNoIndex;
  bool has_init = false;
  ConstExpr init;

  bool is_import() const { return import_index != kNoIndex; }
};

struct Memory {
  MemoryType type;
  uint32_t import_index = kNoIndex;

  bool is_import() const { return import_index != kNoIndex; }
};

struct Tag {
  TypeIndex type = 0;
  uint32_t import_index = kNoIndex;

  bool is_import() const { return import_index != kNoIndex; }
};

struct Global {
  GlobalType type;
  uint32_t import_index = kNoIndex;
  ConstExpr init;

  bool is_import() const { return import_index != kNoIndex; }
};

struct Export {
  absl::string_view name;
  ExternalKind kind;
  uint32_t index;
};

struct ElemSegment {
  enum Mode : uint8_t { kActive, kPassive, kDeclarative };

  Mode mode = kActive;
  TableIndex table = 0;
  ConstExpr offset;  // kActive.
  ValueType type;
  // Either function indices (is_exprs false) or expressions.
  bool is_exprs = false;
  std::vector<FuncIndex> funcs;
  std::vector<ConstExpr> exprs;

  size_t size() const { return is_exprs ? exprs.size() : funcs.size(); }
};

struct DataSegment {
  enum Mode : uint8_t { kActive, kPassive };

  Mode mode = kActive;
  MemoryIndex memory = 0;
  ConstExpr offset;  // kActive.
  ByteSpan bytes;
};

struct CustomSection {
  absl::string_view name;
  ByteSpan bytes;  // Content behind the name.
  // The name's length and bytes as they were read, followed by `bytes`; empty
  // when the section was not read but made.
  ByteSpan payload;
  uint32_t offset = 0;  // Of bytes[0] in the module.
  // The id of the last non-custom section before it in *file order* (0: none),
  // which fixes its place on output.
  uint8_t after_section = 0;
};

// Section ids in the binary format (spec 5.5.2).
enum class SectionId : uint8_t {
  kCustom,
  kType,
  kImport,
  kFunction,
  kTable,
  kMemory,
  kGlobal,
  kExport,
  kStart,
  kElem,
  kCode,
  kData,
  kDataCount,
  kTag,
  kCount,
};

// Where a section lay in the input.
struct SectionRange {
  SectionId id = SectionId::kCustom;
  uint32_t offset = 0;          // Of the id byte.
  uint32_t content_offset = 0;  // Behind the size.
  uint32_t size = 0;            // Of the content.
};

// A module as its sections say. Owns nothing of the input: every span and
// string_view points into the bytes that were read, which must outlive it.
struct Module {
  ByteSpan bytes;                      // The whole input.
  std::vector<SectionRange> sections;  // In file order.
  std::vector<SubType> types;
  // The canonical representative of each type: the smallest index of an equal
  // type (equal recursion groups, spec 3.3.1), so that equal entries mean
  // equal types. Filled by the reader; whoever changes `types` fills it again
  // with CanonicalizeTypes.
  std::vector<TypeIndex> canonical_types;
  std::vector<Import> imports;
  std::vector<Function> funcs;  // Imported ones first, as in all spaces.
  std::vector<Table> tables;
  std::vector<Memory> memories;
  std::vector<Tag> tags;
  std::vector<Global> globals;
  std::vector<Export> exports;
  FuncIndex start = kNoIndex;
  std::vector<ElemSegment> elems;
  bool has_data_count = false;
  std::vector<DataSegment> datas;
  std::vector<CustomSection> customs;
  uint32_t num_imported_funcs = 0;
  uint32_t num_imported_tables = 0;
  uint32_t num_imported_memories = 0;
  uint32_t num_imported_tags = 0;
  uint32_t num_imported_globals = 0;
  // Features that sections and bodies may use: ReadOptions::features. Which
  // ones they do use, DetectFeatures tells.
  FeatureSet features;
  // Features that the target_features section lists with '+', empty without
  // such a section.
  FeatureSet declared_features;
  bool has_target_features = false;

  // The signature of a function or tag. REQUIRES: the type is a function type.
  const SubType& func_type(FuncIndex func) const {
    return types[funcs[func].type];
  }
};

// Whether `sub` is a subtype of `super` within `module` (spec 3.3). O(1) but
// for two defined types, which take at most LimitValue(Limit::kSubtypeDepth)
// steps. REQUIRES: type indices in range.
bool IsSubtype(const Module& module, ValueType sub, ValueType super);
bool IsSubtype(const Module& module, HeapType sub, HeapType super);

// The abstract type at the top of the hierarchy of `heap`: any, func, extern
// or exn.
HeapType TopType(const Module& module, HeapType heap);

// Bytes of the name of a section as in error messages, e.g. "type section".
absl::string_view SectionName(SectionId id);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_MODULE_H_
