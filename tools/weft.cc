// The program `weft`: finds the command and runs it.

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/diff_command.h"
#include "tools/environment.h"
#include "tools/file_system.h"
#include "tools/fuzz_command.h"
#include "tools/info_command.h"
#include "tools/internal_error.h"
#include "tools/opt_command.h"
#include "tools/parse_command.h"
#include "tools/print_command.h"
#include "tools/reduce_command.h"
#include "tools/run_command.h"
#include "tools/strip_command.h"
#include "tools/temporaries.h"
#include "tools/text.h"
#include "tools/users_directory.h"
#include "tools/validate_command.h"
#include "tools/version.h"
#include "tools/wast_command.h"

// Of mimalloc, which programs are linked with but in sanitizer builds.
extern "C" void mi_register_error(void (*handler)(int error, void* argument),
                                  void* argument) __attribute__((weak));

namespace weft::tools {
namespace {

using Arguments = absl::Span<const absl::string_view>;

struct Command {
  absl::string_view name;
  absl::string_view summary;
  int (*run)(const Environment& env, Arguments args);
};

// All commands.
constexpr Command kCommands[] = {
    {"opt", "make a module smaller and faster",
     [](const Environment& env, Arguments args) { return RunOpt(env, args); }},
    {"diff", "decide whether a module may stand for another", RunDiff},
    {"fuzz", "look for defects of the optimizer", RunFuzz},
    {"parse", "turn text into a binary module", RunParse},
    {"validate", "say which modules are valid", RunValidate},
    {"strip", "remove what a module does not need to run", RunStrip},
    {"info", "print what is in a module", RunInfo},
    {"print", "print a module as text", RunPrint},
    {"run", "run a module", RunRun},
    {"wast", "run test scripts", RunWast},
    {"reduce", "make a module simple that shows a defect", RunReduce},
};

const Command* FindCommand(absl::string_view name) {
  for (const Command& command : kCommands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

std::string Help() {
  std::string out =
      "weft COMMAND ... works on WebAssembly modules.\n\nCommands:\n";
  for (const Command& command : kCommands) {
    absl::StrAppendFormat(&out, "  %-10s%s\n", command.name, command.summary);
  }
  absl::StrAppend(&out,
                  "  help      print this; of a command: weft help COMMAND\n"
                  "\nweft --version prints the version.\n");
  return out;
}

int UnknownCommand(const Environment& env, absl::string_view name) {
  std::vector<absl::string_view> names = {"help"};
  for (const Command& command : kCommands) names.push_back(command.name);
  return UsageError(
      env, absl::StrCat("unknown command '", name, "'; the nearest is '",
                        Nearest(name, names, /*only_similar=*/false),
                        "' (weft help lists all)"));
}

int Dispatch(const Environment& env, Arguments args) {
  if (args.empty()) {
    PrintError(env, Help());
    return kExitUsage;
  }
  absl::string_view name = args[0];
  if (name == "--version" || name == "version") {
    return Print(env, absl::StrCat("weft ", kVersion, "\n"));
  }
  const bool help = name == "help" || name == "--help" || name == "-h";
  if (help && args.size() == 1) return Print(env, Help());
  if (help) name = args[1];
  const Command* const command = FindCommand(name);
  if (command == nullptr) return UnknownCommand(env, name);
  return command->run(env, help ? Arguments({"--help"}) : args.subspan(1));
}

[[noreturn]] void OutOfMemory() { DieOfInternalError("out of memory"); }

// mimalloc is written in C and does not know of std::set_new_handler.
void InstallMemoryHandler() {
  std::set_new_handler(OutOfMemory);
  if (mi_register_error == nullptr) return;
  mi_register_error(
      [](int error, void*) {
        if (error == ENOMEM || error == EOVERFLOW) OutOfMemory();
      },
      nullptr);
}

// A descriptor below 3 that is closed would be given to the next file opened,
// and messages would end up in it. What takes its place cannot be used, so
// that reading closed standard input is an error and not an empty file.
void FillStandardDescriptors() {
  for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(fd, F_GETFD) >= 0) continue;
    const int flags = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (open("/dev/null", flags) != fd) _exit(kExitInternal);
  }
}

int Main(int argc, char** argv) {
  FillStandardDescriptors();
  InstallSignalHandlers();
  InstallInternalErrorHandlers();
  InstallMemoryHandler();
  ReturnToUsersDirectory();
  PosixFileSystem files;
  Environment env;
  env.files = &files;
  const char* const terminal = getenv("TERM");
  env.stderr_is_terminal = isatty(STDERR_FILENO) != 0 && terminal != nullptr &&
                           std::strcmp(terminal, "dumb") != 0;
  const std::vector<absl::string_view> args(argv + (argc > 0 ? 1 : 0),
                                            argv + argc);
  return Dispatch(env, args);
}

}  // namespace
}  // namespace weft::tools

int main(int argc, char** argv) { return weft::tools::Main(argc, argv); }
