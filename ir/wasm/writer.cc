// One method per section, each into a scratch buffer whose size then precedes
// it. Index maps are inverted once per index space: the order in which old
// entities are written.
#include "ir/wasm/writer.h"

#include <utility>

#include "base/check.h"
#include "ir/wasm/limits.h"
#include "ir/wasm/names.h"
#include "ir/wasm/type_codec.h"

namespace weft::wasm {
namespace {

constexpr uint8_t kHeader[] = {0, 'a', 's', 'm', 1, 0, 0, 0};

// Old indices by their new ones.
std::vector<uint32_t> Invert(const std::vector<uint32_t>& map, size_t size) {
  std::vector<uint32_t> order;
  if (map.empty()) {
    order.resize(size);
    for (uint32_t i = 0; i < size; ++i) order[i] = i;
    return order;
  }
  WEFT_CHECK(map.size() == size);
  for (uint32_t old = 0; old < size; ++old) {
    if (map[old] == kNoIndex) continue;
    if (map[old] >= order.size()) order.resize(map[old] + 1, kNoIndex);
    if (order[map[old]] == kNoIndex) order[map[old]] = old;
  }
  for (uint32_t old : order) WEFT_CHECK(old != kNoIndex);
  return order;
}

class ModuleWriter {
 public:
  ModuleWriter(const Module& module, const IndexMaps& maps, BodyProvider body,
               CustomPolicy customs, bool exact)
      : module_(module),
        maps_(maps),
        body_(body),
        customs_(customs),
        exact_(exact),
        types_(Invert(maps.types, module.types.size())),
        funcs_(Invert(maps.funcs, module.funcs.size())),
        tables_(Invert(maps.tables, module.tables.size())),
        memories_(Invert(maps.memories, module.memories.size())),
        tags_(Invert(maps.tags, module.tags.size())),
        globals_(Invert(maps.globals, module.globals.size())),
        elems_(Invert(maps.elems, module.elems.size())),
        datas_(Invert(maps.datas, module.datas.size())) {}

  absl::StatusOr<std::vector<uint8_t>> Write() {
    out_.mutable_bytes().reserve(module_.bytes.size());
    out_.Bytes(kHeader);
    // In the order of the format.
    using Method = void (ModuleWriter::*)();
    constexpr std::pair<SectionId, Method> kSections[] = {
        {SectionId::kCustom, nullptr},
        {SectionId::kType, &ModuleWriter::WriteTypes},
        {SectionId::kImport, &ModuleWriter::WriteImports},
        {SectionId::kFunction, &ModuleWriter::WriteFunctions},
        {SectionId::kTable, &ModuleWriter::WriteTables},
        {SectionId::kMemory, &ModuleWriter::WriteMemories},
        {SectionId::kTag, &ModuleWriter::WriteTags},
        {SectionId::kGlobal, &ModuleWriter::WriteGlobals},
        {SectionId::kExport, &ModuleWriter::WriteExports},
        {SectionId::kStart, &ModuleWriter::WriteStart},
        {SectionId::kElem, &ModuleWriter::WriteElems},
        {SectionId::kDataCount, &ModuleWriter::WriteDataCount},
        {SectionId::kCode, &ModuleWriter::WriteCode},
        {SectionId::kData, &ModuleWriter::WriteDatas},
    };
    for (const auto& [id, method] : kSections) {
      if (method != nullptr) {
        section_.clear();
        (this->*method)();
        if (section_.size() > 0) AppendSection(id);
      }
      WriteCustomsAfter(id);
      if (!status_.ok()) return status_;
    }
    if (out_.size() > LimitValue(Limit::kModuleSize)) {
      return LimitError(Limit::kModuleSize, out_.size(), 0, "output");
    }
    return out_.Take();
  }

 private:
  void AppendSection(SectionId id) {
    out_.Byte(static_cast<uint8_t>(id));
    out_.U32(static_cast<uint32_t>(section_.size()));
    out_.Bytes(section_.bytes());
  }

  void WriteCount(size_t count) { section_.U32(static_cast<uint32_t>(count)); }

  void WriteTypes() {
    size_t num_groups = 0;
    for (size_t i = 0; i < types_.size();) {
      const SubType& first = module_.types[types_[i]];
      WEFT_CHECK(first.group_begin == types_[i]);
      i += first.group_size;
      ++num_groups;
    }
    if (num_groups == 0) return;
    WriteCount(num_groups);
    for (size_t i = 0; i < types_.size();) {
      const uint32_t size = module_.types[types_[i]].group_size;
      if (size != 1) {
        section_.Byte(0x4e);
        section_.U32(size);
      }
      for (uint32_t j = 0; j < size; ++j) {
        WriteSubType(module_.types[types_[i + j]], maps_, &section_);
      }
      i += size;
    }
  }

  // Imports keep the order of the file among kinds; within a kind they follow
  // the new indices.
  void WriteImports() {
    std::vector<const Import*> imports;
    size_t next[5] = {};
    for (const Import& import : module_.imports) {
      const std::vector<uint32_t>& order = OrderOf(import.kind);
      const uint32_t image = IndexMaps::Map(MapOf(import.kind), import.index);
      if (image == kNoIndex || order[image] != import.index) continue;
      const uint32_t old = order[next[static_cast<int>(import.kind)]++];
      imports.push_back(&module_.imports[ImportIndexOf(import.kind, old)]);
    }
    if (imports.empty()) return;
    WriteCount(imports.size());
    for (const Import* import : imports) {
      section_.Name(import->module);
      section_.Name(import->field);
      section_.Byte(static_cast<uint8_t>(import->kind));
      WriteExternType(import->kind, import->index);
    }
  }

  void WriteExternType(ExternalKind kind, uint32_t index) {
    switch (kind) {
      case ExternalKind::kFunc:
        section_.U32(MapType(module_.funcs[index].type));
        return;
      case ExternalKind::kTable:
        WriteTableType(module_.tables[index].type);
        return;
      case ExternalKind::kMemory:
        WriteMemoryType(module_.memories[index].type);
        return;
      case ExternalKind::kGlobal:
        WriteGlobalType(module_.globals[index].type);
        return;
      case ExternalKind::kTag:
        section_.Byte(0);
        section_.U32(MapType(module_.tags[index].type));
        return;
    }
  }

  void WriteFunctions() {
    const size_t count = CountDefined(funcs_, module_.funcs);
    if (count == 0) return;
    WriteCount(count);
    for (uint32_t old : funcs_) {
      const Function& func = module_.funcs[old];
      if (!func.is_import()) section_.U32(MapType(func.type));
    }
  }

  void WriteTables() {
    const size_t count = CountDefined(tables_, module_.tables);
    if (count == 0) return;
    WriteCount(count);
    for (uint32_t old : tables_) {
      const Table& table = module_.tables[old];
      if (table.is_import()) continue;
      const bool has_init = table.has_init && !IsNullInit(table);
      if (has_init) {
        section_.Byte(0x40);
        section_.Byte(0);
      }
      WriteTableType(table.type);
      if (has_init) WriteExpr(table.init);
    }
  }

  // ref.null alone is what a table without initializer begins with. Operands
  // of a struct.new, say, may begin with it too.
  bool IsNullInit(const Table& table) const {
    if (exact_ || !table.type.element.nullable()) return false;
    OperatorReader reader(table.init.code, table.init.offset, module_.features);
    Operator op;
    return reader.TryRead(&op) && op.op == Op::kRefNull &&
           reader.TryRead(&op) && op.op == Op::kEnd;
  }

  void WriteMemories() {
    const size_t count = CountDefined(memories_, module_.memories);
    if (count == 0) return;
    WriteCount(count);
    for (uint32_t old : memories_) {
      const Memory& memory = module_.memories[old];
      if (!memory.is_import()) WriteMemoryType(memory.type);
    }
  }

  void WriteTags() {
    const size_t count = CountDefined(tags_, module_.tags);
    if (count == 0) return;
    WriteCount(count);
    for (uint32_t old : tags_) {
      const Tag& tag = module_.tags[old];
      if (tag.is_import()) continue;
      section_.Byte(0);
      section_.U32(MapType(tag.type));
    }
  }

  void WriteGlobals() {
    const size_t count = CountDefined(globals_, module_.globals);
    if (count == 0) return;
    WriteCount(count);
    for (uint32_t old : globals_) {
      const Global& global = module_.globals[old];
      if (global.is_import()) continue;
      WriteGlobalType(global.type);
      WriteExpr(global.init);
    }
  }

  void WriteExports() {
    if (module_.exports.empty()) return;
    WriteCount(module_.exports.size());
    for (const Export& entry : module_.exports) {
      section_.Name(entry.name);
      section_.Byte(static_cast<uint8_t>(entry.kind));
      section_.U32(IndexMaps::Map(MapOf(entry.kind), entry.index));
    }
  }

  void WriteStart() {
    if (module_.start == kNoIndex) return;
    section_.U32(IndexMaps::Map(maps_.funcs, module_.start));
  }

  void WriteElems() {
    if (elems_.empty()) return;
    WriteCount(elems_.size());
    for (uint32_t old : elems_) WriteElem(module_.elems[old]);
  }

  void WriteElem(const ElemSegment& segment) {
    std::vector<FuncIndex> from_exprs;
    const bool is_exprs =
        segment.is_exprs && !AsFunctions(segment, &from_exprs);
    const bool is_funcref =
        segment.type == ValueType::Ref(HeapType::kFunc, true);
    const TableIndex table = IndexMaps::Map(maps_.tables, segment.table);
    uint8_t flags = is_exprs ? 4 : 0;
    switch (segment.mode) {
      case ElemSegment::kActive:
        if (table != 0 || (is_exprs && !is_funcref)) flags |= 2;
        break;
      case ElemSegment::kPassive:
        flags |= 1;
        break;
      case ElemSegment::kDeclarative:
        flags |= 3;
        break;
    }
    section_.Byte(flags);
    if (segment.mode == ElemSegment::kActive) {
      if ((flags & 2) != 0) section_.U32(table);
      WriteExpr(segment.offset);
    }
    if ((flags & 3) != 0) {
      if (is_exprs) {
        WriteValueType(maps_.Map(segment.type), &section_);
      } else {
        section_.Byte(0);
      }
    }
    if (is_exprs) {
      WriteCount(segment.exprs.size());
      for (const ConstExpr& expr : segment.exprs) WriteExpr(expr);
      return;
    }
    const std::vector<FuncIndex>& funcs =
        segment.is_exprs ? from_exprs : segment.funcs;
    WriteCount(funcs.size());
    for (FuncIndex func : funcs) {
      section_.U32(IndexMaps::Map(maps_.funcs, func));
    }
  }

  // Whether every expression is a ref.func of a segment of funcref, which
  // plain function indices say in fewer bytes. Then `*funcs` has them.
  bool AsFunctions(const ElemSegment& segment,
                   std::vector<FuncIndex>* funcs) const {
    if (exact_ || segment.exprs.empty() ||
        segment.type != ValueType::Ref(HeapType::kFunc, true)) {
      return false;
    }
    for (const ConstExpr& expr : segment.exprs) {
      OperatorReader reader(expr.code, expr.offset, module_.features);
      Operator op;
      if (!reader.TryRead(&op) || op.op != Op::kRefFunc) return false;
      funcs->push_back(op.index[0]);
      if (!reader.TryRead(&op) || op.op != Op::kEnd) return false;
    }
    return true;
  }

  void WriteDataCount() {
    if (module_.has_data_count && !datas_.empty()) WriteCount(datas_.size());
  }

  void WriteCode() {
    const size_t count = CountDefined(funcs_, module_.funcs);
    if (count == 0) return;
    WriteCount(count);
    ByteWriter body;
    for (uint32_t old : funcs_) {
      if (module_.funcs[old].is_import()) continue;
      body.clear();
      Note(body_(old, &body));
      if (!status_.ok()) return;
      if (body.size() > LimitValue(Limit::kBodySize)) {
        Note(LimitError(Limit::kBodySize, body.size(), 0, "output"));
        return;
      }
      WriteCount(body.size());
      section_.Bytes(body.bytes());
    }
  }

  void WriteDatas() {
    if (datas_.empty()) return;
    WriteCount(datas_.size());
    for (uint32_t old : datas_) {
      const DataSegment& segment = module_.datas[old];
      const MemoryIndex memory = IndexMaps::Map(maps_.memories, segment.memory);
      if (segment.mode == DataSegment::kPassive) {
        section_.Byte(1);
      } else {
        section_.Byte(memory == 0 ? 0 : 2);
        if (memory != 0) section_.U32(memory);
        WriteExpr(segment.offset);
      }
      WriteCount(segment.bytes.size());
      section_.Bytes(segment.bytes);
    }
  }

  void WriteCustomsAfter(SectionId id) {
    for (const CustomSection& custom : module_.customs) {
      if (custom.after_section == static_cast<uint8_t>(id)) {
        WriteCustom(custom);
      }
    }
  }

  void WriteCustom(const CustomSection& custom) {
    ByteWriter content;
    CustomAction action = customs_(custom, &content);
    if (action == CustomAction::kDrop) return;
    if (action == CustomAction::kKeep && custom.name == "name" &&
        RewriteNames(custom, maps_, &content)) {
      action = CustomAction::kReplace;
    }
    section_.clear();
    if (action == CustomAction::kKeep && !custom.payload.empty()) {
      section_.Bytes(custom.payload);
    } else {
      section_.Name(custom.name);
      section_.Bytes(action == CustomAction::kReplace
                         ? ByteSpan(content.bytes())
                         : custom.bytes);
    }
    AppendSection(SectionId::kCustom);
  }

  void WriteLimits(const Limits& limits, bool has_page_size) {
    section_.Byte(static_cast<uint8_t>(
        (limits.has_max ? 1 : 0) | (limits.is_shared ? 2 : 0) |
        (limits.is_64 ? 4 : 0) | (has_page_size ? 8 : 0)));
    section_.U64(limits.min);
    if (limits.has_max) section_.U64(limits.max);
  }

  void WriteTableType(const TableType& type) {
    WriteValueType(maps_.Map(type.element), &section_);
    WriteLimits(type.limits, false);
  }

  void WriteMemoryType(const MemoryType& type) {
    constexpr uint8_t kDefaultPageSizeLog2 = 16;
    const bool has_page_size = type.page_size_log2 != kDefaultPageSizeLog2;
    WriteLimits(type.limits, has_page_size);
    if (has_page_size) section_.U32(type.page_size_log2);
  }

  void WriteGlobalType(const GlobalType& type) {
    WriteValueType(maps_.Map(type.value), &section_);
    section_.Byte(type.is_mutable ? 1 : 0);
  }

  void WriteExpr(const ConstExpr& expr) {
    Note(ReencodeExpr(module_, expr, maps_, &section_));
  }

  TypeIndex MapType(TypeIndex type) const {
    return IndexMaps::Map(maps_.types, type);
  }

  const std::vector<uint32_t>& MapOf(ExternalKind kind) const {
    switch (kind) {
      case ExternalKind::kFunc:
        break;
      case ExternalKind::kTable:
        return maps_.tables;
      case ExternalKind::kMemory:
        return maps_.memories;
      case ExternalKind::kGlobal:
        return maps_.globals;
      case ExternalKind::kTag:
        return maps_.tags;
    }
    return maps_.funcs;
  }

  const std::vector<uint32_t>& OrderOf(ExternalKind kind) const {
    switch (kind) {
      case ExternalKind::kFunc:
        break;
      case ExternalKind::kTable:
        return tables_;
      case ExternalKind::kMemory:
        return memories_;
      case ExternalKind::kGlobal:
        return globals_;
      case ExternalKind::kTag:
        return tags_;
    }
    return funcs_;
  }

  uint32_t ImportIndexOf(ExternalKind kind, uint32_t index) const {
    switch (kind) {
      case ExternalKind::kFunc:
        break;
      case ExternalKind::kTable:
        return module_.tables[index].import_index;
      case ExternalKind::kMemory:
        return module_.memories[index].import_index;
      case ExternalKind::kGlobal:
        return module_.globals[index].import_index;
      case ExternalKind::kTag:
        return module_.tags[index].import_index;
    }
    return module_.funcs[index].import_index;
  }

  template <typename T>
  static size_t CountDefined(const std::vector<uint32_t>& order,
                             const std::vector<T>& entities) {
    size_t count = 0;
    for (uint32_t old : order) count += entities[old].is_import() ? 0 : 1;
    return count;
  }

  void Note(absl::Status status) {
    if (status_.ok()) status_ = std::move(status);
  }

  const Module& module_;
  const IndexMaps& maps_;
  BodyProvider body_;
  CustomPolicy customs_;
  bool exact_;
  std::vector<uint32_t> types_;
  std::vector<uint32_t> funcs_;
  std::vector<uint32_t> tables_;
  std::vector<uint32_t> memories_;
  std::vector<uint32_t> tags_;
  std::vector<uint32_t> globals_;
  std::vector<uint32_t> elems_;
  std::vector<uint32_t> datas_;
  ByteWriter out_;
  ByteWriter section_;  // Content of the current section.
  absl::Status status_;
};

}  // namespace

CustomAction KeepCustomSections(const CustomSection&, ByteWriter*) {
  return CustomAction::kKeep;
}

absl::StatusOr<std::vector<uint8_t>> WriteModule(const Module& module,
                                                 const IndexMaps& maps,
                                                 BodyProvider body,
                                                 CustomPolicy customs,
                                                 bool exact) {
  return ModuleWriter(module, maps, body, customs, exact).Write();
}

}  // namespace weft::wasm
