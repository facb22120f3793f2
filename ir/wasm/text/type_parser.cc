// Types of the text format (spec 3.0, 6.4) and type uses (6.6.4).
#include "absl/strings/str_cat.h"
#include "ir/wasm/limits.h"
#include "ir/wasm/text/text_module.h"

namespace weft::wasm {
namespace {

struct HeapWord {
  absl::string_view word;
  absl::string_view nullable;  // The word for (ref null ...).
  HeapType::Abstract heap;
};

constexpr HeapWord kHeapWords[] = {
    {"func", "funcref", HeapType::kFunc},
    {"nofunc", "nullfuncref", HeapType::kNoFunc},
    {"extern", "externref", HeapType::kExtern},
    {"noextern", "nullexternref", HeapType::kNoExtern},
    {"any", "anyref", HeapType::kAny},
    {"eq", "eqref", HeapType::kEq},
    {"i31", "i31ref", HeapType::kI31},
    {"struct", "structref", HeapType::kStruct},
    {"array", "arrayref", HeapType::kArray},
    {"none", "nullref", HeapType::kNone},
    {"exn", "exnref", HeapType::kExn},
    {"noexn", "nullexnref", HeapType::kNoExn},
};

// kNone when `word` is no number or vector type.
ValueType::Kind NumberTypeOf(absl::string_view word) {
  if (word == "i32") return ValueType::kI32;
  if (word == "i64") return ValueType::kI64;
  if (word == "f32") return ValueType::kF32;
  if (word == "f64") return ValueType::kF64;
  if (word == "v128") return ValueType::kV128;
  return ValueType::kNone;
}

const HeapWord* NullableWord(absl::string_view word) {
  for (const HeapWord& entry : kHeapWords) {
    if (entry.nullable == word) return &entry;
  }
  return nullptr;
}

}  // namespace

bool TextModule::ExpectHeapType(HeapType* type) {
  if (reader.kind() == TokenKind::kKeyword) {
    for (const HeapWord& entry : kHeapWords) {
      if (entry.word != reader.text()) continue;
      *type = entry.heap;
      reader.Advance();
      return true;
    }
  }
  if (!AtIndex()) return reader.FailExpected("a heap type");
  const Token token = reader.peek();
  uint32_t index;
  if (!ExpectIndex(Space::kType, &index)) return false;
  if (index >= LimitValue(Limit::kTypes)) {
    return reader.FailAt(token.begin, "unknown type");
  }
  *type = HeapType::Defined(index);
  return true;
}

bool TextModule::ExpectRefType(ValueType* type) {
  if (reader.kind() == TokenKind::kKeyword) {
    if (const HeapWord* entry = NullableWord(reader.text())) {
      *type = ValueType::Ref(entry->heap, true);
      reader.Advance();
      return true;
    }
  }
  if (!reader.TakeForm("ref")) return reader.FailExpected("a reference type");
  const bool nullable = reader.TakeKeyword("null");
  HeapType heap;
  if (!ExpectHeapType(&heap)) return false;
  *type = ValueType::Ref(heap, nullable);
  return reader.ExpectRight();
}

bool TextModule::ExpectValueType(ValueType* type) {
  if (reader.kind() == TokenKind::kKeyword) {
    const ValueType::Kind kind = NumberTypeOf(reader.text());
    if (kind != ValueType::kNone) {
      *type = kind;
      reader.Advance();
      return true;
    }
    if (NullableWord(reader.text()) == nullptr) {
      return reader.FailExpected("a value type");
    }
  } else if (!reader.AtForm("ref")) {
    return reader.FailExpected("a value type");
  }
  return ExpectRefType(type);
}

bool TextModule::AtValueType() {
  if (reader.kind() == TokenKind::kKeyword) {
    return NumberTypeOf(reader.text()) != ValueType::kNone ||
           NullableWord(reader.text()) != nullptr;
  }
  return reader.AtForm("ref");
}

bool TextModule::ParseTypeField() {
  const auto begin = static_cast<TypeIndex>(module.types.size());
  if (reader.AtForm("type")) {
    if (!ParseTypeDefinition(begin)) return false;
  } else {
    if (!reader.ExpectForm("rec")) return false;
    while (reader.kind() != TokenKind::kRight) {
      if (!ParseTypeDefinition(begin)) return false;
    }
    reader.Advance();
  }
  const auto size = static_cast<uint32_t>(module.types.size()) - begin;
  for (uint32_t i = 0; i < size; ++i) {
    module.types[begin + i].group_size = size;
  }
  return true;
}

bool TextModule::ParseTypeDefinition(TypeIndex group_begin) {
  if (!reader.ExpectForm("type")) return false;
  const auto index = static_cast<TypeIndex>(module.types.size());
  if (!TakeName(index, &names.types)) return false;
  SubType& type = module.types.emplace_back();
  type.group_begin = group_begin;
  return ParseSubType(&type) && reader.ExpectRight();
}

bool TextModule::ParseSubType(SubType* type) {
  if (!reader.TakeForm("sub")) return ParseComposite(type);
  type->is_final = reader.TakeKeyword("final");
  if (AtIndex()) {
    if (!ExpectIndex(Space::kType, &type->super)) return false;
    if (AtIndex()) return reader.Fail("more than one super type");
  }
  return ParseComposite(type) && reader.ExpectRight();
}

bool TextModule::ParseComposite(SubType* type) {
  if (reader.TakeForm("func")) return ParseFuncType(type);
  if (reader.TakeForm("array")) {
    type->kind = SubType::kArray;
    type->fields.resize(1);
    return ParseFieldType(&type->fields[0]) && reader.ExpectRight();
  }
  if (!reader.TakeForm("struct")) {
    return reader.FailExpected("'(func ...', '(struct ...' or '(array ...'");
  }
  type->kind = SubType::kStruct;
  const auto index = static_cast<TypeIndex>(module.types.size()) - 1;
  while (reader.kind() != TokenKind::kRight) {
    if (!ParseStructField(index, type)) return false;
  }
  reader.Advance();
  return true;
}

bool TextModule::ParseFuncType(SubType* type) {
  type->kind = SubType::kFunc;
  TypeUse use;
  if (!ParseParams(true, &use) || !ParseResults(&use.results)) return false;
  type->params = std::move(use.params);
  type->results = std::move(use.results);
  return reader.ExpectRight();
}

bool TextModule::ParseStructField(TypeIndex index, SubType* type) {
  if (!reader.ExpectForm("field")) return false;
  const auto number = static_cast<uint32_t>(type->fields.size());
  Token id;
  absl::string_view name;
  if (!TakeIdAndName(&id, &name)) return false;
  if (name.data() == nullptr) {
    while (reader.kind() != TokenKind::kRight) {
      if (!ParseFieldType(&type->fields.emplace_back())) return false;
    }
    reader.Advance();
    return true;
  }
  if (id.kind != TokenKind::kEnd &&
      !fields_.emplace(std::pair(index, reader.IdName(id)), number).second) {
    return reader.FailAt(
        id.begin, absl::StrCat("duplicate field identifier ", reader.Text(id)));
  }
  if (names.fields.empty() || names.fields.back().index != index) {
    names.fields.push_back({index, {}});
  }
  names.fields.back().names.push_back({number, name});
  return ParseFieldType(&type->fields.emplace_back()) && reader.ExpectRight();
}

bool TextModule::ParseFieldType(FieldType* type) {
  type->is_mutable = reader.TakeForm("mut");
  if (reader.TakeKeyword("i8")) {
    type->storage = {ValueType::kI32, StorageType::kI8};
  } else if (reader.TakeKeyword("i16")) {
    type->storage = {ValueType::kI32, StorageType::kI16};
  } else if (!ExpectValueType(&type->storage.value)) {
    return false;
  }
  return !type->is_mutable || reader.ExpectRight();
}

bool TextModule::ParseParams(bool ids, TypeUse* use) {
  while (reader.TakeForm("param")) {
    if (ids) {
      Token id;
      absl::string_view name;
      if (!TakeIdAndName(&id, &name)) return false;
      if (name.data() != nullptr) {
        use->names.push_back(
            {static_cast<uint32_t>(use->params.size()), id, name});
        if (!ExpectValueType(&use->params.emplace_back()) ||
            !reader.ExpectRight()) {
          return false;
        }
        continue;
      }
    }
    while (reader.kind() != TokenKind::kRight) {
      if (!ExpectValueType(&use->params.emplace_back())) return false;
    }
    reader.Advance();
  }
  return true;
}

bool TextModule::ParseResults(std::vector<ValueType>* results) {
  while (reader.TakeForm("result")) {
    while (reader.kind() != TokenKind::kRight) {
      if (!ExpectValueType(&results->emplace_back())) return false;
    }
    reader.Advance();
  }
  return true;
}

bool TextModule::ParseTypeUse(bool ids, TypeUse* use) {
  use->Clear();
  if (reader.kind() != TokenKind::kLeft) return true;
  if (reader.TakeForm("type")) {
    use->has_index = true;
    if (!ExpectIndex(Space::kType, &use->index) || !reader.ExpectRight()) {
      return false;
    }
  }
  return ParseParams(ids, use) && ParseResults(&use->results);
}

void TextModule::MakeTypeKey(const std::vector<ValueType>& params,
                             const std::vector<ValueType>& results,
                             std::string* key) {
  key->clear();
  const auto append = [&](uint32_t bits) {
    key->append(reinterpret_cast<const char*>(&bits), sizeof(bits));
  };
  append(static_cast<uint32_t>(params.size()));
  for (ValueType type : params) append(type.bits());
  for (ValueType type : results) append(type.bits());
}

void TextModule::IndexFunctionTypes() {
  for (TypeIndex i = 0; i < module.types.size(); ++i) {
    const SubType& type = module.types[i];
    if (type.kind != SubType::kFunc || !type.is_final ||
        type.super != kNoIndex || type.group_size != 1) {
      continue;
    }
    MakeTypeKey(type.params, type.results, &type_key_);
    function_types_.try_emplace(type_key_, i);
  }
}

bool TextModule::ResolveTypeUse(const TypeUse& use, uint32_t offset,
                                TypeIndex* index) {
  if (use.has_index) {
    *index = use.index;
    if (use.params.empty() && use.results.empty()) return true;
    if (use.index >= module.types.size()) {
      return reader.FailAt(offset, absl::StrCat("unknown type ", use.index));
    }
    const SubType& type = module.types[use.index];
    return (type.kind == SubType::kFunc && type.params == use.params &&
            type.results == use.results) ||
           reader.FailAt(offset,
                         absl::StrCat("parameters and results are not those "
                                      "of type ",
                                      use.index));
  }
  MakeTypeKey(use.params, use.results, &type_key_);
  const auto next = static_cast<TypeIndex>(module.types.size());
  const auto [it, is_new] = function_types_.try_emplace(type_key_, next);
  *index = it->second;
  if (is_new) {
    SubType& type = module.types.emplace_back();
    type.params = use.params;
    type.results = use.results;
    type.group_begin = next;
  }
  return true;
}

bool TextModule::ExpectField(TypeIndex type, uint32_t* field) {
  if (!reader.AtId()) {
    return reader.ExpectU32("a field index or identifier", field);
  }
  const auto it = fields_.find(std::pair(type, reader.IdName(reader.peek())));
  if (it == fields_.end()) {
    return reader.Fail(absl::StrCat("unknown field ", reader.text()));
  }
  *field = it->second;
  reader.Advance();
  return true;
}

}  // namespace weft::wasm
