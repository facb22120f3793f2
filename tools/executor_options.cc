#include "tools/executor_options.h"

#include "absl/status/statusor.h"
#include "exec/fusion.h"

namespace weft::tools {

absl::Status ParseBounds(absl::string_view value, exec::EngineOptions* engine) {
  if (value != "guard" && value != "explicit") {
    return absl::InvalidArgumentError("is neither guard nor explicit");
  }
  engine->bounds =
      value == "guard" ? exec::Bounds::kGuard : exec::Bounds::kExplicit;
  return absl::OkStatus();
}

absl::Status ParseTranslate(absl::string_view value,
                            exec::EngineOptions* engine) {
  if (value != "lazy" && value != "eager") {
    return absl::InvalidArgumentError("is neither lazy nor eager");
  }
  engine->eager = value == "eager";
  return absl::OkStatus();
}

absl::Status ParseNoFuse(absl::string_view value, exec::EngineOptions* engine) {
  const absl::StatusOr<exec::FusionSet> fusions = exec::AllFusionsBut(value);
  if (fusions.ok()) engine->fuse = *fusions;
  return fusions.status();
}

}  // namespace weft::tools
