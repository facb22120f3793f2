// The system calls that file_io needs, behind an interface so that tests can
// fail any of them.
#ifndef WEFT_TOOLS_FILE_SYSTEM_H_
#define WEFT_TOOLS_FILE_SYSTEM_H_

#include <sys/stat.h>
#include <sys/types.h>

#include <cstddef>

namespace weft::tools {

// Each method does what its namesake in POSIX does, returns what that returns
// and leaves the reason of a failure in errno.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual int Open(const char* path, int flags, mode_t mode) = 0;
  virtual ssize_t Read(int fd, void* buffer, size_t size) = 0;
  virtual ssize_t Write(int fd, const void* buffer, size_t size) = 0;
  // Blocks until `fd` is ready for `events` (POLLIN, POLLOUT).
  virtual int Poll(int fd, short events) = 0;
  virtual int Fsync(int fd) = 0;
  virtual int Close(int fd) = 0;
  virtual int Fstat(int fd, struct stat* out) = 0;
  virtual int Stat(const char* path, struct stat* out) = 0;
  virtual int Lstat(const char* path, struct stat* out) = 0;
  virtual ssize_t ReadLink(const char* path, char* buffer, size_t size) = 0;
  // Asks with the effective user, unlike access().
  virtual int Access(const char* path, int mode) = 0;
  virtual int Fchmod(int fd, mode_t mode) = 0;
  virtual int Fchown(int fd, uid_t owner, gid_t group) = 0;
  virtual int Rename(const char* from, const char* to) = 0;
  virtual int Unlink(const char* path) = 0;
};

// The machine's own.
class PosixFileSystem : public FileSystem {
 public:
  int Open(const char* path, int flags, mode_t mode) override;
  ssize_t Read(int fd, void* buffer, size_t size) override;
  ssize_t Write(int fd, const void* buffer, size_t size) override;
  int Poll(int fd, short events) override;
  int Fsync(int fd) override;
  int Close(int fd) override;
  int Fstat(int fd, struct stat* out) override;
  int Stat(const char* path, struct stat* out) override;
  int Lstat(const char* path, struct stat* out) override;
  ssize_t ReadLink(const char* path, char* buffer, size_t size) override;
  int Access(const char* path, int mode) override;
  int Fchmod(int fd, mode_t mode) override;
  int Fchown(int fd, uid_t owner, gid_t group) override;
  int Rename(const char* from, const char* to) override;
  int Unlink(const char* path) override;
};

}  // namespace weft::tools

#endif  // WEFT_TOOLS_FILE_SYSTEM_H_
