#include "ir/wasm/text/print_types.h"

#include "ir/wasm/type_text.h"

namespace weft::wasm {

void TypePrinter::Value(ValueType type, PrintBuffer* out) const {
  switch (type.kind()) {
    case ValueType::kI32:
      return out->Text("i32");
    case ValueType::kI64:
      return out->Text("i64");
    case ValueType::kF32:
      return out->Text("f32");
    case ValueType::kF64:
      return out->Text("f64");
    case ValueType::kV128:
      return out->Text("v128");
    case ValueType::kRef:
      return Reference(type.heap(), type.nullable(), out);
    case ValueType::kNone:
    case ValueType::kBottom:
      return out->Text(ValueTypeText(type));
  }
}

void TypePrinter::Heap(HeapType type, PrintBuffer* out) const {
  if (type.is_defined()) {
    AppendIndex(names_.types(), type.index(), out);
  } else {
    out->Text(HeapTypeText(type));
  }
}

void TypePrinter::Reference(HeapType type, bool nullable,
                            PrintBuffer* out) const {
  if (!type.is_defined()) {
    return out->Text(ValueTypeText(ValueType::Ref(type, nullable)));
  }
  out->Text(nullable ? "(ref null " : "(ref ");
  AppendIndex(names_.types(), type.index(), out);
  out->Char(')');
}

void TypePrinter::List(absl::string_view word,
                       const std::vector<ValueType>& types,
                       PrintBuffer* out) const {
  if (types.empty()) return;
  out->Text(" (");
  out->Text(word);
  for (ValueType type : types) {
    out->Char(' ');
    Value(type, out);
  }
  out->Char(')');
}

void TypePrinter::UseIndex(TypeIndex index, PrintBuffer* out) const {
  out->Text(" (type ");
  AppendIndex(names_.types(), index, out);
  out->Char(')');
}

void TypePrinter::Use(TypeIndex index, PrintBuffer* out) {
  if (index >= uses_.size()) return UseIndex(index, out);
  if (uses_[index].empty()) {
    const SubType& type = module_.types[index];
    scratch_.clear();
    UseIndex(index, &scratch_);
    List("param", type.params, &scratch_);
    List("result", type.results, &scratch_);
    uses_[index] = pool_.Add(scratch_.view());
  }
  out->Padded(uses_[index].data(), uses_[index].size());
}

void TypePrinter::Block(const BlockType& type, PrintBuffer* out) {
  switch (type.kind) {
    case BlockType::kEmpty:
      return;
    case BlockType::kValue:
      out->Text(" (result ");
      Value(type.value, out);
      return out->Char(')');
    case BlockType::kTypeIndex:
      return Use(type.index, out);
  }
}

void TypePrinter::Field(const FieldType& type, PrintBuffer* out) const {
  if (type.is_mutable) out->Text("(mut ");
  switch (type.storage.packed) {
    case StorageType::kNotPacked:
      Value(type.storage.value, out);
      break;
    case StorageType::kI8:
      out->Text("i8");
      break;
    case StorageType::kI16:
      out->Text("i16");
      break;
  }
  if (type.is_mutable) out->Char(')');
}

void TypePrinter::Fields(TypeIndex index, PrintBuffer* out) const {
  const std::vector<FieldType>& fields = module_.types[index].fields;
  const IdSpace& ids = names_.Fields(index);
  for (size_t i = 0; i < fields.size(); ++i) {
    out->Text(" (field ");
    if (i < ids.size() && !ids[i].id.empty()) {
      out->Text(ids[i].id);
      out->Char(' ');
    }
    Field(fields[i], out);
    out->Char(')');
  }
}

void TypePrinter::Definition(TypeIndex index, PrintBuffer* out) const {
  const SubType& type = module_.types[index];
  const bool is_sub = !type.is_final || type.super != kNoIndex;
  if (is_sub) {
    out->Text(type.is_final ? "(sub final " : "(sub ");
    if (type.super != kNoIndex) {
      AppendIndex(names_.types(), type.super, out);
      out->Char(' ');
    }
  }
  switch (type.kind) {
    case SubType::kFunc:
      out->Text("(func");
      List("param", type.params, out);
      List("result", type.results, out);
      break;
    case SubType::kStruct:
      out->Text("(struct");
      Fields(index, out);
      break;
    case SubType::kArray:
      out->Text("(array ");
      Field(type.fields[0], out);
      break;
  }
  out->Text(is_sub ? "))" : ")");
}

void TypePrinter::LimitsOf(const Limits& limits, PrintBuffer* out) const {
  if (limits.is_64) out->Text("i64 ");
  out->Decimal(limits.min);
  if (limits.has_max) {
    out->Char(' ');
    out->Decimal(limits.max);
  }
  if (limits.is_shared) out->Text(" shared");
}

void TypePrinter::Table(const TableType& type, PrintBuffer* out) const {
  LimitsOf(type.limits, out);
  out->Char(' ');
  Value(type.element, out);
}

void TypePrinter::Memory(const MemoryType& type, PrintBuffer* out) const {
  LimitsOf(type.limits, out);
  if (!type.has_page_size) return;
  out->Text(" (pagesize ");
  out->Decimal(uint64_t{1} << (type.page_size_log2 & 63));
  out->Char(')');
}

void TypePrinter::Global(const GlobalType& type, PrintBuffer* out) const {
  if (type.is_mutable) out->Text("(mut ");
  Value(type.value, out);
  if (type.is_mutable) out->Char(')');
}

}  // namespace weft::wasm
