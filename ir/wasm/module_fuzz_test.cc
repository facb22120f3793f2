// Whatever the bytes are: reading and validating end with a status, and what
// is valid is written again as something valid, equal the second time.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "ir/wasm/component.h"
#include "ir/wasm/detect_features.h"
#include "ir/wasm/names.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/validator.h"
#include "ir/wasm/writer.h"

namespace weft::wasm {
namespace {

void Run(ByteSpan bytes) {
  (void)FindCoreModules(bytes).status();
  absl::StatusOr<Module> module = ReadModule(bytes);
  if (!module.ok()) return;
  for (const CustomSection& custom : module->customs) {
    (void)ParseNames(custom.bytes, custom.offset).status();
  }
  if (!ValidateAll(*module).ok()) return;
  absl::StatusOr<std::vector<uint8_t>> first = ReencodeModule(*module);
  WEFT_CHECK(first.ok());
  WEFT_CHECK(first->size() <= bytes.size());
  absl::StatusOr<Module> again = ReadModule(*first);
  WEFT_CHECK(again.ok());
  WEFT_CHECK(ValidateAll(*again).ok());
  WEFT_CHECK(*ReencodeModule(*again) == *first);
  // Of the rewritten form: some long encodings need features by themselves.
  const FeatureSet features = DetectFeatures(*again);
  absl::StatusOr<Module> narrow = ReadModule(*first, {features});
  WEFT_CHECK(narrow.ok());
  WEFT_CHECK(ValidateAll(*narrow).ok());
}

}  // namespace
}  // namespace weft::wasm

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // A copy of its own, so that sanitizers see reads beyond the end.
  const std::vector<uint8_t> bytes(data, data + size);
  weft::wasm::Run(bytes);
  return 0;
}
