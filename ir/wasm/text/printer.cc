// Fields in the order of the sections of the binary format, custom sections
// behind them.
#include "ir/wasm/text/printer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/locals.h"
#include "ir/wasm/text/annotations.h"
#include "ir/wasm/text/print_body.h"
#include "ir/wasm/text/print_buffer.h"
#include "ir/wasm/text/print_customs.h"
#include "ir/wasm/text/print_layout.h"
#include "ir/wasm/text/print_names.h"
#include "ir/wasm/text/print_types.h"

namespace weft::wasm {
namespace {

// How often the size of the text is estimated anew while functions are printed,
// so that the buffer need not grow by copying, which takes longer than to
// print.
constexpr size_t kEstimates = 16;

// Columns of an item of a list that is worth a place on the line.
constexpr int64_t kItemWidth = 24;

// Bytes of a string on one line; as escapes they take three columns each.
constexpr size_t kStringBytes = 64;

class ModulePrinter {
 public:
  ModulePrinter(const Module& module, const PrintTextOptions& options)
      : module_(module),
        options_(options),
        out_(options.max_size),
        layout_(&out_),
        names_(module, options.names),
        types_(module, names_),
        hints_(module),
        bodies_(module, {options.folded, options.offsets, options.max_size},
                &names_, &types_, &layout_) {}

  absl::StatusOr<std::string> Print();

 private:
  absl::Status Fields();
  absl::Status Types();
  absl::Status Imports();
  absl::Status Tables();
  absl::Status Memories();
  absl::Status Tags();
  absl::Status Globals();
  absl::Status Exports();
  absl::Status Start();
  absl::Status Elems();
  absl::Status Functions();
  absl::Status Datas();
  absl::Status Customs();
  absl::Status ChosenFunctions();

  absl::Status PrintFunction(FuncIndex index);
  absl::Status PrintBody(FuncIndex index);
  void PrintImport(const Import& import);
  void ImportedType(const Import& import);
  absl::Status PrintElem(ElemIndex index);
  absl::Status ElemItems(const ElemSegment& segment);
  absl::Status PrintData(DataIndex index);
  void PrintCustom(const CustomSection& custom);
  void Type(TypeIndex index);
  void Params(TypeIndex type, const IdSpace& locals);
  void Locals(absl::Span<const LocalGroup> groups, uint32_t first,
              const IdSpace& ids);

  // Begins the line of a field.
  void Field(absl::string_view text);
  void IdOrNumber(const IdSpace& ids, uint32_t index);
  void Id(const IdSpace& ids, uint32_t index);
  void Offset(const ConstExpr& expr, absl::Status* status);
  void Bytes(ByteSpan bytes);
  void Elided(size_t count, absl::string_view what);
  // Whether the name section is in the text as identifiers only.
  bool NamesAreIdentifiers() const { return options_.names && names_.exact(); }
  bool overflow() const { return out_.overflow() || bodies_.overflow(); }
  bool IsLastSection(const CustomSection& custom) const;

  static uint32_t Size(size_t size) { return static_cast<uint32_t>(size); }

  const Module& module_;
  const PrintTextOptions& options_;
  PrintBuffer out_;
  TextLayout layout_;
  TextNames names_;
  TypePrinter types_;
  TextHints hints_;
  BodyPrinter bodies_;
  // Scratch.
  std::vector<LocalGroup> groups_;
  IdSpace local_ids_;
};

absl::StatusOr<std::string> ModulePrinter::Print() {
  absl::Status status;
  if (options_.only_functions) {
    status = ChosenFunctions();
  } else {
    out_.Text("(module");
    const TextId& id = names_.module_id();
    for (absl::string_view part : {id.id, id.annotation}) {
      if (part.empty()) continue;
      out_.Char(' ');
      out_.Text(part);
    }
    status = Fields();
    if (out_.size() > 7) out_.Char('\n');
    out_.Text(")\n");
  }
  if (overflow()) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "the text would have more than ", options_.max_size, " bytes"));
  }
  if (!status.ok()) return status;
  return out_.Take();
}

absl::Status ModulePrinter::Fields() {
  using Method = absl::Status (ModulePrinter::*)();
  constexpr Method kMethods[] = {
      &ModulePrinter::Types,   &ModulePrinter::Imports,
      &ModulePrinter::Tables,  &ModulePrinter::Memories,
      &ModulePrinter::Tags,    &ModulePrinter::Globals,
      &ModulePrinter::Exports, &ModulePrinter::Start,
      &ModulePrinter::Elems,   &ModulePrinter::Functions,
      &ModulePrinter::Datas,   &ModulePrinter::Customs,
  };
  for (const Method method : kMethods) {
    absl::Status status = (this->*method)();
    if (!status.ok()) return status;
    if (overflow()) break;
  }
  return absl::OkStatus();
}

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
      return types_.Use(module_.funcs[index].type, &out_);
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

absl::Status ModulePrinter::Functions() {
  const size_t num_funcs = module_.funcs.size();
  size_t left = 0;
  for (const Function& func : module_.funcs) left += func.body.size();
  const size_t step = left / kEstimates;
  size_t done = 0;
  size_t next = step / 2;
  const size_t begin = out_.size();
  for (FuncIndex i = module_.num_imported_funcs; i < num_funcs; ++i) {
    Field("");
    absl::Status status = PrintFunction(i);
    if (!status.ok()) return status;
    if (overflow()) break;
    done += module_.funcs[i].body.size();
    left -= module_.funcs[i].body.size();
    if (done < next || options_.skeleton) continue;
    next = done + step;
    const double growth = static_cast<double>(out_.size() - begin) /
                          static_cast<double>(std::max(done, size_t{1}));
    out_.Expect(static_cast<size_t>(static_cast<double>(left) * growth));
  }
  return absl::OkStatus();
}

absl::Status ModulePrinter::ChosenFunctions() {
  for (FuncIndex i = 0; i < module_.funcs.size(); ++i) {
    if (!options_.only_functions(i, names_.FunctionName(i))) continue;
    if (module_.funcs[i].is_import()) {
      PrintImport(module_.imports[module_.funcs[i].import_index]);
    } else {
      absl::Status status = PrintFunction(i);
      if (!status.ok()) return status;
    }
    if (overflow()) break;
    out_.Char('\n');
  }
  return absl::OkStatus();
}

absl::Status ModulePrinter::PrintFunction(FuncIndex index) {
  out_.Text("(func");
  IdOrNumber(names_.funcs(), index);
  absl::Status status = PrintBody(index);
  out_.Char(')');
  return status;
}

absl::Status ModulePrinter::PrintBody(FuncIndex index) {
  const Function& func = module_.funcs[index];
  ByteReader reader(func.body, func.body_offset);
  absl::Status status = ReadLocals(&reader, module_.features, &groups_);
  if (!status.ok()) return status;
  uint32_t num_params = 0;
  if (func.type < module_.types.size()) {
    num_params = Size(module_.types[func.type].params.size());
  }
  uint32_t num_locals = num_params;
  for (const LocalGroup& group : groups_) num_locals += group.count;
  if (names_.Locals(index, num_locals, &local_ids_)) {
    Params(func.type, local_ids_);
  } else {
    types_.Use(func.type, &out_);
  }
  if (options_.skeleton) {
    out_.Text(" ...");
    return absl::OkStatus();
  }
  const size_t head = out_.size();
  const uint32_t level = options_.only_functions ? 1 : 2;
  if (num_locals > num_params) {
    layout_.NewLine(level);
    Locals(groups_, num_params, local_ids_);
  }
  status = bodies_.Function(index, reader.rest(), reader.offset(), local_ids_,
                            hints_.Of(index), level);
  if (out_.size() != head) layout_.NewLine(level - 1);
  return status;
}

void ModulePrinter::Params(TypeIndex type, const IdSpace& locals) {
  types_.UseIndex(type, &out_);
  if (type >= module_.types.size()) return;
  const SubType& signature = module_.types[type];
  const auto has_id = [&](size_t i) {
    return i < locals.size() &&
           !(locals[i].id.empty() && locals[i].annotation.empty());
  };
  for (size_t i = 0; i < signature.params.size(); ++i) {
    const bool is_first = i == 0 || has_id(i - 1) || has_id(i);
    if (is_first) out_.Text(i == 0 ? " (param" : ") (param");
    Id(locals, Size(i));
    out_.Char(' ');
    types_.Value(signature.params[i], &out_);
  }
  if (!signature.params.empty()) out_.Char(')');
  types_.List("result", signature.results, &out_);
}

void ModulePrinter::Locals(absl::Span<const LocalGroup> groups, uint32_t first,
                           const IdSpace& ids) {
  const uint32_t level = options_.only_functions ? 1 : 2;
  uint32_t local = first;
  bool is_open = false;
  for (const LocalGroup& group : groups) {
    for (uint32_t i = 0; i < group.count; ++i, ++local) {
      const bool is_named =
          local < ids.size() &&
          !(ids[local].id.empty() && ids[local].annotation.empty());
      if (is_open && (is_named || layout_.Left() < 8)) {
        out_.Char(')');
        is_open = false;
      }
      if (!is_open) {
        if (layout_.Left() < kItemWidth) {
          layout_.NewLine(level);
        } else if (local != first) {
          out_.Char(' ');
        }
        out_.Text("(local");
      }
      Id(ids, local);
      out_.Char(' ');
      types_.Value(group.type, &out_);
      is_open = !is_named;
      if (is_named) out_.Char(')');
      if (out_.overflow()) return;
    }
  }
  if (is_open) out_.Char(')');
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

bool ModulePrinter::IsLastSection(const CustomSection& custom) const {
  uint8_t last = 0;
  for (const SectionRange& section : module_.sections) {
    if (section.id != SectionId::kCustom) {
      last = static_cast<uint8_t>(section.id);
    }
  }
  return &custom == &module_.customs.back() && custom.after_section == last;
}

absl::Status ModulePrinter::Customs() {
  if (module_.has_data_count && !module_.datas.empty() &&
      !bodies_.needs_data_count() && !options_.skeleton) {
    Field("(@");
    out_.Text(kDataCountAnnotation);
    out_.Char(')');
  }
  for (const CustomSection& custom : module_.customs) {
    if (&custom == hints_.section()) continue;
    if (custom.name == kNameSection && !options_.names) continue;
    if (&custom == names_.section() && NamesAreIdentifiers()) {
      if (IsLastSection(custom)) continue;
      Field("(@");
      out_.Text(kNameSectionAnnotation);
      AppendPlace(custom, &out_);
      out_.Char(')');
      continue;
    }
    PrintCustom(custom);
  }
  return absl::OkStatus();
}

void ModulePrinter::PrintCustom(const CustomSection& custom) {
  Field("(@");
  out_.Text(kCustomAnnotation);
  out_.Char(' ');
  AppendNameString(custom.name, &out_);
  AppendPlace(custom, &out_);
  const size_t size = custom.name.size() + custom.bytes.size();
  const size_t needed = static_cast<size_t>(LebSize(custom.name.size()));
  if (custom.payload.size() > size + needed) {
    out_.Text(" (@");
    out_.Text(kNameSizeAnnotation);
    out_.Char(' ');
    out_.Decimal(custom.payload.size() - size);
    out_.Char(')');
  }
  Bytes(custom.bytes);
}

}  // namespace

absl::StatusOr<std::string> PrintModuleText(const Module& module,
                                            const PrintTextOptions& options) {
  return ModulePrinter(module, options).Print();
}

}  // namespace weft::wasm
