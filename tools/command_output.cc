#include "tools/command_output.h"

#include "absl/strings/str_cat.h"
#include "tools/file_io.h"

namespace weft::tools {
namespace {

template <typename Content>
int Write(const Environment& env, const std::string& path,
          absl::FunctionRef<int(Content* content)> make) {
  absl::StatusOr<OutputFile> output = OutputFile::Resolve(*env.files, path);
  if (!output.ok()) return FileError(env, OutputName(path), output.status());
  Content content;
  const int exit_code = make(&content);
  if (exit_code != kExitOk) return exit_code;
  absl::Status status = output->Stage(
      {reinterpret_cast<const uint8_t*>(content.data()), content.size()});
  if (status.ok()) status = output->Commit();
  if (!status.ok()) return FileError(env, OutputName(path), status);
  if (!output->warning().empty()) {
    Complain(env, absl::StrCat("warning: ", OutputName(path), ": ",
                               output->warning()));
  }
  return kExitOk;
}

}  // namespace

int WriteOutput(const Environment& env, const std::string& path,
                absl::FunctionRef<int(std::vector<uint8_t>* bytes)> make) {
  return Write(env, path, make);
}

int WriteTextOutput(const Environment& env, const std::string& path,
                    absl::FunctionRef<int(std::string* text)> make) {
  return Write(env, path, make);
}

}  // namespace weft::tools
