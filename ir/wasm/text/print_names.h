// Identifiers for what a module's name section names.
#ifndef WEFT_IR_WASM_TEXT_PRINT_NAMES_H_
#define WEFT_IR_WASM_TEXT_PRINT_NAMES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "ir/wasm/module.h"
#include "ir/wasm/names.h"
#include "ir/wasm/text/print_buffer.h"

namespace weft::wasm {

// How text calls a named entity. Both are empty for one without a name, which
// goes by its number.
struct TextId {
  // With '$'; followed by PrintBuffer::kSlack bytes that may be read.
  absl::string_view id;
  // Empty, or "(@name ...)" where the name is not the identifier.
  absl::string_view annotation;
};

// By index. May be shorter than the index space.
using IdSpace = std::vector<TextId>;

// Appends the identifier of `index`, or its number.
inline void AppendIndex(const IdSpace& ids, uint32_t index, PrintBuffer* out) {
  if (index < ids.size() && !ids[index].id.empty()) {
    out->Padded(ids[index].id.data(), ids[index].id.size());
  } else {
    out->Decimal(index);
  }
}

// Strings that live as long as the pool.
class StringPool {
 public:
  // A copy of `text`, with kSlack bytes behind it.
  absl::string_view Add(absl::string_view text);

 private:
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* pos_ = nullptr;
  size_t left_ = 0;
};

// Identifiers for all index spaces of a module. A name that is unique in its
// space and not empty becomes the identifier, as it is or quoted; of those that
// are equal all but the first get their index behind it and an annotation.
class TextNames {
 public:
  // Without `enabled` nothing has a name. Borrows `module`.
  TextNames(const Module& module, bool enabled);

  const IdSpace& funcs() const { return funcs_; }
  const IdSpace& types() const { return types_; }
  const IdSpace& tables() const { return tables_; }
  const IdSpace& memories() const { return memories_; }
  const IdSpace& globals() const { return globals_; }
  const IdSpace& elems() const { return elems_; }
  const IdSpace& datas() const { return datas_; }
  const IdSpace& tags() const { return tags_; }
  const TextId& module_id() const { return module_id_; }
  // Fields of a struct type.
  const IdSpace& Fields(TypeIndex type) const;

  // The name of a function: of the name section, or of its first export, or
  // else empty.
  absl::string_view FunctionName(FuncIndex func) const;

  // Replaces `*ids` by the identifiers of the parameters and locals of `func`,
  // or those of its labels in the order of their blocks; equal labels have
  // equal identifiers. False, with `*ids` empty, when none has a name.
  // What they point to lives until the next call of this method.
  bool Locals(FuncIndex func, uint32_t count, IdSpace* ids);
  bool Labels(FuncIndex func, IdSpace* ids);
  // To be told how many blocks the body of `func` has, after Labels.
  void CheckLabels(FuncIndex func, uint32_t count);

  // Whether parsing the text makes the name section that the module has. Final
  // after all functions have been asked for.
  bool exact() const { return exact_; }
  // The name section in Module::customs, or null.
  const CustomSection* section() const { return section_; }

 private:
  enum class Equal : uint8_t { kRename, kKeep, kDrop };

  void Read(const CustomSection& section);
  void AddFields(const IndirectNames& fields);
  void IndexByFunction(const IndirectNameMap& map, bool of_imports,
                       std::vector<uint32_t>* entries);
  void Fill(const NameMap& names, size_t count, Equal equal, StringPool* pool,
            IdSpace* ids);
  TextId MakeId(absl::string_view name, uint32_t index, Equal equal,
                StringPool* pool);
  absl::string_view Render(absl::string_view name, StringPool* pool);
  absl::string_view RenderAnnotation(absl::string_view name, StringPool* pool);

  const Module& module_;
  const CustomSection* section_ = nullptr;
  bool exact_ = false;
  Names names_;
  TextId module_id_;
  IdSpace funcs_;
  IdSpace types_;
  IdSpace tables_;
  IdSpace memories_;
  IdSpace globals_;
  IdSpace elems_;
  IdSpace datas_;
  IdSpace tags_;
  std::vector<IdSpace> fields_;  // By type; may be shorter.
  const IdSpace no_fields_;
  // By function: 1 + index into names_.locals or names_.labels; or empty.
  std::vector<uint32_t> locals_of_;
  std::vector<uint32_t> labels_of_;
  std::vector<absl::string_view> export_names_;  // By function.
  StringPool pool_;
  StringPool locals_pool_;
  StringPool labels_pool_;
  // Scratch.
  absl::flat_hash_set<absl::string_view> seen_;
  PrintBuffer rendered_;
};

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TEXT_PRINT_NAMES_H_
