// Files for modules that other programs look at, one per thread at work.
#ifndef WEFT_TOOLS_CANDIDATE_FILES_H_
#define WEFT_TOOLS_CANDIDATE_FILES_H_

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/file_system.h"

namespace weft::tools {

// Temporary files in $TMPDIR (or /tmp), which are removed with this object and
// at every end of the process. Thread-safe.
class CandidateFiles {
 public:
  explicit CandidateFiles(FileSystem& files) : files_(&files) {}
  CandidateFiles(const CandidateFiles&) = delete;
  CandidateFiles& operator=(const CandidateFiles&) = delete;
  ~CandidateFiles();

  // A file of these bytes that nobody else uses until it is given back.
  // Returns its path. Errors: when it cannot be created or written.
  absl::StatusOr<std::string> Take(absl::Span<const uint8_t> bytes);
  void GiveBack(const std::string& path);

 private:
  struct File {
    std::string path;
    int slot;  // See RememberTemporary.
  };

  absl::StatusOr<std::string> Create();
  absl::Status Fill(const std::string& path, absl::Span<const uint8_t> bytes);

  FileSystem* files_;
  std::mutex mutex_;
  std::deque<File> all_;
  std::vector<std::string> free_;
  int created_ = 0;
};

}  // namespace weft::tools

#endif  // WEFT_TOOLS_CANDIDATE_FILES_H_
