#include "tools/candidate_files.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/file_io.h"
#include "tools/temporaries.h"

namespace weft::tools {
namespace {

constexpr int kMaxAttempts = 100;

std::string Folder() {
  const char* const folder = std::getenv("TMPDIR");
  return folder == nullptr || *folder == '\0' ? "/tmp" : folder;
}

absl::Status Failure(absl::string_view what, int error) {
  return absl::UnavailableError(
      absl::StrCat("cannot ", what, " a temporary file in ", Folder(), ": ",
                   std::generic_category().message(error)));
}

}  // namespace

CandidateFiles::~CandidateFiles() {
  for (const File& file : all_) {
    (void)files_->Unlink(file.path.c_str());
    ForgetTemporary(file.slot);
  }
}

absl::StatusOr<std::string> CandidateFiles::Take(
    absl::Span<const uint8_t> bytes) {
  std::string path;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (free_.empty()) {
      absl::StatusOr<std::string> created = Create();
      if (!created.ok()) return created.status();
      path = *std::move(created);
    } else {
      path = std::move(free_.back());
      free_.pop_back();
    }
  }
  absl::Status status = Fill(path, bytes);
  if (!status.ok()) {
    GiveBack(path);
    return status;
  }
  return path;
}

void CandidateFiles::GiveBack(const std::string& path) {
  const std::lock_guard<std::mutex> lock(mutex_);
  free_.push_back(path);
}

absl::StatusOr<std::string> CandidateFiles::Create() {
  for (int i = 0; i < kMaxAttempts; ++i) {
    const std::string path = absl::StrCat(Folder(), "/weft-reduce-", getpid(),
                                          "-", created_++, ".wasm");
    const int slot = RememberTemporary(path);
    if (slot < 0) return Failure("create", ENAMETOOLONG);
    const int fd = files_->Open(
        path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
        0600);
    const int error = errno;
    if (fd >= 0) {
      (void)files_->Close(fd);
      all_.push_back({path, slot});
      return path;
    }
    ForgetTemporary(slot);
    if (error != EEXIST && error != EINTR) return Failure("create", error);
  }
  return Failure("create", EEXIST);
}

// The command may have removed it.
absl::Status CandidateFiles::Fill(const std::string& path,
                                  absl::Span<const uint8_t> bytes) {
  const int fd =
      files_->Open(path.c_str(),
                   O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return Failure("open", errno);
  absl::Status status = WriteAll(*files_, fd, bytes);
  if (files_->Close(fd) < 0 && status.ok()) status = Failure("write", errno);
  return status;
}

}  // namespace weft::tools
