#include "ir/wasm/custom_validator.h"

#include <algorithm>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ir/wasm/branch_hints.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/locals.h"
#include "ir/wasm/names.h"
#include "ir/wasm/operator.h"

namespace weft::wasm {
namespace {

constexpr absl::string_view kNameSection = "name section";
constexpr absl::string_view kHintSection = "branch hint section";

// The operators of `func`'s body, behind its locals.
OperatorReader BodyOperators(const Module& module, FuncIndex func,
                             uint64_t* num_locals) {
  const Function& function = module.funcs[func];
  ByteReader reader(function.body, function.body_offset);
  std::vector<LocalGroup> groups;
  ReadLocals(&reader, module.features, &groups).IgnoreError();
  *num_locals = module.func_type(func).params.size();
  for (const LocalGroup& group : groups) *num_locals += group.count;
  return OperatorReader(reader.rest(), reader.offset(), module.features);
}

// Whether an operator of that class has a label.
bool HasLabel(OpClass op_class) {
  return op_class == OpClass::kBlock || op_class == OpClass::kLoop ||
         op_class == OpClass::kIf || op_class == OpClass::kTry ||
         op_class == OpClass::kTryTable;
}

class NameChecker {
 public:
  NameChecker(const Module& module, const CustomSection& section)
      : module_(module), section_(section) {}

  absl::Status Check() {
    const absl::StatusOr<Names> names =
        ParseNames(section_.bytes, section_.offset);
    if (!names.ok()) return names.status();
    CheckMap("function", names->funcs, module_.funcs.size());
    CheckMap("type", names->types, module_.types.size());
    CheckMap("table", names->tables, module_.tables.size());
    CheckMap("memory", names->memories, module_.memories.size());
    CheckMap("global", names->globals, module_.globals.size());
    CheckMap("element segment", names->elems, module_.elems.size());
    CheckMap("data segment", names->datas, module_.datas.size());
    CheckMap("tag", names->tags, module_.tags.size());
    CheckIndirect("local", names->locals, module_.funcs.size(),
                  [this](uint32_t func) { return NumLocals(func); });
    CheckIndirect("label", names->labels, module_.funcs.size(),
                  [this](uint32_t func) { return NumLabels(func); });
    CheckIndirect("field", names->fields, module_.types.size(),
                  [this](uint32_t type) {
                    return uint64_t{module_.types[type].fields.size()};
                  });
    return status_;
  }

 private:
  void Fail(absl::string_view what) {
    if (status_.ok())
      status_ = MalformedAt(what, section_.offset, kNameSection);
  }

  // Indices of named things: ascending and below `count`.
  void CheckIndex(absl::string_view what, uint32_t index, uint64_t count,
                  const uint32_t* before) {
    if (index >= count) {
      Fail(absl::StrCat("name for unknown ", what, " ", index));
    } else if (before != nullptr && *before >= index) {
      Fail(absl::StrCat(
          "names of ", what, " ", index,
          *before == index ? " occur twice" : " are out of order"));
    }
  }

  void CheckMap(absl::string_view what, const NameMap& map, uint64_t count) {
    for (size_t i = 0; i < map.size(); ++i) {
      CheckIndex(what, map[i].index, count,
                 i > 0 ? &map[i - 1].index : nullptr);
    }
  }

  template <typename Count>
  void CheckIndirect(absl::string_view what, const IndirectNameMap& map,
                     uint64_t outer_count, Count count) {
    for (size_t i = 0; i < map.size(); ++i) {
      CheckIndex(absl::StrCat(what, "s of"), map[i].index, outer_count,
                 i > 0 ? &map[i - 1].index : nullptr);
      if (!status_.ok()) return;
      CheckMap(what, map[i].names, count(map[i].index));
    }
  }

  uint64_t NumLocals(FuncIndex func) const {
    if (module_.funcs[func].is_import()) {
      return module_.func_type(func).params.size();
    }
    uint64_t locals;
    BodyOperators(module_, func, &locals);
    return locals;
  }

  uint64_t NumLabels(FuncIndex func) const {
    if (module_.funcs[func].is_import()) return 0;
    uint64_t locals;
    OperatorReader reader = BodyOperators(module_, func, &locals);
    uint64_t labels = 0;
    Operator op;
    while (!reader.done() && reader.TryRead(&op)) {
      labels += HasLabel(InfoOf(op.op).op_class) ? 1 : 0;
    }
    return labels;
  }

  const Module& module_;
  const CustomSection& section_;
  absl::Status status_;
};

absl::Status BadHint(absl::string_view what, uint32_t offset) {
  return MalformedAt(what, offset, kHintSection);
}

absl::Status CheckHints(const Module& module, const FunctionHints& function,
                        uint32_t section_offset) {
  const FuncIndex func = function.func;
  if (func >= module.funcs.size() || module.funcs[func].is_import()) {
    return BadHint(
        absl::StrCat("hints for function ", func, ", which has no body"),
        section_offset);
  }
  uint64_t locals;
  OperatorReader reader = BodyOperators(module, func, &locals);
  const uint32_t body = module.funcs[func].body_offset;
  Operator op;
  op.op = Op::kCount;
  uint64_t before = 0;
  for (const BranchHint& hint : function.hints) {
    const uint64_t place = uint64_t{body} + hint.offset;
    if (place <= before) return BadHint("hints out of order", section_offset);
    before = place;
    while (!reader.done() && reader.offset() <= place) {
      if (!reader.TryRead(&op)) return reader.status();
    }
    if (op.op == Op::kCount || op.offset != place ||
        (InfoOf(op.op).op_class != OpClass::kIf &&
         InfoOf(op.op).op_class != OpClass::kBrIf)) {
      return BadHint(
          absl::StrCat("a hint in function ", func,
                       " for what is neither an if nor a br_if, at byte ",
                       hint.offset, " of its body,"),
          section_offset);
    }
  }
  return absl::OkStatus();
}

absl::Status CheckBranchHints(const Module& module,
                              const CustomSection& section) {
  if (section.after_section == static_cast<uint8_t>(SectionId::kCode) ||
      section.after_section == static_cast<uint8_t>(SectionId::kData)) {
    return BadHint("hints behind the code", section.offset);
  }
  const absl::StatusOr<std::vector<FunctionHints>> functions =
      ParseBranchHints(section.bytes, section.offset);
  if (!functions.ok()) return functions.status();
  for (size_t i = 0; i < functions->size(); ++i) {
    if (i > 0 && (*functions)[i].func <= (*functions)[i - 1].func) {
      return BadHint("functions out of order", section.offset);
    }
    const absl::Status status =
        CheckHints(module, (*functions)[i], section.offset);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// Whether a section that is not custom lies behind `section`.
bool IsFollowed(const Module& module, const CustomSection& section) {
  return std::any_of(module.sections.begin(), module.sections.end(),
                     [&](const SectionRange& range) {
                       return range.id != SectionId::kCustom &&
                              range.offset > section.offset;
                     });
}

}  // namespace

absl::Status ValidateCustomSections(const Module& module) {
  int names = 0;
  int hints = 0;
  for (const CustomSection& section : module.customs) {
    absl::Status status;
    if (section.name == "name") {
      if (++names > 1) {
        return MalformedAt("a second one", section.offset, kNameSection);
      }
      if (IsFollowed(module, section)) {
        return MalformedAt("not behind the other sections", section.offset,
                           kNameSection);
      }
      status = NameChecker(module, section).Check();
    } else if (section.name == "metadata.code.branch_hint") {
      if (++hints > 1) return BadHint("a second one", section.offset);
      status = CheckBranchHints(module, section);
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace weft::wasm
