#include "tools/module_input.h"

#include <utility>

#include "ir/wasm/limits.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/parser.h"
#include "tools/environment.h"
#include "tools/file_io.h"
#include "tools/text.h"

namespace weft::tools {

absl::StatusOr<ModuleInput> ReadModuleInput(FileSystem& files,
                                            const std::string& path,
                                            wasm::FeatureSet features) {
  absl::StatusOr<std::vector<uint8_t>> bytes =
      ReadWholeFile(files, path, wasm::LimitValue(wasm::Limit::kModuleSize));
  if (!bytes.ok()) return bytes.status();
  if (wasm::IsComponent(*bytes)) {
    return absl::UnimplementedError(
        "this is a component of the Component Model; components are not "
        "supported yet, only core modules");
  }
  if (!wasm::LooksLikeText(*bytes)) return ModuleInput{*std::move(bytes)};
  const absl::string_view text(reinterpret_cast<const char*>(bytes->data()),
                               bytes->size());
  absl::StatusOr<std::vector<uint8_t>> binary =
      wasm::ParseModuleText(text, {features, Escape(InputName(path))});
  if (!binary.ok()) return MarkTextError(binary.status());
  return ModuleInput{*std::move(binary), /*from_text=*/true};
}

}  // namespace weft::tools
