// Prints docs/passes.md from passes/passes.def and the levels.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "passes/pass.h"

namespace weft::tools {
namespace {

using passes::PassId;
using passes::PassInfo;
using passes::PassScope;

constexpr absl::string_view kHead =
    R"(<!-- Printed by //tools/docs:print_passes from passes/passes.def.
     To bring it up to date: ./bazelw run //tools/docs:passes_update -->
# Passes

`weft opt --passes=gvn,dce` runs passes by their names, in that order;
`-O1` and so on stand for the lists at the end of this page. What a pass
rewrites, what it refuses and why that is sound is said by the header of its
name in [passes/](../passes).

A pass of scope *function* rewrites one body and reads no other; several in a
row share one visit of each body. One of scope *module* works on the module as
a whole and waits for what stands before it. *Compared by* says what running
before and after has to show: the changed function within the old module, or
the whole module.

)";

constexpr absl::string_view kLevelsHead = R"(
## Levels

`-O` is `-Os`. `-O0` runs no pass: it decodes every operator and encodes it in
the fewest bytes. `--print-pipeline` prints the list of any command line.

)";

absl::string_view ToText(PassScope scope) {
  return scope == PassScope::kFunction ? "function" : "module";
}

// "`a`, `b`".
std::string CodeList(absl::string_view commas) {
  const std::vector<std::string> names =
      absl::StrSplit(commas, ',', absl::SkipEmpty());
  return absl::StrJoin(names, ", ",
                       [](std::string* out, const std::string& name) {
                         absl::StrAppend(out, "`", name, "`");
                       });
}

std::vector<PassId> PipelineOf(absl::string_view level) {
  return passes::PipelineOf(level).value_or(std::vector<PassId>());
}

// The levels that run the pass: "1 2 s".
std::string LevelsOf(PassId pass) {
  std::string text;
  for (absl::string_view level : passes::AllLevels()) {
    const std::vector<PassId> pipeline = PipelineOf(level);
    if (std::count(pipeline.begin(), pipeline.end(), pass) == 0) continue;
    absl::StrAppend(&text, text.empty() ? "" : " ", level);
  }
  return text.empty() ? "none" : text;
}

std::string Page() {
  std::string page(kHead);
  for (PassId pass : passes::AllPasses()) {
    const PassInfo& info = passes::InfoOf(pass);
    absl::StrAppendFormat(&page, "## %s\n\n", info.name);
    absl::StrAppendFormat(&page, "%c%s.\n\n",
                          absl::ascii_toupper(info.summary[0]),
                          info.summary.substr(1));
    absl::StrAppendFormat(&page, "- Scope: %s; compared by: %s\n",
                          ToText(info.scope), ToText(info.verify));
    absl::StrAppendFormat(&page, "- Levels: %s\n", LevelsOf(pass));
    if (!info.wasm_opt_names.empty()) {
      absl::StrAppendFormat(&page, "- Answers to wasm-opt's %s\n",
                            CodeList(info.wasm_opt_names));
    }
    page += "\n";
  }
  page.pop_back();
  absl::StrAppend(&page, kLevelsHead);
  for (absl::string_view level : passes::AllLevels()) {
    const std::string names = passes::ToString(PipelineOf(level));
    absl::StrAppendFormat(
        &page, "- `-O%s`: %s\n", level,
        names.empty() ? "nothing" : absl::StrReplaceAll(names, {{",", ", "}}));
  }
  return page;
}

int Main() {
  const std::string page = Page();
  return std::fwrite(page.data(), 1, page.size(), stdout) == page.size() ? 0
                                                                         : 1;
}

}  // namespace
}  // namespace weft::tools

int main() { return weft::tools::Main(); }
