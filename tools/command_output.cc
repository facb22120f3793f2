#include "tools/command_output.h"

#include "absl/strings/str_cat.h"
#include "tools/file_io.h"

namespace weft::tools {

int WriteOutput(const Environment& env, const std::string& path,
                absl::FunctionRef<int(std::vector<uint8_t>* bytes)> make) {
  absl::StatusOr<OutputFile> output = OutputFile::Resolve(*env.files, path);
  if (!output.ok()) return FileError(env, OutputName(path), output.status());
  std::vector<uint8_t> bytes;
  const int exit_code = make(&bytes);
  if (exit_code != kExitOk) return exit_code;
  absl::Status status = output->Stage(bytes);
  if (status.ok()) status = output->Commit();
  if (!status.ok()) return FileError(env, OutputName(path), status);
  if (!output->warning().empty()) {
    Complain(env, absl::StrCat("warning: ", OutputName(path), ": ",
                               output->warning()));
  }
  return kExitOk;
}

}  // namespace weft::tools
