// Fields of a module but functions, as chapter 6.6 of the specification spells
// them, without abbreviations that would lose what the binary says.
#include "absl/status/status.h"
#include "ir/wasm/text/print_module.h"

namespace weft::wasm {
namespace {

// Bytes of a string on one line; as escapes they take three columns each.
constexpr size_t kStringBytes = 64;

}  // namespace

void ModulePrinter::Field(absl::string_view text) {
  layout_.NewLine(1);
  out_.Text(text);
}

void ModulePrinter::Id(const IdSpace& ids, uint32_t index) {
  if (index >= ids.size()) return;
  for (absl::string_view part : {ids[index].id, ids[index].annotation}) {
    if (part.empty()) continue;
    out_.Char(' ');
    out_.Text(part);
  }
}

void ModulePrinter::IdOrNumber(const IdSpace& ids, uint32_t index) {
  if (index >= ids.size() || ids[index].id.empty()) {
    out_.Text(" (;");
    out_.Decimal(index);
    out_.Text(";)");
  }
  Id(ids, index);
}

void ModulePrinter::Type(TypeIndex index) {
  out_.Text("(type");
  IdOrNumber(names_.types(), index);
  out_.Char(' ');
  types_.Definition(index, &out_);
  out_.Char(')');
}

absl::Status ModulePrinter::Types() {
  for (TypeIndex i = 0; i < module_.types.size();) {
    const uint32_t size = module_.types[i].group_size;
    if (size <= 1) {
      Field("");
      Type(i++);
      continue;
    }
    Field("(rec");
    for (uint32_t j = 0; j < size; ++j) {
      layout_.NewLine(2);
      Type(i++);
    }
    Field(")");
  }
  return absl::OkStatus();
}

absl::Status ModulePrinter::Imports() {
  for (const Import& import : module_.imports) {
    Field("");
    PrintImport(import);
  }
  return absl::OkStatus();
}

void ModulePrinter::PrintImport(const Import& import) {
  out_.Text("(import ");
  AppendNameString(import.module, &out_);
  out_.Char(' ');
  AppendNameString(import.field, &out_);
  ImportedType(import);
  out_.Text("))");
}

void ModulePrinter::ImportedType(const Import& import) {
  const uint32_t index = import.index;
  switch (import.kind) {
    case ExternalKind::kFunc:
      out_.Text(" (func");
      IdOrNumber(names_.funcs(), index);
      return Signature(index, 0);
    case ExternalKind::kTable:
      out_.Text(" (table");
      IdOrNumber(names_.tables(), index);
      out_.Char(' ');
      return types_.Table(module_.tables[index].type, &out_);
    case ExternalKind::kMemory:
      out_.Text(" (memory");
      IdOrNumber(names_.memories(), index);
      out_.Char(' ');
      return types_.Memory(module_.memories[index].type, &out_);
    case ExternalKind::kGlobal:
      out_.Text(" (global");
      IdOrNumber(names_.globals(), index);
      out_.Char(' ');
      return types_.Global(module_.globals[index].type, &out_);
    case ExternalKind::kTag:
      out_.Text(" (tag");
      IdOrNumber(names_.tags(), index);
      return types_.Use(module_.tags[index].type, &out_);
  }
}

absl::Status ModulePrinter::Tables() {
  for (TableIndex i = 0; i < module_.tables.size(); ++i) {
    const Table& table = module_.tables[i];
    if (table.is_import()) continue;
    Field("(table");
    IdOrNumber(names_.tables(), i);
    out_.Char(' ');
    types_.Table(table.type, &out_);
    if (table.has_init) {
      absl::Status status = bodies_.Expression(table.init, "", 2);
      if (!status.ok()) return status;
    }
    out_.Char(')');
  }
  return absl::OkStatus();
}

absl::Status ModulePrinter::Memories() {
  for (MemoryIndex i = 0; i < module_.memories.size(); ++i) {
    const Memory& memory = module_.memories[i];
    if (memory.is_import()) continue;
    Field("(memory");
    IdOrNumber(names_.memories(), i);
    out_.Char(' ');
    types_.Memory(memory.type, &out_);
    out_.Char(')');
  }
  return absl::OkStatus();
}

absl::Status ModulePrinter::Tags() {
  for (TagIndex i = 0; i < module_.tags.size(); ++i) {
    const Tag& tag = module_.tags[i];
    if (tag.is_import()) continue;
    Field("(tag");
    IdOrNumber(names_.tags(), i);
    types_.Use(tag.type, &out_);
    out_.Char(')');
  }
  return absl::OkStatus();
}

absl::Status ModulePrinter::Globals() {
  for (GlobalIndex i = 0; i < module_.globals.size(); ++i) {
    const Global& global = module_.globals[i];
    if (global.is_import()) continue;
    Field("(global");
    IdOrNumber(names_.globals(), i);
    out_.Char(' ');
    types_.Global(global.type, &out_);
    absl::Status status = bodies_.Expression(global.init, "", 2);
    if (!status.ok()) return status;
    out_.Char(')');
  }
  return absl::OkStatus();
}

absl::Status ModulePrinter::Exports() {
  for (const Export& entry : module_.exports) {
    Field("(export ");
    AppendNameString(entry.name, &out_);
    const IdSpace* ids = nullptr;
    switch (entry.kind) {
      case ExternalKind::kFunc:
        out_.Text(" (func ");
        ids = &names_.funcs();
        break;
      case ExternalKind::kTable:
        out_.Text(" (table ");
        ids = &names_.tables();
        break;
      case ExternalKind::kMemory:
        out_.Text(" (memory ");
        ids = &names_.memories();
        break;
      case ExternalKind::kGlobal:
        out_.Text(" (global ");
        ids = &names_.globals();
        break;
      case ExternalKind::kTag:
        out_.Text(" (tag ");
        ids = &names_.tags();
        break;
    }
    AppendIndex(*ids, entry.index, &out_);
    out_.Text("))");
  }
  return absl::OkStatus();
}

absl::Status ModulePrinter::Start() {
  if (module_.start == kNoIndex) return absl::OkStatus();
  Field("(start ");
  AppendIndex(names_.funcs(), module_.start, &out_);
  out_.Char(')');
  return absl::OkStatus();
}

absl::Status ModulePrinter::Elems() {
  for (ElemIndex i = 0; i < module_.elems.size(); ++i) {
    absl::Status status = PrintElem(i);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ModulePrinter::PrintElem(ElemIndex index) {
  const ElemSegment& segment = module_.elems[index];
  Field("(elem");
  IdOrNumber(names_.elems(), index);
  switch (segment.mode) {
    case ElemSegment::kActive: {
      if (segment.table != 0) {
        out_.Text(" (table ");
        AppendIndex(names_.tables(), segment.table, &out_);
        out_.Char(')');
      }
      absl::Status status = bodies_.Expression(segment.offset, "offset", 2);
      if (!status.ok()) return status;
      break;
    }
    case ElemSegment::kPassive:
      break;
    case ElemSegment::kDeclarative:
      out_.Text(" declare");
      break;
  }
  if (segment.is_exprs) {
    out_.Char(' ');
    types_.Value(segment.type, &out_);
  } else {
    out_.Text(" func");
  }
  if (options_.skeleton) {
    Elided(segment.size(), "items");
  } else {
    absl::Status status = ElemItems(segment);
    if (!status.ok()) return status;
  }
  out_.Char(')');
  return absl::OkStatus();
}

absl::Status ModulePrinter::ElemItems(const ElemSegment& segment) {
  for (const ConstExpr& expr : segment.exprs) {
    if (layout_.Left() < kItemWidth) layout_.NewLine(2);
    absl::Status status = bodies_.Expression(expr, "item", 3);
    if (!status.ok()) return status;
  }
  for (FuncIndex func : segment.funcs) {
    if (layout_.Left() < kItemWidth) {
      layout_.NewLine(2);
    } else {
      out_.Char(' ');
    }
    AppendIndex(names_.funcs(), func, &out_);
  }
  return absl::OkStatus();
}

absl::Status ModulePrinter::Datas() {
  for (DataIndex i = 0; i < module_.datas.size(); ++i) {
    absl::Status status = PrintData(i);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ModulePrinter::PrintData(DataIndex index) {
  const DataSegment& segment = module_.datas[index];
  Field("(data");
  IdOrNumber(names_.datas(), index);
  if (segment.mode == DataSegment::kActive) {
    if (segment.memory != 0) {
      out_.Text(" (memory ");
      AppendIndex(names_.memories(), segment.memory, &out_);
      out_.Char(')');
    }
    absl::Status status = bodies_.Expression(segment.offset, "offset", 2);
    if (!status.ok()) return status;
  }
  Bytes(segment.bytes);
  return absl::OkStatus();
}

// Ends the field that has `bytes` as its content.
void ModulePrinter::Bytes(ByteSpan bytes) {
  if (options_.skeleton) {
    Elided(bytes.size(), "bytes");
  } else if (bytes.size() <= kStringBytes / 2) {
    out_.Text(" \"");
    AppendEscapedBytes(bytes, &out_);
    out_.Char('"');
  } else {
    while (!bytes.empty()) {
      const ByteSpan line = bytes.subspan(0, kStringBytes);
      layout_.NewLine(2);
      out_.Char('"');
      AppendEscapedBytes(line, &out_);
      out_.Char('"');
      bytes.remove_prefix(line.size());
    }
    layout_.NewLine(1);
  }
  out_.Char(')');
}

void ModulePrinter::Elided(size_t count, absl::string_view what) {
  out_.Text(" ... (;");
  out_.Decimal(count);
  out_.Char(' ');
  out_.Text(what);
  out_.Text(";)");
}

}  // namespace weft::wasm
