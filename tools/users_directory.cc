#include "tools/users_directory.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstring>

namespace weft::tools {

void ReturnToUsersDirectory() {
  const char* const directory = getenv("BUILD_WORKING_DIRECTORY");
  char current[PATH_MAX];
  if (directory == nullptr || getcwd(current, sizeof(current)) == nullptr ||
      std::strstr(current, ".runfiles") == nullptr) {
    return;
  }
  // When it is gone, files are looked for here and not found, which is said.
  if (chdir(directory) != 0) return;
}

}  // namespace weft::tools
