// Fields in the order of the sections of the binary format, custom sections
// behind them.
#include "ir/wasm/text/printer.h"

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/locals.h"
#include "ir/wasm/text/annotations.h"
#include "ir/wasm/text/print_module.h"

namespace weft::wasm {
namespace {

// How often the size of the text is estimated anew while functions are printed,
// so that the buffer need not grow by copying, which takes longer than to
// print.
constexpr size_t kEstimates = 16;

// Characters that a byte of a segment or custom section takes.
constexpr size_t kEscapedSize = 2;

}  // namespace

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

absl::Status ModulePrinter::Functions() {
  const size_t num_funcs = module_.funcs.size();
  size_t left = 0;
  for (const Function& func : module_.funcs) left += func.body.size();
  size_t behind = 0;
  for (const DataSegment& data : module_.datas) {
    behind += kEscapedSize * data.bytes.size();
  }
  for (const CustomSection& custom : module_.customs) {
    behind += kEscapedSize * custom.bytes.size();
  }
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
    out_.Expect(static_cast<size_t>(static_cast<double>(left) * growth) +
                behind);
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
  const uint32_t num_params = NumParams(index);
  uint32_t num_locals = 0;
  for (const LocalGroup& group : groups_) num_locals += group.count;
  Signature(index, num_locals);
  if (options_.skeleton) {
    out_.Text(" ...");
    return absl::OkStatus();
  }
  const size_t head = out_.size();
  const uint32_t level = options_.only_functions ? 1 : 2;
  if (num_locals > 0) {
    layout_.NewLine(level);
    Locals(groups_, num_params, local_ids_);
  }
  status = bodies_.Function(index, reader.rest(), reader.offset(), local_ids_,
                            hints_.Of(index), level);
  if (out_.size() != head) layout_.NewLine(level - 1);
  return status;
}

uint32_t ModulePrinter::NumParams(FuncIndex index) const {
  const TypeIndex type = module_.funcs[index].type;
  if (type >= module_.types.size()) return 0;
  return Size(module_.types[type].params.size());
}

// The type of a function, with names of parameters. Leaves those of its locals,
// of which it has `num_locals` besides, in local_ids_.
void ModulePrinter::Signature(FuncIndex index, uint32_t num_locals) {
  const TypeIndex type = module_.funcs[index].type;
  if (names_.Locals(index, NumParams(index) + num_locals, &local_ids_)) {
    Params(type, local_ids_);
  } else {
    types_.Use(type, &out_);
  }
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

absl::StatusOr<std::string> PrintModuleText(const Module& module,
                                            const PrintTextOptions& options) {
  return ModulePrinter(module, options).Print();
}

}  // namespace weft::wasm
