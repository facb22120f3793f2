// Reading whole files, and replacing files so that nobody ever sees half of
// one.
#ifndef WEFT_TOOLS_FILE_IO_H_
#define WEFT_TOOLS_FILE_IO_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/file_system.h"

namespace weft::tools {

// Returns all bytes of the file at `path`, or of standard input for "-". Pipes,
// FIFOs and devices are read to their end; a file that grows or shrinks
// meanwhile gives what was read.
// Errors: "cannot open: <reason>" and the like, without the path, with the
// code of the system's reason; FailedPrecondition for a directory;
// ResourceExhausted for more than `max_bytes`.
absl::StatusOr<std::vector<uint8_t>> ReadWholeFile(FileSystem& files,
                                                   const std::string& path,
                                                   uint64_t max_bytes);

// Writes all of `bytes` to `fd`, which may be slow, non-blocking or a pipe.
// Errors: "cannot write: <reason>".
absl::Status WriteAll(FileSystem& files, int fd,
                      absl::Span<const uint8_t> bytes);
absl::Status WriteAll(FileSystem& files, int fd, absl::string_view text);

// A file to be written in three steps, so that what can fail fails before
// anything changes: Resolve, then Stage, then Commit. Destroyed before Commit
// it leaves everything as it was.
//
// A regular file is replaced as a whole: its bytes go into a temporary file in
// the same directory, which takes its name in Commit. Permissions are kept,
// the owner where the system lets us. A symbolic link stays and its target is
// replaced; of several hard links the one named gets the new bytes, the others
// keep the old. Standard output ("-", /dev/stdout, /dev/fd/N), devices and
// FIFOs are written directly, in Commit.
class OutputFile {
 public:
  // Finds what has to be written for `path`, which need not exist.
  // Errors: a directory, a missing parent, no permission, too many links.
  // `files` must outlive the result.
  static absl::StatusOr<OutputFile> Resolve(FileSystem& files,
                                            const std::string& path);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  // Writes `bytes` to disk beside the target. For direct outputs it only
  // remembers them: they must live until Commit.
  absl::Status Stage(absl::Span<const uint8_t> bytes);

  // Puts the staged bytes in place. On an error a regular file is as it was.
  // REQUIRES: Stage succeeded.
  absl::Status Commit();

  // Whether Commit writes to the target itself instead of replacing it.
  bool is_direct() const { return kind_ != Kind::kReplace; }
  // Whether both are one regular file.
  bool IsSameFile(const OutputFile& other) const;
  // After Commit: empty, or that the new name may not survive a power failure.
  const std::string& warning() const { return warning_; }

 private:
  enum class Kind : uint8_t { kReplace, kDescriptor, kSpecialFile };

  explicit OutputFile(FileSystem& files) : files_(&files) {}

  absl::Status FollowLinks();
  absl::Status InspectTarget();
  absl::Status CreateTemporary();
  absl::Status FillTemporary(absl::Span<const uint8_t> bytes);
  absl::Status CommitDirectly();
  void SyncDirectory();
  void Discard();

  FileSystem* files_;
  Kind kind_ = Kind::kReplace;
  int descriptor_ = -1;        // kDescriptor: where to write.
  std::string target_;         // With symbolic links followed.
  bool exists_ = false;        // The target, when resolved.
  struct stat existing_ = {};  // Of the target; valid when exists_.
  std::string temporary_;      // Empty: none.
  int slot_ = -1;              // See RememberTemporary.
  int fd_ = -1;                // The temporary, while it is open.
  absl::Span<const uint8_t> pending_;
  std::string warning_;
};

// Commits all of them, those written directly first: when one of them fails,
// nothing has been replaced. REQUIRES: all are staged.
// `failed`, if not null, gets the index of the one that failed.
absl::Status CommitAll(absl::Span<OutputFile* const> outputs, size_t* failed);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_FILE_IO_H_
