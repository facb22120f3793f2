// What the parts of the module parser share: the tokens, the module under
// construction, and the index spaces with their identifiers.
#ifndef WEFT_IR_WASM_TEXT_TEXT_MODULE_H_
#define WEFT_IR_WASM_TEXT_TEXT_MODULE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "ir/wasm/branch_hints.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/features.h"
#include "ir/wasm/module.h"
#include "ir/wasm/names.h"
#include "ir/wasm/text/token_reader.h"
#include "ir/wasm/types.h"

namespace weft::wasm {

// The index spaces of a module (spec 6.1.2); fields and locals belong to a type
// or function, and labels to a place.
enum class Space : uint8_t {
  kType,
  kFunc,
  kTable,
  kMemory,
  kGlobal,
  kTag,
  kElem,
  kData,
};
inline constexpr int kNumSpaces = 8;

// "a function", "a type", ...
const char* SpaceName(Space space);

// An index space: how many members it has and what identifiers they bear.
struct IdSpace {
  absl::flat_hash_map<absl::string_view, uint32_t> ids;
  uint32_t count = 0;
};

// Copies of byte ranges that stay where they are.
class BytePool {
 public:
  ByteSpan Store(ByteSpan bytes);

 private:
  static constexpr size_t kChunkSize = 1 << 16;
  std::vector<std::unique_ptr<uint8_t[]>> chunks_;
  uint8_t* free_ = nullptr;
  size_t free_size_ = 0;
};

// The part of a type use that stands in the text (spec 6.6.4).
struct TypeUse {
  bool has_index = false;
  TypeIndex index = 0;  // When has_index.
  std::vector<ValueType> params;
  std::vector<ValueType> results;
  // Names of parameters: their identifiers (none: kEnd) and what the name
  // section says.
  struct ParamName {
    uint32_t param;
    Token id;
    absl::string_view name;
  };
  std::vector<ParamName> names;

  void Clear();
};

class TextModule {
 public:
  TextModule(absl::string_view text, uint32_t begin, uint32_t end,
             absl::string_view file, FeatureSet features);

  // Methods that return bool follow the rule of TokenReader.
  TokenReader reader;
  const FeatureSet features;
  Module module;
  Names names;
  std::vector<FunctionHints> hints;
  bool needs_data_count = false;
  BytePool pool;

  IdSpace& space(Space s) { return spaces_[static_cast<int>(s)]; }

  // Gives the next member of `s` the identifier `id`, which has to be new.
  bool Bind(Space s, const Token& id);

  bool AtIndex() const {
    return reader.kind() == TokenKind::kNumber || reader.AtId();
  }
  // Takes an index of that space, a number or an identifier.
  bool ExpectIndex(Space s, uint32_t* index);
  // The index that `token` stands for. REQUIRES: a number or identifier.
  bool ResolveIndex(Space s, const Token& token, uint32_t* index);

  // Takes an identifier, if there is one, and an annotation (@name), if there
  // is one. False on an error. `*id` is kEnd without an identifier, `*name`
  // has no data without either.
  bool TakeIdAndName(Token* id, absl::string_view* name);
  // The same, adding a name for `index` to `map`.
  bool TakeName(uint32_t index, NameMap* map);

  // Types, in type_parser.cc.
  bool ExpectHeapType(HeapType* type);
  bool ExpectRefType(ValueType* type);
  bool ExpectValueType(ValueType* type);
  // Whether a value type begins here.
  bool AtValueType();
  // `(type ...)` or `(rec ...)` with all that is in it.
  bool ParseTypeField();
  // Notes the function types that type uses without an index can mean.
  void IndexFunctionTypes();
  // `(type x)? (param ...)* (result ...)*`; parameters may have identifiers
  // only if `ids`.
  bool ParseTypeUse(bool ids, TypeUse* use);
  // The type that `use` stands for, checked against its parameters and
  // results; a new one at the end of the type section if it has no index and
  // there is none yet. `offset` is where errors point.
  bool ResolveTypeUse(const TypeUse& use, uint32_t offset, TypeIndex* index);
  // The field of a type, by its number or identifier.
  bool ExpectField(TypeIndex type, uint32_t* field);

  // A constant expression of `code`, which has its final `end`.
  ConstExpr StoreExpr(ByteSpan code);

 private:
  bool ParseSubType(SubType* type);
  bool ParseComposite(SubType* type);
  bool ParseFuncType(SubType* type);
  bool ParseStructField(TypeIndex index, SubType* type);
  bool ParseFieldType(FieldType* type);
  bool ParseTypeDefinition(TypeIndex group_begin);
  bool ParseParams(bool ids, TypeUse* use);
  bool ParseResults(std::vector<ValueType>* results);
  // Key of `function_types_`.
  static void MakeTypeKey(const std::vector<ValueType>& params,
                          const std::vector<ValueType>& results,
                          std::string* key);

  IdSpace spaces_[kNumSpaces];
  absl::flat_hash_map<std::pair<TypeIndex, absl::string_view>, uint32_t>
      fields_;
  // The smallest index of each function type.
  absl::flat_hash_map<std::string, TypeIndex> function_types_;
  std::string type_key_;
};

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TEXT_TEXT_MODULE_H_
