#include "tools/bytecode_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "ir/wasm/module.h"
#include "tools/text.h"
#include "tools/version.h"

namespace weft::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchema = 1;

// Functions of that name, in ascending order.
std::vector<uint32_t> FunctionsNamed(const exec::Module& module,
                                     absl::string_view name) {
  const wasm::Module& wasm = module.wasm();
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i < wasm.funcs.size(); ++i) {
    if (module.FuncName(i) == name) found.push_back(i);
  }
  if (!found.empty()) return found;
  for (const wasm::Export& e : wasm.exports) {
    if (e.kind == wasm::ExternalKind::kFunc && e.name == name) {
      found.push_back(e.index);
    }
  }
  return found;
}

absl::Status NoSuchFunction(const exec::Module& module,
                            absl::string_view name) {
  const wasm::Module& wasm = module.wasm();
  std::vector<absl::string_view> names;
  for (uint32_t i = 0; i < wasm.funcs.size(); ++i) {
    if (!module.FuncName(i).empty()) names.push_back(module.FuncName(i));
  }
  for (const wasm::Export& e : wasm.exports) {
    if (e.kind == wasm::ExternalKind::kFunc) names.push_back(e.name);
  }
  const absl::string_view nearest = Nearest(name, names, /*only_similar=*/true);
  return absl::InvalidArgumentError(absl::StrCat(
      "no function '", Escape(name), "'",
      nearest.empty()
          ? ""
          : absl::StrCat("; did you mean '", Escape(nearest), "'?")));
}

absl::StatusOr<uint32_t> FindByName(const exec::Module& module,
                                    absl::string_view word) {
  std::vector<uint32_t> found = FunctionsNamed(module, word);
  if (found.empty()) {
    found = FunctionsNamed(module, absl::StripPrefix(word, "$"));
  }
  if (found.empty()) return NoSuchFunction(module, word);
  if (found.size() > 1) {
    const size_t shown = std::min<size_t>(found.size(), 5);
    return absl::InvalidArgumentError(absl::StrCat(
        found.size(), " functions are named '", Escape(word),
        "': ", absl::StrJoin(found.begin(), found.begin() + shown, ", "),
        found.size() > shown ? ", ..." : "", "; say which by its index"));
  }
  return found[0];
}

}  // namespace

absl::StatusOr<uint32_t> FindFunction(const exec::Module& module,
                                      absl::string_view word) {
  const wasm::Module& wasm = module.wasm();
  uint32_t index = 0;
  const bool is_number = !word.empty() && std::all_of(word.begin(), word.end(),
                                                      absl::ascii_isdigit);
  if (is_number) {
    if (!absl::SimpleAtoi(word, &index) || index >= wasm.funcs.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat("no function ", word, "; the module has ",
                       wasm.funcs.size(), ", counted from 0"));
    }
  } else {
    const absl::StatusOr<uint32_t> found = FindByName(module, word);
    if (!found.ok()) return found.status();
    index = *found;
  }
  if (index < wasm.num_imported_funcs) {
    return absl::InvalidArgumentError(
        absl::StrCat("function ", index, " is imported and has no bytecode"));
  }
  return index;
}

std::string BytecodeText(const exec::Module& module,
                         const exec::Listing& listing) {
  return exec::ListingText(listing, Escape(module.FuncName(listing.func)));
}

std::string BytecodeJson(const exec::Module& module,
                         const exec::Listing& listing,
                         absl::string_view input) {
  const absl::string_view name = module.FuncName(listing.func);
  Json instructions = Json::array();
  for (const exec::ListedInstruction& in : listing.instructions) {
    instructions.push_back(
        {{"cell", in.cell},
         {"name", in.name},
         {"operands", in.operands},
         {"offset", in.offset.has_value() ? Json(*in.offset) : Json()}});
  }
  const Json document = {
      {"schema", kSchema},
      {"weft", std::string(kVersion)},
      {"input", std::string(input)},
      {"function", listing.func},
      {"function_name", name.empty() ? Json() : Json(std::string(name))},
      {"frame_slots", listing.frame_slots},
      {"cells", listing.cells},
      {"instructions", std::move(instructions)},
  };
  // Names may be anything but UTF-8.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace weft::tools
