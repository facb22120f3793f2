// Whatever the module: printing ends with a status. What is valid is printed
// in every form, and parses back to the same bytes.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/parser.h"
#include "ir/wasm/text/printer.h"
#include "ir/wasm/validator.h"
#include "ir/wasm/writer.h"

namespace weft::wasm {
namespace {

// Small inputs can name much: a text of the usual limit would take gigabytes.
constexpr uint32_t kMaxSize = 1 << 24;

void Run(ByteSpan bytes) {
  absl::StatusOr<Module> module = ReadModule(bytes);
  if (!module.ok()) return;
  PrintTextOptions options;
  options.max_size = kMaxSize;
  options.skeleton = true;
  (void)PrintModuleText(*module, options).status();
  options.skeleton = false;
  options.offsets = true;
  options.names = false;
  (void)PrintModuleText(*module, options).status();
  const bool is_valid = ValidateAll(*module).ok();
  absl::StatusOr<std::vector<uint8_t>> minimal = ReencodeModule(*module);
  if (!minimal.ok()) return;
  absl::StatusOr<Module> again = ReadModule(*minimal);
  if (!again.ok()) return;
  options.offsets = false;
  options.names = true;
  for (bool folded : {false, true}) {
    options.folded = folded;
    absl::StatusOr<std::string> text = PrintModuleText(*again, options);
    if (!is_valid) continue;
    if (absl::IsResourceExhausted(text.status())) continue;
    WEFT_CHECK(text.ok());
    absl::StatusOr<std::vector<uint8_t>> parsed = ParseModuleText(*text);
    WEFT_CHECK(parsed.ok());
    WEFT_CHECK(*parsed == *minimal);
  }
}

}  // namespace
}  // namespace weft::wasm

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // A copy of its own, so that sanitizers see reads beyond the end.
  const std::vector<uint8_t> bytes(data, data + size);
  weft::wasm::Run(bytes);
  return 0;
}
