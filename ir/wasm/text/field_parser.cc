// Pass 2, field by field in the order of the text, which is the order in which
// function types are added. WriteModule brings the sections into theirs.
#include "ir/wasm/text/field_parser.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ir/wasm/writer.h"

namespace weft::wasm {

FieldParser::FieldParser(TextModule* module)
    : m_(*module),
      reader_(module->reader),
      begin_(module->reader.peek().begin),
      body_parser_(module, &bodies_),
      expr_parser_(module, &expr_) {}

bool FieldParser::Define() {
  for (uint32_t place : type_fields_) {
    reader_.Seek(place);
    if (!m_.ParseTypeField()) return false;
  }
  m_.IndexFunctionTypes();
  reader_.Seek(begin_);
  for (;;) {
    switch (reader_.kind()) {
      case TokenKind::kLeft:
        if (!DefineField()) return false;
        break;
      case TokenKind::kAnnotation:
        if (!DefineAnnotation()) return false;
        break;
      case TokenKind::kRight:
      case TokenKind::kEnd:
        return true;
      default:
        return reader_.FailExpected("a module field");
    }
  }
}

bool FieldParser::DefineField() {
  static constexpr struct {
    absl::string_view word;
    bool (FieldParser::*define)();
  } kFields[] = {
      {"func", &FieldParser::DefineFunc},
      {"import", &FieldParser::DefineImport},
      {"export", &FieldParser::DefineExport},
      {"global", &FieldParser::DefineGlobal},
      {"data", &FieldParser::DefineData},
      {"elem", &FieldParser::DefineElem},
      {"memory", &FieldParser::DefineMemory},
      {"table", &FieldParser::DefineTable},
      {"tag", &FieldParser::DefineTag},
      {"start", &FieldParser::DefineStart},
  };
  const absl::string_view word = reader_.FormWord();
  for (const auto& field : kFields) {
    if (word != field.word) continue;
    reader_.TakeForm(word);
    return (this->*field.define)() && reader_.ExpectRight();
  }
  return reader_.SkipForm();  // A type.
}

// What is imported reads like a definition with an import in it.
bool FieldParser::DefineImport() {
  static constexpr struct {
    absl::string_view word;
    bool (FieldParser::*define)();
  } kKinds[] = {
      {"func", &FieldParser::DefineFunc},
      {"global", &FieldParser::DefineGlobal},
      {"memory", &FieldParser::DefineMemory},
      {"table", &FieldParser::DefineTable},
      {"tag", &FieldParser::DefineTag},
  };
  if (!reader_.ExpectName(&import_module_) ||
      !reader_.ExpectName(&import_field_)) {
    return false;
  }
  for (const auto& kind : kKinds) {
    if (!reader_.TakeForm(kind.word)) continue;
    in_import_ = true;
    const bool ok = (this->*kind.define)();
    in_import_ = false;
    return ok && reader_.ExpectRight();
  }
  return reader_.FailExpected("what is imported, such as '(func ...'");
}

bool FieldParser::InlineExports(ExternalKind kind, uint32_t index) {
  if (in_import_) return true;
  while (reader_.TakeForm("export")) {
    absl::string_view name;
    if (!reader_.ExpectName(&name) || !reader_.ExpectRight()) return false;
    m_.module.exports.push_back({name, kind, index});
  }
  return true;
}

// Sets `*import_index`, or leaves it alone when there is no import.
bool FieldParser::InlineImport(ExternalKind kind, uint32_t index,
                               uint32_t* num_imported, uint32_t* import_index) {
  if (!in_import_) {
    if (!reader_.TakeForm("import")) return true;
    if (!reader_.ExpectName(&import_module_) ||
        !reader_.ExpectName(&import_field_) || !reader_.ExpectRight()) {
      return false;
    }
  }
  *import_index = static_cast<uint32_t>(m_.module.imports.size());
  ++*num_imported;
  m_.module.imports.push_back({import_module_, import_field_, kind, index});
  return true;
}

bool FieldParser::ParseFuncUse(TypeIndex* type) {
  const uint32_t place = reader_.peek().begin;
  return m_.ParseTypeUse(/*ids=*/true, &use_) &&
         m_.ResolveTypeUse(use_, place, type);
}

void FieldParser::AddParamNames(FuncIndex index) {
  if (use_.names.empty()) return;
  IndirectNames& locals = m_.names.locals.emplace_back();
  locals.index = index;
  for (const TypeUse::ParamName& param : use_.names) {
    locals.names.push_back({param.param, param.name});
  }
}

bool FieldParser::DefineFunc() {
  Module& m = m_.module;
  const auto index = static_cast<FuncIndex>(m.funcs.size());
  Function func;
  if (!m_.TakeName(index, &m_.names.funcs) ||
      !InlineExports(ExternalKind::kFunc, index) ||
      !InlineImport(ExternalKind::kFunc, index, &m.num_imported_funcs,
                    &func.import_index) ||
      !ParseFuncUse(&func.type)) {
    return false;
  }
  m.funcs.push_back(func);
  if (func.is_import()) {
    AddParamNames(index);
    return true;
  }
  // A type that is not there is for the validator to find.
  size_t num_params = use_.params.size();
  if (func.type < m.types.size()) num_params = m.types[func.type].params.size();
  if (!body_parser_.BeginFunction(index, use_,
                                  static_cast<uint32_t>(num_params)) ||
      !body_parser_.ParseBody()) {
    return false;
  }
  body_ends_.push_back(bodies_.size());
  return true;
}

bool FieldParser::DefineTable() {
  Module& m = m_.module;
  const auto index = static_cast<TableIndex>(m.tables.size());
  Table table;
  if (!m_.TakeName(index, &m_.names.tables) ||
      !InlineExports(ExternalKind::kTable, index) ||
      !InlineImport(ExternalKind::kTable, index, &m.num_imported_tables,
                    &table.import_index)) {
    return false;
  }
  const uint32_t begin = reader_.peek().begin;
  if (!table.is_import()) {
    // Without limits there are elements.
    if (!AddressType(&table.type.limits.is_64)) return false;
    if (reader_.kind() != TokenKind::kNumber) {
      return InlineElem(index, &table) && (m.tables.push_back(table), true);
    }
    reader_.Seek(begin);
  }
  if (!ParseTableType(&table.type)) return false;
  if (!table.is_import() && reader_.kind() != TokenKind::kRight) {
    table.has_init = true;
    if (!ParseExpr(&table.init)) return false;
  }
  m.tables.push_back(table);
  return true;
}

bool FieldParser::InlineElem(TableIndex index, Table* table) {
  if (!m_.ExpectRefType(&table->type.element)) return false;
  if (!reader_.ExpectForm("elem")) return false;
  ElemSegment segment;
  segment.table = index;
  segment.type = table->type.element;
  segment.offset = ZeroOffset(table->type.limits.is_64);
  // Functions of a table of functions are an abbreviation of their own;
  // otherwise they stand for expressions.
  const bool is_funcref = segment.type == ValueType::Ref(HeapType::kFunc, true);
  if (reader_.kind() == TokenKind::kLeft) {
    if (!ElemExprs(&segment)) return false;
  } else {
    if (!ElemFuncs(&segment)) return false;
    if (!is_funcref) FuncsToExprs(table->type.element, &segment);
  }
  Limits& limits = table->type.limits;
  limits.min = limits.max = segment.size();
  limits.has_max = true;
  m_.module.elems.push_back(std::move(segment));
  return reader_.ExpectRight();
}

void FieldParser::FuncsToExprs(ValueType type, ElemSegment* segment) {
  segment->type = type;
  segment->is_exprs = true;
  Operator op;
  for (FuncIndex func : segment->funcs) {
    expr_.clear();
    op.op = Op::kRefFunc;
    op.index[0] = func;
    WriteOperator(op, &expr_);
    op.op = Op::kEnd;
    WriteOperator(op, &expr_);
    segment->exprs.push_back(m_.StoreExpr(expr_.bytes()));
  }
  segment->funcs.clear();
}

bool FieldParser::DefineMemory() {
  Module& m = m_.module;
  const auto index = static_cast<MemoryIndex>(m.memories.size());
  Memory memory;
  if (!m_.TakeName(index, &m_.names.memories) ||
      !InlineExports(ExternalKind::kMemory, index) ||
      !InlineImport(ExternalKind::kMemory, index, &m.num_imported_memories,
                    &memory.import_index)) {
    return false;
  }
  const uint32_t begin = reader_.peek().begin;
  if (!memory.is_import()) {
    if (!AddressType(&memory.type.limits.is_64)) return false;
    if (reader_.kind() == TokenKind::kLeft) {
      if (!InlineData(index, &memory)) return false;
      m.memories.push_back(memory);
      return true;
    }
    reader_.Seek(begin);
  }
  if (!ParseMemoryType(&memory.type)) return false;
  m.memories.push_back(memory);
  return true;
}

bool FieldParser::InlineData(MemoryIndex index, Memory* memory) {
  if (!ParsePageSize(&memory->type) || !reader_.ExpectForm("data")) {
    return false;
  }
  DataSegment segment;
  segment.memory = index;
  segment.offset = ZeroOffset(memory->type.limits.is_64);
  if (!DataStrings(&segment.bytes)) return false;
  const uint64_t page = uint64_t{1} << memory->type.page_size_log2;
  Limits& limits = memory->type.limits;
  limits.min = limits.max = (segment.bytes.size() + page - 1) / page;
  limits.has_max = true;
  m_.module.datas.push_back(segment);
  return reader_.ExpectRight();
}

bool FieldParser::DefineGlobal() {
  Module& m = m_.module;
  const auto index = static_cast<GlobalIndex>(m.globals.size());
  Global global;
  if (!m_.TakeName(index, &m_.names.globals) ||
      !InlineExports(ExternalKind::kGlobal, index) ||
      !InlineImport(ExternalKind::kGlobal, index, &m.num_imported_globals,
                    &global.import_index) ||
      !ParseGlobalType(&global.type)) {
    return false;
  }
  if (!global.is_import() && !ParseExpr(&global.init)) return false;
  m.globals.push_back(global);
  return true;
}

bool FieldParser::DefineTag() {
  Module& m = m_.module;
  const auto index = static_cast<TagIndex>(m.tags.size());
  Tag tag;
  if (!m_.TakeName(index, &m_.names.tags) ||
      !InlineExports(ExternalKind::kTag, index) ||
      !InlineImport(ExternalKind::kTag, index, &m.num_imported_tags,
                    &tag.import_index) ||
      !ParseFuncUse(&tag.type)) {
    return false;
  }
  m.tags.push_back(tag);
  return true;
}

bool FieldParser::DefineExport() {
  static constexpr struct {
    absl::string_view word;
    Space space;
    ExternalKind kind;
  } kKinds[] = {
      {"func", Space::kFunc, ExternalKind::kFunc},
      {"table", Space::kTable, ExternalKind::kTable},
      {"memory", Space::kMemory, ExternalKind::kMemory},
      {"global", Space::kGlobal, ExternalKind::kGlobal},
      {"tag", Space::kTag, ExternalKind::kTag},
  };
  Export entry;
  if (!reader_.ExpectName(&entry.name)) return false;
  for (const auto& kind : kKinds) {
    if (!reader_.TakeForm(kind.word)) continue;
    entry.kind = kind.kind;
    if (!m_.ExpectIndex(kind.space, &entry.index)) return false;
    m_.module.exports.push_back(entry);
    return reader_.ExpectRight();
  }
  return reader_.FailExpected("what is exported, such as '(func 0)'");
}

bool FieldParser::DefineStart() {
  if (m_.module.start != kNoIndex) {
    return reader_.Fail("more than one start function");
  }
  return m_.ExpectIndex(Space::kFunc, &m_.module.start);
}

bool FieldParser::AddressType(bool* is_64) {
  *is_64 = reader_.TakeKeyword("i64");
  if (!*is_64) reader_.TakeKeyword("i32");
  return true;
}

// 64 bits for both address types, for validation knows what is too large;
// before there were two, 32.
bool FieldParser::ParseLimits(Limits* limits) {
  const uint64_t largest =
      m_.features.Has(Feature::kMemory64) ? ~uint64_t{0} : 0xffffffffu;
  if (!reader_.ExpectUnsigned("a number", largest, &limits->min)) return false;
  limits->has_max = reader_.kind() == TokenKind::kNumber;
  return !limits->has_max ||
         reader_.ExpectUnsigned("a number", largest, &limits->max);
}

bool FieldParser::ParseTableType(TableType* type) {
  return AddressType(&type->limits.is_64) && ParseLimits(&type->limits) &&
         m_.ExpectRefType(&type->element);
}

bool FieldParser::ParseMemoryType(MemoryType* type) {
  if (!AddressType(&type->limits.is_64) || !ParseLimits(&type->limits)) {
    return false;
  }
  type->limits.is_shared = reader_.TakeKeyword("shared");
  return ParsePageSize(type);
}

bool FieldParser::ParsePageSize(MemoryType* type) {
  if (!reader_.TakeForm("pagesize")) return true;
  uint64_t size;
  const Token number = reader_.peek();
  if (!reader_.ExpectUnsigned("a page size", ~uint64_t{0}, &size)) return false;
  if (!std::has_single_bit(size)) {
    return reader_.FailAt(number.begin, "page size must be a power of two");
  }
  type->has_page_size = true;
  type->page_size_log2 = static_cast<uint8_t>(std::countr_zero(size));
  return reader_.ExpectRight();
}

bool FieldParser::ParseGlobalType(GlobalType* type) {
  type->is_mutable = reader_.TakeForm("mut");
  return m_.ExpectValueType(&type->value) &&
         (!type->is_mutable || reader_.ExpectRight());
}

bool FieldParser::ParseExpr(ConstExpr* expr) {
  expr_.clear();
  if (!expr_parser_.ParseExpr()) return false;
  *expr = m_.StoreExpr(expr_.bytes());
  return true;
}

ConstExpr FieldParser::ZeroOffset(bool is_64) {
  expr_.clear();
  Operator op;
  op.op = is_64 ? Op::kI64Const : Op::kI32Const;
  WriteOperator(op, &expr_);
  op.op = Op::kEnd;
  WriteOperator(op, &expr_);
  return m_.StoreExpr(expr_.bytes());
}

bool FieldParser::ParseOffset(ConstExpr* offset) {
  if (reader_.TakeForm("offset")) {
    return ParseExpr(offset) && reader_.ExpectRight();
  }
  expr_.clear();
  if (!expr_parser_.ParseFoldedExpr()) return false;
  *offset = m_.StoreExpr(expr_.bytes());
  return true;
}

bool FieldParser::DefineElem() {
  Module& m = m_.module;
  const auto index = static_cast<ElemIndex>(m.elems.size());
  ElemSegment segment;
  if (!m_.TakeName(index, &m_.names.elems)) return false;
  bool func_optional = false;
  if (reader_.TakeKeyword("declare")) {
    segment.mode = ElemSegment::kDeclarative;
  } else if (reader_.kind() == TokenKind::kNumber) {
    // How the first release named the table.
    func_optional = true;
    if (!m_.ExpectIndex(Space::kTable, &segment.table) ||
        !ParseOffset(&segment.offset)) {
      return false;
    }
  } else if (reader_.kind() != TokenKind::kLeft || reader_.AtForm("ref")) {
    segment.mode = ElemSegment::kPassive;
  } else {
    func_optional = !reader_.TakeForm("table");
    if (!func_optional && (!m_.ExpectIndex(Space::kTable, &segment.table) ||
                           !reader_.ExpectRight())) {
      return false;
    }
    if (!ParseOffset(&segment.offset)) return false;
  }
  if (!ElemList(&segment, func_optional)) return false;
  m.elems.push_back(std::move(segment));
  return true;
}

bool FieldParser::ElemList(ElemSegment* segment, bool func_optional) {
  segment->is_exprs = m_.AtValueType();
  if (segment->is_exprs) {
    return m_.ExpectRefType(&segment->type) && ElemExprs(segment);
  }
  if (!reader_.TakeKeyword("func") &&
      !(func_optional &&
        (m_.AtIndex() || reader_.kind() == TokenKind::kRight))) {
    return reader_.FailExpected("'func' or a reference type");
  }
  return ElemFuncs(segment);
}

bool FieldParser::ElemExprs(ElemSegment* segment) {
  segment->is_exprs = true;
  while (reader_.kind() != TokenKind::kRight) {
    expr_.clear();
    if (reader_.TakeForm("item")) {
      if (!expr_parser_.ParseExpr() || !reader_.ExpectRight()) return false;
    } else if (!expr_parser_.ParseFoldedExpr()) {
      return false;
    }
    segment->exprs.push_back(m_.StoreExpr(expr_.bytes()));
  }
  return true;
}

bool FieldParser::ElemFuncs(ElemSegment* segment) {
  segment->type = ValueType::Ref(HeapType::kFunc, false);
  while (reader_.kind() != TokenKind::kRight) {
    uint32_t func;
    if (!m_.ExpectIndex(Space::kFunc, &func)) return false;
    segment->funcs.push_back(func);
  }
  return true;
}

bool FieldParser::DefineData() {
  Module& m = m_.module;
  const auto index = static_cast<DataIndex>(m.datas.size());
  DataSegment segment;
  if (!m_.TakeName(index, &m_.names.datas)) return false;
  // A bare number is how the first release named the memory.
  const bool has_number = reader_.kind() == TokenKind::kNumber;
  if (has_number && !m_.ExpectIndex(Space::kMemory, &segment.memory)) {
    return false;
  }
  if (has_number || reader_.kind() == TokenKind::kLeft) {
    if (!has_number && reader_.TakeForm("memory") &&
        (!m_.ExpectIndex(Space::kMemory, &segment.memory) ||
         !reader_.ExpectRight())) {
      return false;
    }
    if (!ParseOffset(&segment.offset)) return false;
  } else {
    segment.mode = DataSegment::kPassive;
  }
  if (!DataStrings(&segment.bytes)) return false;
  m.datas.push_back(segment);
  return true;
}

// Up to the closing parenthesis, which stays.
bool FieldParser::DataStrings(ByteSpan* bytes) {
  data_.clear();
  while (reader_.kind() == TokenKind::kString) {
    AppendStringBytes(reader_.text(), &data_);
    reader_.Advance();
  }
  if (reader_.kind() != TokenKind::kRight) {
    return reader_.FailExpected("a string or ')'");
  }
  *bytes = m_.pool.Store(
      ByteSpan(reinterpret_cast<const uint8_t*>(data_.data()), data_.size()));
  return true;
}

absl::StatusOr<std::vector<uint8_t>> FieldParser::Write() {
  Module& m = m_.module;
  m.features = FeatureSet::All();
  m.has_data_count = m_.needs_data_count;
  AddHintSection();
  AddNameSection();
  std::stable_sort(
      customs_.begin(), customs_.end(),
      [](const Custom& a, const Custom& b) { return a.order < b.order; });
  for (const Custom& custom : customs_) m.customs.push_back(custom.section);
  const auto body = [&](FuncIndex func, ByteWriter* out) {
    const size_t i = func - m.num_imported_funcs;
    const size_t begin = i == 0 ? 0 : body_ends_[i - 1];
    out->Bytes(ByteSpan(bodies_.bytes()).subspan(begin, body_ends_[i] - begin));
    return absl::OkStatus();
  };
  return WriteModule(m, IndexMaps(), body, KeepCustomSections,
                     /*exact=*/true);
}

}  // namespace weft::wasm
