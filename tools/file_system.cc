#include "tools/file_system.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cstdio>

namespace weft::tools {

int PosixFileSystem::Open(const char* path, int flags, mode_t mode) {
  return open(path, flags, mode);
}

ssize_t PosixFileSystem::Read(int fd, void* buffer, size_t size) {
  return read(fd, buffer, size);
}

ssize_t PosixFileSystem::Write(int fd, const void* buffer, size_t size) {
  return write(fd, buffer, size);
}

int PosixFileSystem::Poll(int fd, short events) {
  pollfd entry = {.fd = fd, .events = events, .revents = 0};
  return poll(&entry, 1, -1);
}

int PosixFileSystem::Fsync(int fd) { return fsync(fd); }

int PosixFileSystem::Close(int fd) { return close(fd); }

int PosixFileSystem::Fstat(int fd, struct stat* out) { return fstat(fd, out); }

int PosixFileSystem::Stat(const char* path, struct stat* out) {
  return stat(path, out);
}

int PosixFileSystem::Lstat(const char* path, struct stat* out) {
  return lstat(path, out);
}

ssize_t PosixFileSystem::ReadLink(const char* path, char* buffer, size_t size) {
  return readlink(path, buffer, size);
}

int PosixFileSystem::Access(const char* path, int mode) {
  return faccessat(AT_FDCWD, path, mode, AT_EACCESS);
}

int PosixFileSystem::Fchmod(int fd, mode_t mode) { return fchmod(fd, mode); }

int PosixFileSystem::Fchown(int fd, uid_t owner, gid_t group) {
  return fchown(fd, owner, group);
}

int PosixFileSystem::Rename(const char* from, const char* to) {
  return rename(from, to);
}

int PosixFileSystem::Unlink(const char* path) { return unlink(path); }

}  // namespace weft::tools
