#include "check/export_functions.h"

#include <deque>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/writer.h"

namespace weft::check {
namespace {

constexpr absl::string_view kPrefix = "weft.function.";

}  // namespace

std::string FunctionExportName(uint32_t func) {
  return absl::StrCat(kPrefix, func);
}

int64_t FunctionOfExportName(absl::string_view name) {
  uint32_t func = 0;
  if (!absl::ConsumePrefix(&name, kPrefix) || !absl::SimpleAtoi(name, &func)) {
    return -1;
  }
  return func;
}

absl::StatusOr<std::vector<uint8_t>> ExportFunctions(
    absl::Span<const uint8_t> bytes, absl::Span<const uint32_t> funcs) {
  auto module = wasm::ReadModule(bytes, {.features = wasm::FeatureSet::All()});
  if (!module.ok()) return module.status();
  for (const wasm::Export& e : module->exports) {
    if (FunctionOfExportName(e.name) >= 0) {
      return absl::AlreadyExistsError(
          absl::StrCat("the module exports '", e.name, "'"));
    }
  }
  std::deque<std::string> names;
  for (const uint32_t func : funcs) {
    names.push_back(FunctionExportName(func));
    module->exports.push_back({names.back(), wasm::ExternalKind::kFunc, func});
  }
  return wasm::ReencodeModule(*module);
}

absl::StatusOr<std::vector<uint32_t>> ChangedFunctions(
    absl::Span<const uint8_t> before, absl::Span<const uint8_t> after) {
  const auto a =
      wasm::ReadModule(before, {.features = wasm::FeatureSet::All()});
  if (!a.ok()) return a.status();
  const auto b = wasm::ReadModule(after, {.features = wasm::FeatureSet::All()});
  if (!b.ok()) return b.status();
  if (a->funcs.size() != b->funcs.size() ||
      a->num_imported_funcs != b->num_imported_funcs) {
    return absl::InvalidArgumentError("modules with other functions");
  }
  std::vector<uint32_t> changed;
  for (uint32_t i = a->num_imported_funcs; i < a->funcs.size(); ++i) {
    if (a->funcs[i].body != b->funcs[i].body) changed.push_back(i);
  }
  return changed;
}

}  // namespace weft::check
