// Whatever the text is: reading it as a script ends with a status, and modules
// in it have bytes or a reason why not.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "base/check.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/script.h"

namespace weft::wasm {
namespace {

void Run(absl::string_view text) {
  const absl::StatusOr<Script> script = ReadScript(text);
  if (!script.ok()) {
    WEFT_CHECK(!script.status().message().empty());
    return;
  }
  size_t own = 0;
  for (const Directive& directive : script->directives) {
    WEFT_CHECK(directive.offset < text.size() || text.empty());
    WEFT_CHECK(directive.line >= 1);
    own += directive.num_directives;
    if (!HasModule(directive)) continue;
    if (directive.module.parse_status.ok()) {
      (void)ReadModule(directive.module.bytes);
    } else {
      WEFT_CHECK(directive.module.bytes.empty());
    }
  }
  WEFT_CHECK(own <= script->directives.size());
}

}  // namespace
}  // namespace weft::wasm

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // A copy of its own, so that sanitizers see reads beyond the end.
  const std::string text(reinterpret_cast<const char*>(data), size);
  weft::wasm::Run(text);
  return 0;
}
