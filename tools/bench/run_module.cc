// `weft run` alone: all that the ways of dispatch are compared by, so that not
// all of weft is built for each.
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tools/environment.h"
#include "tools/file_system.h"
#include "tools/run_command.h"

int main(int argc, char** argv) {
  weft::tools::PosixFileSystem files;
  const weft::tools::Environment env = {.files = &files};
  std::vector<absl::string_view> args(argv + (argc > 0 ? 1 : 0), argv + argc);
  // It is called like weft.
  if (args.empty() || args[0] != "run") {
    return weft::tools::UsageError(env, "knows `run` alone");
  }
  args.erase(args.begin());
  return weft::tools::RunRun(env, args);
}
