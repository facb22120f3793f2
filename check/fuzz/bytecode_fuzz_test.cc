// What the validator accepts, the executor translates, in every way that it
// knows, and its verifier of bytecode finds that fit to run. The bytes are a
// module, or decide about one.
//
// The verifier runs by itself in builds with checks, which --config=fuzz is.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

#include "base/check.h"
#include "check/generate/generate.h"
#include "check/random.h"
#include "exec/engine.h"
#include "exec/module.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/validator.h"

namespace weft::check {
namespace {

constexpr int kTranslations = 8;

void Translate(absl::Span<const uint8_t> module, bool generated) {
  const auto read = wasm::ReadModule(module);
  const bool valid = read.ok() && wasm::ValidateAll(*read).ok();
  WEFT_CHECK(valid || !generated);
  if (!valid) return;
  for (int bits = 0; bits < kTranslations; ++bits) {
    exec::EngineOptions options;
    options.eager = true;
    options.fuse = (bits & 1) == 0;
    options.far_slots = (bits & 2) != 0;
    options.metering = (bits & 4) != 0;
    const exec::Engine engine(options);
    // Limits of the executor may refuse what others wrote.
    const auto compiled = exec::Module::Compile(engine, module);
    WEFT_CHECK(compiled.ok() || !generated);
  }
}

void Run(absl::Span<const uint8_t> bytes) {
  constexpr uint8_t kMagic[] = {0, 'a', 's', 'm'};
  if (bytes.size() >= sizeof(kMagic) &&
      std::equal(std::begin(kMagic), std::end(kMagic), bytes.begin())) {
    return Translate(bytes, false);
  }
  ByteSource source(0, bytes);
  Translate(Generate({.max_bytes = 512}, source), true);
}

}  // namespace
}  // namespace weft::check

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // A copy of its own, so that sanitizers see reads beyond the end.
  const std::vector<uint8_t> bytes(data, data + size);
  weft::check::Run(bytes);
  return 0;
}
