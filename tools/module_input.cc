#include "tools/module_input.h"

#include <utility>

#include "ir/wasm/limits.h"
#include "ir/wasm/reader.h"
#include "tools/file_io.h"

namespace weft::tools {

absl::StatusOr<ModuleInput> ReadModuleInput(FileSystem& files,
                                            const std::string& path,
                                            wasm::FeatureSet) {
  absl::StatusOr<std::vector<uint8_t>> bytes =
      ReadWholeFile(files, path, wasm::LimitValue(wasm::Limit::kModuleSize));
  if (!bytes.ok()) return bytes.status();
  if (wasm::IsComponent(*bytes)) {
    return absl::UnimplementedError(
        "this is a component of the Component Model; components are not "
        "supported yet, only core modules");
  }
  return ModuleInput{*std::move(bytes)};
}

}  // namespace weft::tools
