#include "ir/wasm/text/print_customs.h"

#include <algorithm>
#include <utility>

#include "ir/wasm/bytes.h"
#include "ir/wasm/locals.h"
#include "ir/wasm/operator.h"
#include "ir/wasm/text/annotations.h"

namespace weft::wasm {
namespace {

// The only branch hint section, if it lies directly before the code section:
// where annotations put it.
const CustomSection* FindSection(const Module& module) {
  const CustomSection* found = nullptr;
  for (const CustomSection& custom : module.customs) {
    if (custom.name != kBranchHintSection) continue;
    if (found != nullptr) return nullptr;
    found = &custom;
  }
  if (found == nullptr) return nullptr;
  const std::vector<SectionRange>& sections = module.sections;
  for (size_t i = 1; i < sections.size(); ++i) {
    if (sections[i].id != SectionId::kCode) continue;
    const SectionRange& before = sections[i - 1];
    const bool is_it = before.id == SectionId::kCustom &&
                       found->offset >= before.content_offset &&
                       found->offset - before.content_offset <= before.size;
    return is_it ? found : nullptr;
  }
  return nullptr;
}

bool IsCanonical(const CustomSection& section,
                 absl::Span<const FunctionHints> hints) {
  ByteWriter writer;
  writer.Name(section.name);
  WriteBranchHints(hints, &writer);
  return ByteSpan(writer.bytes()) == section.payload;
}

// Whether every hint is at an `if` or `br_if`, in order.
bool AreAtBranches(const Module& module, const FunctionHints& hints) {
  if (hints.func >= module.funcs.size()) return false;
  const Function& func = module.funcs[hints.func];
  if (func.is_import()) return false;
  ByteReader reader(func.body, func.body_offset);
  std::vector<LocalGroup> locals;
  if (!ReadLocals(&reader, module.features, &locals).ok()) return false;
  OperatorReader operators(reader.rest(), reader.offset(), module.features);
  absl::Span<const BranchHint> left = hints.hints;
  Operator op;
  while (!left.empty() && !operators.done()) {
    if (!operators.TryRead(&op)) return false;
    if (op.offset - func.body_offset != left[0].offset) continue;
    if (op.op != Op::kIf && op.op != Op::kBrIf) return false;
    left.remove_prefix(1);
  }
  return left.empty();
}

bool AreReproducible(const Module& module, const CustomSection& section,
                     absl::Span<const FunctionHints> hints) {
  if (hints.empty() || !IsCanonical(section, hints)) return false;
  uint64_t next = 0;
  for (const FunctionHints& function : hints) {
    if (function.func < next || !AreAtBranches(module, function)) return false;
    next = uint64_t{function.func} + 1;
  }
  return true;
}

}  // namespace

TextHints::TextHints(const Module& module) {
  const CustomSection* const section = FindSection(module);
  if (section == nullptr) return;
  absl::StatusOr<std::vector<FunctionHints>> hints =
      ParseBranchHints(section->bytes, section->offset);
  if (!hints.ok() || !AreReproducible(module, *section, *hints)) return;
  hints_ = *std::move(hints);
  section_ = section;
}

absl::Span<const BranchHint> TextHints::Of(FuncIndex func) const {
  const auto found = std::lower_bound(
      hints_.begin(), hints_.end(), func,
      [](const FunctionHints& a, FuncIndex b) { return a.func < b; });
  if (found == hints_.end() || found->func != func) return {};
  return found->hints;
}

void AppendPlace(const CustomSection& custom, PrintBuffer* out) {
  const auto id = static_cast<SectionId>(custom.after_section);
  if (id == SectionId::kCustom) return out->Text(" (before first)");
  if (id == SectionId::kDataCount) return out->Text(" (before code)");
  out->Text(" (after ");
  out->Text(kPlaceNames[custom.after_section]);
  out->Char(')');
}

}  // namespace weft::wasm
