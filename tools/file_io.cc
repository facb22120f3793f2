#include "tools/file_io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <climits>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tools/temporaries.h"

namespace weft::tools {
namespace {

constexpr int kMaxLinks = 40;      // As the kernel's own limit.
constexpr int kMaxAttempts = 100;  // At a name for the temporary file.

absl::Status Failure(absl::string_view what, int error) {
  return absl::Status(absl::ErrnoToStatusCode(error),
                      absl::StrCat("cannot ", what, ": ",
                                   std::generic_category().message(error)));
}

absl::Status Failure(absl::string_view what) { return Failure(what, errno); }

bool WouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

// What a file system says that cannot sync this kind of file.
bool CannotSync(int error) {
  return error == EINVAL || error == ENOSYS || error == ENOTSUP ||
         error == EROFS;
}

// Closes; after EINTR the descriptor is closed as well (Linux).
int CloseOnce(FileSystem& files, int fd) {
  const int result = files.Close(fd);
  return result < 0 && errno == EINTR ? 0 : result;
}

// "dir/" of "dir/name", and "" of "name".
absl::string_view DirectoryPrefix(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? "" : path.substr(0, slash + 1);
}

std::string DirectoryOf(absl::string_view path) {
  const absl::string_view prefix = DirectoryPrefix(path);
  return prefix.empty() ? "." : std::string(prefix);
}

// The descriptor that a name such as /dev/fd/1 stands for, or -1. Opening that
// name would start at the beginning of a file that a shell opened to append.
int DescriptorOf(absl::string_view path) {
  for (absl::string_view prefix : {"/dev/fd/", "/proc/self/fd/"}) {
    int fd;
    if (absl::StartsWith(path, prefix) &&
        absl::SimpleAtoi(path.substr(prefix.size()), &fd) && fd >= 0) {
      return fd;
    }
  }
  return -1;
}

// Unlikely to exist; creation with O_EXCL decides. Short, since the name of
// the target may be as long as names can be.
std::string TemporaryName(absl::string_view target) {
  static std::atomic<uint32_t> count = 0;
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  return absl::StrCat(DirectoryPrefix(target), ".weft-", getpid(), "-",
                      absl::Hex(now), "-", count++, ".tmp");
}

absl::Status TooLarge(uint64_t max_bytes) {
  return absl::ResourceExhaustedError(
      absl::StrCat("larger than the limit of ", max_bytes, " bytes"));
}

// Reads up to the end of `fd`. `expected` is a guess at the size.
absl::StatusOr<std::vector<uint8_t>> ReadToEnd(FileSystem& files, int fd,
                                               uint64_t expected,
                                               uint64_t max_bytes) {
  constexpr uint64_t kFirst = 64 << 10;
  std::vector<uint8_t> bytes;
  size_t size = 0;
  // One byte more, so that the end shows without growing.
  bytes.resize(std::clamp(expected + 1, kFirst, max_bytes + 1));
  while (true) {
    if (size == bytes.size()) {
      if (size > max_bytes) return TooLarge(max_bytes);
      bytes.resize(std::min<uint64_t>(2 * uint64_t{size}, max_bytes + 1));
    }
    const ssize_t got =
        files.Read(fd, bytes.data() + size, bytes.size() - size);
    if (got == 0) break;
    if (got > 0) {
      size += static_cast<size_t>(got);
    } else if (WouldBlock(errno)) {
      if (files.Poll(fd, POLLIN) < 0 && errno != EINTR) return Failure("read");
    } else if (errno != EINTR) {
      return Failure("read");
    }
  }
  if (size > max_bytes) return TooLarge(max_bytes);
  bytes.resize(size);
  return bytes;
}

absl::StatusOr<std::vector<uint8_t>> ReadOpenFile(FileSystem& files, int fd,
                                                  uint64_t max_bytes) {
  struct stat info;
  if (files.Fstat(fd, &info) < 0) return Failure("read");
  if (S_ISDIR(info.st_mode)) {
    return absl::FailedPreconditionError("is a directory, not a file");
  }
  uint64_t expected = 0;
  if (S_ISREG(info.st_mode)) expected = static_cast<uint64_t>(info.st_size);
  if (expected > max_bytes) return TooLarge(max_bytes);
  return ReadToEnd(files, fd, expected, max_bytes);
}

}  // namespace

absl::StatusOr<std::vector<uint8_t>> ReadWholeFile(FileSystem& files,
                                                   const std::string& path,
                                                   uint64_t max_bytes) {
  if (path == "-") return ReadOpenFile(files, STDIN_FILENO, max_bytes);
  if (path.empty()) return absl::InvalidArgumentError("empty file name");
  int fd;
  do {
    fd = files.Open(path.c_str(), O_RDONLY | O_CLOEXEC, 0);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return Failure("open");
  absl::StatusOr<std::vector<uint8_t>> bytes =
      ReadOpenFile(files, fd, max_bytes);
  // What was read is read, whatever closing says.
  (void)files.Close(fd);
  return bytes;
}

absl::Status WriteAll(FileSystem& files, int fd,
                      absl::Span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = files.Write(fd, bytes.data(), bytes.size());
    if (wrote > 0) {
      bytes.remove_prefix(static_cast<size_t>(wrote));
    } else if (wrote == 0) {
      return Failure("write", EIO);
    } else if (WouldBlock(errno)) {
      if (files.Poll(fd, POLLOUT) < 0 && errno != EINTR) {
        return Failure("write");
      }
    } else if (errno != EINTR) {
      return Failure("write");
    }
  }
  return absl::OkStatus();
}

absl::Status WriteAll(FileSystem& files, int fd, absl::string_view text) {
  return WriteAll(files, fd,
                  absl::MakeSpan(reinterpret_cast<const uint8_t*>(text.data()),
                                 text.size()));
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : files_(other.files_),
      kind_(other.kind_),
      descriptor_(other.descriptor_),
      target_(std::move(other.target_)),
      exists_(other.exists_),
      existing_(other.existing_),
      temporary_(std::exchange(other.temporary_, {})),
      slot_(std::exchange(other.slot_, -1)),
      fd_(std::exchange(other.fd_, -1)),
      pending_(other.pending_),
      warning_(std::move(other.warning_)) {}

OutputFile::~OutputFile() { Discard(); }

absl::StatusOr<OutputFile> OutputFile::Resolve(FileSystem& files,
                                               const std::string& path) {
  if (path.empty()) return absl::InvalidArgumentError("empty file name");
  OutputFile output(files);
  if (path == "-") {
    output.kind_ = Kind::kDescriptor;
    output.descriptor_ = STDOUT_FILENO;
    return output;
  }
  output.target_ = path;
  absl::Status status = output.FollowLinks();
  if (status.ok() && output.kind_ == Kind::kReplace) {
    status = output.InspectTarget();
  }
  if (!status.ok()) return status;
  return output;
}

// Follows the links of the last component; the system follows those of the
// directories before it.
absl::Status OutputFile::FollowLinks() {
  for (int i = 0; i <= kMaxLinks; ++i) {
    descriptor_ = DescriptorOf(target_);
    if (descriptor_ >= 0) {
      kind_ = Kind::kDescriptor;
      return absl::OkStatus();
    }
    struct stat info;
    if (files_->Lstat(target_.c_str(), &info) < 0) {
      // Not there yet; InspectTarget looks at its directory.
      return errno == ENOENT ? absl::OkStatus() : Failure("write");
    }
    if (!S_ISLNK(info.st_mode)) return absl::OkStatus();
    char link[PATH_MAX];
    const ssize_t size = files_->ReadLink(target_.c_str(), link, PATH_MAX);
    if (size < 0) return Failure("follow the link");
    if (size == PATH_MAX) return Failure("follow the link", ENAMETOOLONG);
    const absl::string_view next(link, static_cast<size_t>(size));
    target_ = absl::StartsWith(next, "/")
                  ? std::string(next)
                  : absl::StrCat(DirectoryPrefix(target_), next);
  }
  return Failure("follow the link", ELOOP);
}

absl::Status OutputFile::InspectTarget() {
  exists_ = files_->Stat(target_.c_str(), &existing_) == 0;
  if (!exists_ && errno != ENOENT) return Failure("write");
  if (absl::EndsWith(target_, "/") || (exists_ && S_ISDIR(existing_.st_mode))) {
    return absl::FailedPreconditionError("is a directory, not a file");
  }
  // Renaming would replace what the user may not write.
  if (exists_ && files_->Access(target_.c_str(), W_OK) < 0) {
    return Failure("write");
  }
  if (exists_ && !S_ISREG(existing_.st_mode)) {
    kind_ = Kind::kSpecialFile;
    return absl::OkStatus();
  }
  if (files_->Access(DirectoryOf(target_).c_str(), W_OK | X_OK) < 0) {
    return Failure(errno == ENOENT ? "write into its directory"
                                   : "create a file in its directory");
  }
  return absl::OkStatus();
}

absl::Status OutputFile::Stage(absl::Span<const uint8_t> bytes) {
  pending_ = bytes;
  if (kind_ != Kind::kReplace) return absl::OkStatus();
  absl::Status status = CreateTemporary();
  if (status.ok()) status = FillTemporary(bytes);
  if (!status.ok()) Discard();
  return status;
}

absl::Status OutputFile::CreateTemporary() {
  // Permissions are widened, if ever, once the bytes are in.
  const mode_t mode = exists_ ? existing_.st_mode & 0600 : 0666;
  for (int i = 0; i < kMaxAttempts; ++i) {
    temporary_ = TemporaryName(target_);
    slot_ = RememberTemporary(temporary_);
    if (slot_ < 0) {
      temporary_.clear();
      return Failure("create a temporary file", ENAMETOOLONG);
    }
    fd_ = files_->Open(temporary_.c_str(),
                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                       mode);
    if (fd_ >= 0) return absl::OkStatus();
    const int error = errno;
    ForgetTemporary(slot_);
    slot_ = -1;
    temporary_.clear();
    if (error != EEXIST && error != EINTR) {
      return Failure("create a temporary file in its directory", error);
    }
  }
  return Failure("create a temporary file in its directory", EEXIST);
}

absl::Status OutputFile::FillTemporary(absl::Span<const uint8_t> bytes) {
  absl::Status status = WriteAll(*files_, fd_, bytes);
  if (!status.ok()) return status;
  if (exists_) {
    mode_t mode = existing_.st_mode & 07777;
    struct stat info;
    if (files_->Fstat(fd_, &info) < 0) return Failure("write");
    const bool same_owner =
        info.st_uid == existing_.st_uid && info.st_gid == existing_.st_gid;
    // Another owner's set-user-id bit must not become ours.
    if (!same_owner &&
        files_->Fchown(fd_, existing_.st_uid, existing_.st_gid) < 0) {
      mode &= 0777;
    }
    if (files_->Fchmod(fd_, mode) < 0) return Failure("set permissions");
  }
  int result;
  do {
    result = files_->Fsync(fd_);
  } while (result < 0 && errno == EINTR);
  if (result < 0 && !CannotSync(errno)) return Failure("write");
  // Quotas and network file systems may complain only now.
  if (CloseOnce(*files_, std::exchange(fd_, -1)) < 0) return Failure("write");
  return absl::OkStatus();
}

absl::Status OutputFile::Commit() {
  if (kind_ != Kind::kReplace) return CommitDirectly();
  if (files_->Rename(temporary_.c_str(), target_.c_str()) < 0) {
    const absl::Status status = Failure("replace");
    Discard();
    return status;
  }
  ForgetTemporary(std::exchange(slot_, -1));
  temporary_.clear();
  SyncDirectory();
  return absl::OkStatus();
}

absl::Status OutputFile::CommitDirectly() {
  if (kind_ == Kind::kDescriptor) {
    return WriteAll(*files_, descriptor_, pending_);
  }
  int fd;
  do {
    // Opening a FIFO waits for its reader.
    fd = files_->Open(target_.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY, 0);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return Failure("open");
  absl::Status status = WriteAll(*files_, fd, pending_);
  if (CloseOnce(*files_, fd) < 0 && status.ok()) return Failure("write");
  return status;
}

// The bytes are in place and safe; only the name may be lost in a power
// failure, which is no reason to report that nothing was written.
void OutputFile::SyncDirectory() {
  const int fd = files_->Open(DirectoryOf(target_).c_str(),
                              O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  int error = fd < 0 ? errno : 0;
  if (fd >= 0) {
    if (files_->Fsync(fd) < 0 && !CannotSync(errno)) error = errno;
    (void)files_->Close(fd);
  }
  // A directory may be writable but not readable.
  if (error == 0 || error == EACCES) return;
  warning_ = absl::StrCat("written, but a power failure may undo it: ",
                          std::generic_category().message(error));
}

void OutputFile::Discard() {
  if (fd_ >= 0) (void)files_->Close(std::exchange(fd_, -1));
  if (!temporary_.empty()) (void)files_->Unlink(temporary_.c_str());
  temporary_.clear();
  ForgetTemporary(std::exchange(slot_, -1));
}

bool OutputFile::IsSameFile(const OutputFile& other) const {
  if (is_direct() || other.is_direct()) return false;
  if (target_ == other.target_) return true;
  return exists_ && other.exists_ &&
         existing_.st_dev == other.existing_.st_dev &&
         existing_.st_ino == other.existing_.st_ino;
}

absl::Status CommitAll(absl::Span<OutputFile* const> outputs, size_t* failed) {
  for (const bool direct : {true, false}) {
    for (size_t i = 0; i < outputs.size(); ++i) {
      if (outputs[i]->is_direct() != direct) continue;
      const absl::Status status = outputs[i]->Commit();
      if (status.ok()) continue;
      if (failed != nullptr) *failed = i;
      return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace weft::tools
