// Relative names under `bazel run`.
#ifndef WEFT_TOOLS_USERS_DIRECTORY_H_
#define WEFT_TOOLS_USERS_DIRECTORY_H_

namespace weft::tools {

// Goes to the directory where the user is. `bazel run` starts programs in a
// folder of its own and says in BUILD_WORKING_DIRECTORY where that is. Does
// nothing elsewhere; programs that a tool under `bazel run` starts inherit the
// variable but not the folder. Only main calls it, before opening files.
void ReturnToUsersDirectory();

}  // namespace weft::tools

#endif  // WEFT_TOOLS_USERS_DIRECTORY_H_
