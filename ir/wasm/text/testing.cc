#include "ir/wasm/text/testing.h"

#include <cstdint>
#include <vector>

#include "absl/strings/escaping.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/parser.h"

namespace weft::wasm::testing {
namespace {

absl::StatusOr<std::vector<uint8_t>> Parse(absl::string_view text,
                                           Customs customs) {
  absl::StatusOr<std::vector<uint8_t>> bytes = ParseModuleText(text);
  if (!bytes.ok() || customs == kWithCustoms) return bytes;
  absl::StatusOr<Module> module = ReadModule(*bytes);
  if (!module.ok()) return module.status();
  std::vector<uint8_t> rest(bytes->begin(), bytes->begin() + 8);
  for (const SectionRange& section : module->sections) {
    if (section.id == SectionId::kCustom) continue;
    rest.insert(rest.end(), bytes->begin() + section.offset,
                bytes->begin() + section.content_offset + section.size);
  }
  return rest;
}

std::string Hex(const std::vector<uint8_t>& bytes) {
  return absl::BytesToHexString(absl::string_view(
      reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace

std::string ParseError(absl::string_view text) {
  const absl::StatusOr<std::vector<uint8_t>> bytes =
      ParseModuleText(text, {FeatureSet::All(), "f"});
  if (bytes.ok()) return "";
  std::string message(bytes.status().message());
  message.resize(message.find('\n'));
  const size_t error = message.find(" error: ");
  return message.substr(2, error - 1) +
         message.substr(error + sizeof(" error: ") - 1);
}

::testing::AssertionResult SameBinary(absl::string_view a, absl::string_view b,
                                      Customs customs) {
  const auto first = Parse(a, customs);
  const auto second = Parse(b, customs);
  for (const auto& bytes : {first, second}) {
    if (!bytes.ok()) {
      return ::testing::AssertionFailure() << bytes.status().message();
    }
  }
  if (*first == *second) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "\n"
                                       << Hex(*first) << "\n"
                                       << Hex(*second);
}

}  // namespace weft::wasm::testing
