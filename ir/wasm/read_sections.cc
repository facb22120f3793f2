// The sections between types and the end (spec 5.5.5 to 5.5.16).
#include "ir/wasm/module_reader.h"
#include "ir/wasm/operator.h"
#include "ir/wasm/type_codec.h"

namespace weft::wasm {
namespace {

// Bits of the flags byte before limits.
constexpr uint8_t kHasMax = 1;
constexpr uint8_t kIsShared = 2;
constexpr uint8_t kIs64 = 4;
constexpr uint8_t kHasPageSize = 8;

// First byte of a table with an initializer.
constexpr uint8_t kTableWithInit = 0x40;

// By how much an operator changes the nesting of blocks.
int NestingChange(OpClass op_class) {
  for (OpClass begin : {OpClass::kBlock, OpClass::kLoop, OpClass::kIf,
                        OpClass::kTry, OpClass::kTryTable}) {
    if (op_class == begin) return 1;
  }
  return op_class == OpClass::kEnd || op_class == OpClass::kDelegate ? -1 : 0;
}

}  // namespace

bool ModuleReader::ReadImportSection() {
  uint32_t count;
  if (!ReadCount(Limit::kImports, 0, 4, &count)) return false;
  module_->imports.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    if (!ReadImport()) return false;
  }
  module_->num_imported_funcs = static_cast<uint32_t>(module_->funcs.size());
  module_->num_imported_tables = static_cast<uint32_t>(module_->tables.size());
  module_->num_imported_memories =
      static_cast<uint32_t>(module_->memories.size());
  module_->num_imported_tags = static_cast<uint32_t>(module_->tags.size());
  module_->num_imported_globals =
      static_cast<uint32_t>(module_->globals.size());
  return true;
}

bool ModuleReader::ReadImport() {
  Import import;
  const auto import_index = static_cast<uint32_t>(module_->imports.size());
  if (!ReadString(&import.module) || !ReadString(&import.field)) return false;
  const uint32_t offset = reader_.offset();
  uint8_t kind;
  if (!Byte(&kind)) return false;
  switch (kind) {
    case 0: {
      Function& func = module_->funcs.emplace_back();
      func.import_index = import_index;
      import.index = static_cast<uint32_t>(module_->funcs.size() - 1);
      if (!U32(&func.type)) return false;
      break;
    }
    case 1: {
      Table& table = module_->tables.emplace_back();
      table.import_index = import_index;
      import.index = static_cast<uint32_t>(module_->tables.size() - 1);
      if (!ReadTableType(&table.type) || !CheckTables()) return false;
      break;
    }
    case 2: {
      Memory& memory = module_->memories.emplace_back();
      memory.import_index = import_index;
      import.index = static_cast<uint32_t>(module_->memories.size() - 1);
      if (!ReadMemoryType(&memory.type) || !CheckMemories()) return false;
      break;
    }
    case 3: {
      Global& global = module_->globals.emplace_back();
      global.import_index = import_index;
      import.index = static_cast<uint32_t>(module_->globals.size() - 1);
      if (!ReadGlobalType(&global.type)) return false;
      if (global.type.is_mutable &&
          !Need(Feature::kMutableGlobals, "mutable imported global", offset)) {
        return false;
      }
      break;
    }
    case 4: {
      Tag& tag = module_->tags.emplace_back();
      tag.import_index = import_index;
      import.index = static_cast<uint32_t>(module_->tags.size() - 1);
      if (!ReadTagType(&tag.type)) return false;
      break;
    }
    default:
      return Malformed("malformed import kind", offset);
  }
  import.kind = static_cast<ExternalKind>(kind);
  module_->imports.push_back(import);
  return true;
}

bool ModuleReader::ReadFunctionSection() {
  uint32_t count;
  if (!ReadCount(Limit::kFunctions, module_->funcs.size(), 1, &count)) {
    return false;
  }
  module_->funcs.reserve(module_->funcs.size() + count);
  for (uint32_t i = 0; i < count; ++i) {
    if (!U32(&module_->funcs.emplace_back().type)) return false;
  }
  return true;
}

bool ModuleReader::ReadTableSection() {
  uint32_t count;
  if (!ReadCount(Limit::kTables, module_->tables.size(), 3, &count)) {
    return false;
  }
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t offset = reader_.offset();
    Table& table = module_->tables.emplace_back();
    uint8_t first;
    if (!reader_.PeekByte(&first)) return Malformed();
    if (first == kTableWithInit) {
      reader_.Advance(1);
      uint8_t zero;
      if (!Byte(&zero)) return false;
      if (zero != 0) return Malformed("zero byte expected", offset + 1);
      if (!Need(Feature::kFunctionReferences, "table initializer", offset)) {
        return false;
      }
      table.has_init = true;
    }
    if (!ReadTableType(&table.type)) return false;
    if (table.has_init && !ReadConstExpr(&table.init)) return false;
    if (!CheckTables()) return false;
  }
  return true;
}

bool ModuleReader::CheckTables() {
  const size_t size = module_->tables.size();
  if (size > LimitValue(Limit::kTables)) {
    return OverLimit(Limit::kTables, size, reader_.offset());
  }
  return size <= 1 ||
         Need(Feature::kReferenceTypes, "second table", reader_.offset());
}

bool ModuleReader::CheckMemories() {
  const size_t size = module_->memories.size();
  if (size > LimitValue(Limit::kMemories)) {
    return OverLimit(Limit::kMemories, size, reader_.offset());
  }
  return size <= 1 ||
         Need(Feature::kMultiMemory, "second memory", reader_.offset());
}

bool ModuleReader::ReadMemorySection() {
  uint32_t count;
  if (!ReadCount(Limit::kMemories, module_->memories.size(), 2, &count)) {
    return false;
  }
  for (uint32_t i = 0; i < count; ++i) {
    Memory& memory = module_->memories.emplace_back();
    if (!ReadMemoryType(&memory.type) || !CheckMemories()) return false;
  }
  return true;
}

bool ModuleReader::ReadTagSection() {
  uint32_t count;
  if (!Need(Feature::kExceptionHandling, "tag section", reader_.offset()) ||
      !ReadCount(Limit::kTags, module_->tags.size(), 2, &count)) {
    return false;
  }
  for (uint32_t i = 0; i < count; ++i) {
    if (!ReadTagType(&module_->tags.emplace_back().type)) return false;
  }
  return true;
}

bool ModuleReader::ReadGlobalSection() {
  uint32_t count;
  if (!ReadCount(Limit::kGlobals, module_->globals.size(), 3, &count)) {
    return false;
  }
  module_->globals.reserve(module_->globals.size() + count);
  for (uint32_t i = 0; i < count; ++i) {
    Global& global = module_->globals.emplace_back();
    if (!ReadGlobalType(&global.type) || !ReadConstExpr(&global.init)) {
      return false;
    }
  }
  return true;
}

bool ModuleReader::ReadExportSection() {
  uint32_t count;
  if (!ReadCount(Limit::kExports, 0, 3, &count)) return false;
  module_->exports.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    Export& entry = module_->exports.emplace_back();
    if (!ReadString(&entry.name)) return false;
    const uint32_t offset = reader_.offset();
    uint8_t kind;
    if (!Byte(&kind)) return false;
    if (kind > static_cast<uint8_t>(ExternalKind::kTag)) {
      return Malformed("malformed export kind", offset);
    }
    entry.kind = static_cast<ExternalKind>(kind);
    if (!U32(&entry.index)) return false;
  }
  return true;
}

bool ModuleReader::ReadStartSection() {
  const uint32_t offset = reader_.offset();
  if (!U32(&module_->start)) return false;
  // That index would say that there is no start function.
  return module_->start != kNoIndex || Malformed("unknown function", offset);
}

bool ModuleReader::ReadElemSection() {
  uint32_t count;
  if (!ReadCount(Limit::kElemSegments, 0, 2, &count)) return false;
  module_->elems.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    if (!ReadElemSegment()) return false;
  }
  return true;
}

// The flags: bit 0 passive or declarative, bit 1 explicit table (active) or
// declarative, bit 2 expressions instead of function indices.
bool ModuleReader::ReadElemSegment() {
  ElemSegment& segment = module_->elems.emplace_back();
  const uint32_t offset = reader_.offset();
  uint32_t flags;
  if (!U32(&flags)) return false;
  if (flags > 7) return Malformed("malformed elements segment kind", offset);
  if (flags != 0 &&
      !Need(Feature::kBulkMemory, "element segment of this kind", offset)) {
    return false;
  }
  if ((flags & 1) == 0) {
    segment.mode = ElemSegment::kActive;
    if ((flags & 2) != 0 && !U32(&segment.table)) return false;
    if (!ReadConstExpr(&segment.offset)) return false;
  } else {
    segment.mode =
        (flags & 2) == 0 ? ElemSegment::kPassive : ElemSegment::kDeclarative;
  }
  segment.is_exprs = (flags & 4) != 0;
  segment.type = ValueType::Ref(HeapType::kFunc, segment.is_exprs);
  if ((flags & 3) != 0) {
    if (segment.is_exprs) {
      if (!ReadRefType(&reader_, features_, &segment.type)) {
        return Malformed();
      }
    } else {
      const uint32_t kind_offset = reader_.offset();
      uint8_t kind;
      if (!Byte(&kind)) return false;
      if (kind != 0) return Malformed("malformed element kind", kind_offset);
    }
  }
  return ReadElemItems(&segment);
}

bool ModuleReader::ReadElemItems(ElemSegment* segment) {
  uint32_t count;
  const size_t min_bytes = segment->is_exprs ? 2 : 1;
  if (!ReadCount(Limit::kElemEntries, 0, min_bytes, &count)) return false;
  if (segment->is_exprs) {
    segment->exprs.resize(count);
    for (ConstExpr& expr : segment->exprs) {
      if (!ReadConstExpr(&expr)) return false;
    }
  } else {
    segment->funcs.resize(count);
    for (FuncIndex& func : segment->funcs) {
      if (!U32(&func)) return false;
    }
  }
  return true;
}

bool ModuleReader::ReadDataCountSection() {
  if (!Need(Feature::kBulkMemory, "data count section", reader_.offset())) {
    return false;
  }
  module_->has_data_count = true;
  return U32(&data_count_);
}

bool ModuleReader::ReadCodeSection() {
  const uint32_t offset = reader_.offset();
  uint32_t count;
  if (!U32(&count)) return false;
  has_code_ = true;
  const uint32_t first = module_->num_imported_funcs;
  if (count != module_->funcs.size() - first) {
    return Malformed("function and code section have inconsistent lengths",
                     offset);
  }
  for (uint32_t i = 0; i < count; ++i) {
    Function& func = module_->funcs[first + i];
    const uint32_t size_offset = reader_.offset();
    uint32_t size;
    if (!U32(&size)) return false;
    func.body_offset = reader_.offset();
    if (!reader_.ReadBytes(size, &func.body)) return Malformed();
    if (size > LimitValue(Limit::kBodySize)) {
      return OverLimit(Limit::kBodySize, size, size_offset);
    }
  }
  return true;
}

bool ModuleReader::ReadDataSection() {
  const uint32_t offset = reader_.offset();
  uint32_t count;
  if (!ReadCount(Limit::kDataSegments, 0, 2, &count)) return false;
  if (module_->has_data_count && count != data_count_) {
    return Malformed("data count and data section have inconsistent lengths",
                     offset);
  }
  module_->datas.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    if (!ReadDataSegment()) return false;
  }
  return true;
}

bool ModuleReader::ReadDataSegment() {
  DataSegment& segment = module_->datas.emplace_back();
  const uint32_t offset = reader_.offset();
  uint32_t flags;
  if (!U32(&flags)) return false;
  if (flags > 2) return Malformed("malformed data segment kind", offset);
  if (flags == 1 &&
      !Need(Feature::kBulkMemory, "passive data segment", offset)) {
    return false;
  }
  segment.mode = flags == 1 ? DataSegment::kPassive : DataSegment::kActive;
  if (flags == 2 && !U32(&segment.memory)) return false;
  if (flags != 1 && !ReadConstExpr(&segment.offset)) return false;
  uint32_t size;
  if (!U32(&size)) return false;
  return reader_.ReadBytes(size, &segment.bytes) || Malformed();
}

bool ModuleReader::ReadLimits(uint8_t allowed_flags, uint8_t* flags,
                              Limits* limits) {
  const uint32_t offset = reader_.offset();
  if (!Byte(flags)) return false;
  if ((*flags & ~allowed_flags) != 0) {
    return Malformed("malformed limits flags", offset);
  }
  limits->has_max = (*flags & kHasMax) != 0;
  limits->is_shared = (*flags & kIsShared) != 0;
  limits->is_64 = (*flags & kIs64) != 0;
  if (limits->is_shared && !Need(Feature::kThreads, "shared memory", offset)) {
    return false;
  }
  if (limits->is_64 && !Need(Feature::kMemory64, "64-bit limits", offset)) {
    return false;
  }
  // Of 64 bits in every case (spec 5.3.12); the validator knows the range.
  if (!reader_.ReadU64(&limits->min)) return Malformed();
  if (limits->has_max && !reader_.ReadU64(&limits->max)) return Malformed();
  return true;
}

bool ModuleReader::ReadTableType(TableType* type) {
  uint8_t flags;
  if (!ReadRefType(&reader_, features_, &type->element)) return Malformed();
  return ReadLimits(kHasMax | kIs64, &flags, &type->limits);
}

bool ModuleReader::ReadMemoryType(MemoryType* type) {
  const uint32_t offset = reader_.offset();
  uint8_t flags;
  if (!ReadLimits(kHasMax | kIsShared | kIs64 | kHasPageSize, &flags,
                  &type->limits)) {
    return false;
  }
  if ((flags & kHasPageSize) == 0) return true;
  if (!Need(Feature::kCustomPageSizes, "page size", offset)) return false;
  const uint32_t size_offset = reader_.offset();
  uint32_t log2;
  if (!U32(&log2)) return false;
  if (log2 > 63) return Malformed("invalid custom page size", size_offset);
  type->has_page_size = true;
  type->page_size_log2 = static_cast<uint8_t>(log2);
  return true;
}

bool ModuleReader::ReadGlobalType(GlobalType* type) {
  if (!ReadValueType(&reader_, features_, &type->value)) return Malformed();
  const uint32_t offset = reader_.offset();
  uint8_t flag;
  if (!Byte(&flag)) return false;
  if (flag > 1) return Malformed("malformed mutability", offset);
  type->is_mutable = flag == 1;
  return true;
}

bool ModuleReader::ReadTagType(TypeIndex* type) {
  const uint32_t offset = reader_.offset();
  uint8_t attribute;
  if (!Need(Feature::kExceptionHandling, "tag", offset) || !Byte(&attribute)) {
    return false;
  }
  if (attribute != 0) return Malformed("malformed tag attribute", offset);
  return U32(type);
}

// Finds the end of the expression; whether it is constant, the validator says.
bool ModuleReader::ReadConstExpr(ConstExpr* expr) {
  expr->offset = reader_.offset();
  const ByteSpan rest = reader_.rest();
  OperatorReader operators(rest, expr->offset, features_, section_.data());
  Operator op;
  for (int64_t depth = 1; depth > 0;) {
    if (!operators.TryRead(&op)) return Fail(operators.status());
    depth += NestingChange(InfoOf(op.op).op_class);
  }
  const size_t size = operators.offset() - expr->offset;
  expr->code = rest.subspan(0, size);
  reader_.Advance(size);
  return true;
}

bool ModuleReader::ReadString(absl::string_view* name) {
  const uint32_t offset = reader_.offset();
  if (!reader_.ReadName(name)) return Malformed();
  if (name->size() > LimitValue(Limit::kNameSize)) {
    return OverLimit(Limit::kNameSize, name->size(), offset);
  }
  return true;
}

}  // namespace weft::wasm
