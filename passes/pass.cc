#include "passes/pass.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace weft::passes {

namespace {

constexpr PassInfo kPasses[] = {
#define WEFT_PASS(id, name, scope, verify, summary, wasm_opt_names) \
  {name, PassScope::k##scope, PassScope::k##verify, summary, wasm_opt_names},
#include "passes/passes.def"
#undef WEFT_PASS
};

constexpr PassId kAllPasses[] = {
#define WEFT_PASS(id, ...) PassId::k##id,
#include "passes/passes.def"
#undef WEFT_PASS
};

struct Level {
  absl::string_view name;
  absl::string_view passes;
};

// Duplicates and unused entities go first, since nothing need be done for
// them, and once more when bodies have become equal or lost their callers.
constexpr absl::string_view kModuleFirst =
    "remove-unused,merge-duplicate-functions,";
constexpr absl::string_view kModuleLast =
    ",merge-duplicate-functions,remove-unused,pack-memory,reorder";

constexpr Level kLevels[] = {
    {"0", ""},
    {"1", "simplify-branches,gvn,rules,dce"},
    {"2", "simplify-branches,gvn,rules,simplify-branches,gvn,dce"},
    {"3", "simplify-branches,gvn,rules,simplify-branches,gvn,rules,dce"},
    {"4", "simplify-branches,gvn,rules,simplify-branches,gvn,rules,dce"},
    {"s", "simplify-branches,gvn,rules,simplify-branches,gvn,dce"},
    {"z", "simplify-branches,gvn,rules,simplify-branches,gvn,rules,dce"},
};

// Levenshtein distance, for suggestions.
size_t Distance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t up = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1,
                         diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = up;
    }
  }
  return row[b.size()];
}

}  // namespace

const PassInfo& InfoOf(PassId pass) {
  return kPasses[static_cast<size_t>(pass)];
}

absl::Span<const PassId> AllPasses() { return kAllPasses; }

absl::StatusOr<PassId> PassByName(absl::string_view name) {
  absl::string_view nearest;
  size_t least = ~size_t{0};
  for (PassId pass : kAllPasses) {
    const absl::string_view known = InfoOf(pass).name;
    if (known == name) return pass;
    const size_t distance = Distance(name, known);
    if (distance < least) {
      least = distance;
      nearest = known;
    }
  }
  return absl::NotFoundError(absl::StrCat("unknown pass '", name,
                                          "'; the nearest is '", nearest, "'"));
}

absl::StatusOr<std::vector<PassId>> ParsePasses(absl::string_view list) {
  std::vector<PassId> passes;
  for (absl::string_view name : absl::StrSplit(list, ',', absl::SkipEmpty())) {
    const absl::StatusOr<PassId> pass = PassByName(name);
    if (!pass.ok()) return pass.status();
    passes.push_back(*pass);
  }
  return passes;
}

std::vector<absl::string_view> AllLevels() {
  std::vector<absl::string_view> names;
  for (const Level& level : kLevels) names.push_back(level.name);
  return names;
}

absl::StatusOr<std::vector<PassId>> PipelineOf(absl::string_view level) {
  for (const Level& known : kLevels) {
    if (known.name != level) continue;
    if (known.passes.empty()) return std::vector<PassId>();
    return ParsePasses(absl::StrCat(kModuleFirst, known.passes, kModuleLast));
  }
  return absl::NotFoundError(
      absl::StrCat("unknown level '", level, "'; levels are 0 to 4, s and z"));
}

std::string ToString(absl::Span<const PassId> passes) {
  std::string text;
  for (PassId pass : passes) {
    absl::StrAppend(&text, text.empty() ? "" : ",", InfoOf(pass).name);
  }
  return text;
}

}  // namespace weft::passes
