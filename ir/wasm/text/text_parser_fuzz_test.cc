// Whatever the text is: parsing ends with a status, and what parses is read as
// a module or refused with a status. Read, it is written as the same bytes.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/check.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/parser.h"
#include "ir/wasm/validator.h"
#include "ir/wasm/writer.h"

namespace weft::wasm {
namespace {

void Run(absl::string_view text) {
  const absl::StatusOr<std::vector<uint8_t>> bytes = ParseModuleText(text);
  if (!bytes.ok()) {
    WEFT_CHECK(!bytes.status().message().empty());
    return;
  }
  const absl::StatusOr<Module> module = ReadModule(*bytes);
  if (!module.ok()) return;
  (void)ValidateAll(*module);
  const absl::StatusOr<std::vector<uint8_t>> again = WriteModule(
      *module, IndexMaps(),
      [&](FuncIndex func, ByteWriter* out) {
        return ReencodeBody(*module, func, IndexMaps(), out);
      },
      KeepCustomSections, /*exact=*/true);
  if (again.ok()) WEFT_CHECK(*again == *bytes);
}

}  // namespace
}  // namespace weft::wasm

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // A copy of its own, so that sanitizers see reads beyond the end.
  const std::vector<char> text(data, data + size);
  weft::wasm::Run(absl::string_view(text.data(), text.size()));
  return 0;
}
