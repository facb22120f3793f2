#include "tools/file_io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "tools/file_system.h"
#include "tools/temporaries.h"

namespace weft::tools {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr uint64_t kMax = 1 << 20;

Bytes BytesOf(absl::string_view text) { return {text.begin(), text.end()}; }

// Fails one call, counted over all methods, with the reason given.
class FaultyFileSystem : public PosixFileSystem {
 public:
  FaultyFileSystem(int fail_at, int reason)
      : fail_at_(fail_at), reason_(reason) {}

  int Open(const char* path, int flags, mode_t mode) override {
    return Fails() ? -1 : PosixFileSystem::Open(path, flags, mode);
  }
  ssize_t Read(int fd, void* buffer, size_t size) override {
    return Fails() ? -1 : PosixFileSystem::Read(fd, buffer, size);
  }
  ssize_t Write(int fd, const void* buffer, size_t size) override {
    // Several calls for one buffer, so that the middle ones can fail.
    return Fails() ? -1
                   : PosixFileSystem::Write(fd, buffer, size / 2 + size % 2);
  }
  int Fsync(int fd) override {
    return Fails() ? -1 : PosixFileSystem::Fsync(fd);
  }
  int Close(int fd) override {
    const int result = PosixFileSystem::Close(fd);
    return Fails() ? -1 : result;
  }
  int Fstat(int fd, struct stat* out) override {
    return Fails() ? -1 : PosixFileSystem::Fstat(fd, out);
  }
  int Stat(const char* path, struct stat* out) override {
    return Fails() ? -1 : PosixFileSystem::Stat(path, out);
  }
  int Lstat(const char* path, struct stat* out) override {
    return Fails() ? -1 : PosixFileSystem::Lstat(path, out);
  }
  ssize_t ReadLink(const char* path, char* buffer, size_t size) override {
    return Fails() ? -1 : PosixFileSystem::ReadLink(path, buffer, size);
  }
  int Access(const char* path, int mode) override {
    return Fails() ? -1 : PosixFileSystem::Access(path, mode);
  }
  int Fchmod(int fd, mode_t mode) override {
    return Fails() ? -1 : PosixFileSystem::Fchmod(fd, mode);
  }
  int Rename(const char* from, const char* to) override {
    if (Fails()) return -1;
    renamed_ = true;
    return PosixFileSystem::Rename(from, to);
  }

  bool failed() const { return calls_ > fail_at_; }
  bool renamed() const { return renamed_; }

 private:
  bool Fails() {
    errno = reason_;
    return calls_++ == fail_at_;
  }

  int fail_at_;
  int reason_;
  int calls_ = 0;
  bool renamed_ = false;
};

// Every other call is interrupted or would block; the rest do one byte.
class SlowFileSystem : public PosixFileSystem {
 public:
  ssize_t Read(int fd, void* buffer, size_t size) override {
    return Stumbles() ? -1 : PosixFileSystem::Read(fd, buffer, size > 0);
  }
  ssize_t Write(int fd, const void* buffer, size_t size) override {
    return Stumbles() ? -1 : PosixFileSystem::Write(fd, buffer, size > 0);
  }
  int Fsync(int fd) override {
    return Stumbles() && errno == EINTR ? -1 : PosixFileSystem::Fsync(fd);
  }
  int Open(const char* path, int flags, mode_t mode) override {
    errno = EINTR;
    return calls_++ % 2 == 0 ? -1 : PosixFileSystem::Open(path, flags, mode);
  }
  int Close(int fd) override {
    PosixFileSystem::Close(fd);
    errno = EINTR;
    return -1;
  }
  int Poll(int, short) override {
    ++polls_;
    errno = EINTR;
    return polls_ % 2 == 0 ? 1 : -1;
  }
  int polls() const { return polls_; }

 private:
  bool Stumbles() {
    const int call = calls_++;
    errno = call % 4 == 0 ? EINTR : EAGAIN;
    return call % 2 == 0;
  }

  int calls_ = 0;
  int polls_ = 0;
};

class FileIoTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = absl::StrCat(testing::TempDir(), "/file_ioXXXXXX");
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
  }

  std::string Path(absl::string_view name) {
    return absl::StrCat(dir_, "/", name);
  }
  void Put(absl::string_view name, absl::string_view text) {
    std::ofstream(Path(name), std::ios::binary) << text;
  }
  std::string Get(absl::string_view name) {
    std::ostringstream out;
    out << std::ifstream(Path(name), std::ios::binary).rdbuf();
    return out.str();
  }
  std::vector<std::string> List() {
    std::vector<std::string> names;
    DIR* const dir = opendir(dir_.c_str());
    if (dir == nullptr) return names;
    while (const dirent* entry = readdir(dir)) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    closedir(dir);
    return names;
  }
  mode_t ModeOf(absl::string_view name) {
    struct stat info;
    EXPECT_EQ(stat(Path(name).c_str(), &info), 0);
    return info.st_mode & 07777;
  }

  // Replaces a file in all three steps.
  static absl::Status WriteFile(FileSystem& files, const std::string& path,
                                const Bytes& bytes) {
    absl::StatusOr<OutputFile> output = OutputFile::Resolve(files, path);
    if (!output.ok()) return output.status();
    absl::Status status = output->Stage(bytes);
    if (status.ok()) status = output->Commit();
    return status;
  }
  absl::Status WriteFile(absl::string_view name, absl::string_view text) {
    return WriteFile(files_, Path(name), BytesOf(text));
  }

  PosixFileSystem files_;
  std::string dir_;
};

TEST_F(FileIoTest, ReadsWholeFiles) {
  const std::string large(300'000, 'x');
  Put("empty", "");
  Put("small", "abc");
  Put("large", large);
  EXPECT_EQ(*ReadWholeFile(files_, Path("empty"), kMax), Bytes());
  EXPECT_EQ(*ReadWholeFile(files_, Path("small"), kMax), BytesOf("abc"));
  EXPECT_EQ(*ReadWholeFile(files_, Path("large"), kMax), BytesOf(large));
}

TEST_F(FileIoTest, ReadsUpToTheLimit) {
  Put("file", "abcd");
  EXPECT_EQ(*ReadWholeFile(files_, Path("file"), 4), BytesOf("abcd"));
  EXPECT_EQ(ReadWholeFile(files_, Path("file"), 3).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReadWholeFile(files_, "/dev/zero", 1 << 17).status().message(),
            "larger than the limit of 131072 bytes");
}

TEST_F(FileIoTest, ReadErrorsSayWhy) {
  EXPECT_EQ(ReadWholeFile(files_, Path("none"), kMax).status(),
            absl::NotFoundError("cannot open: No such file or directory"));
  EXPECT_EQ(ReadWholeFile(files_, dir_, kMax).status().message(),
            "is a directory, not a file");
  EXPECT_EQ(ReadWholeFile(files_, "", kMax).status().message(),
            "empty file name");
}

TEST_F(FileIoTest, ReadsFifos) {
  const std::string text(200'000, 'y');
  ASSERT_EQ(mkfifo(Path("fifo").c_str(), 0600), 0);
  std::thread writer(
      [&] { std::ofstream(Path("fifo"), std::ios::binary) << text; });
  EXPECT_EQ(*ReadWholeFile(files_, Path("fifo"), kMax), BytesOf(text));
  writer.join();
}

TEST_F(FileIoTest, ReadsAndWritesInSmallSteps) {
  SlowFileSystem slow;
  ASSERT_TRUE(WriteFile(slow, Path("file"), BytesOf("some text")).ok());
  EXPECT_EQ(Get("file"), "some text");
  EXPECT_EQ(*ReadWholeFile(slow, Path("file"), kMax), BytesOf("some text"));
  EXPECT_GT(slow.polls(), 0);
}

TEST_F(FileIoTest, CreatesAndReplaces) {
  umask(022);
  ASSERT_TRUE(WriteFile("file", "one").ok());
  EXPECT_EQ(Get("file"), "one");
  EXPECT_EQ(ModeOf("file"), 0644);
  ASSERT_TRUE(WriteFile("file", "two").ok());
  EXPECT_EQ(Get("file"), "two");
  ASSERT_TRUE(WriteFile("file", "").ok());
  EXPECT_EQ(Get("file"), "");
  EXPECT_EQ(List(), std::vector<std::string>{"file"});
}

TEST_F(FileIoTest, KeepsPermissions) {
  for (mode_t mode : {0600, 0755, 0666, 04711}) {
    Put("file", "old");
    ASSERT_EQ(chmod(Path("file").c_str(), mode), 0);
    ASSERT_TRUE(WriteFile("file", "new").ok());
    EXPECT_EQ(ModeOf("file"), mode);
  }
}

TEST_F(FileIoTest, WithoutCommitNothingChanges) {
  Put("file", "old");
  {
    absl::StatusOr<OutputFile> output =
        OutputFile::Resolve(files_, Path("file"));
    ASSERT_TRUE(output.ok());
    ASSERT_TRUE(output->Stage(BytesOf("new")).ok());
    EXPECT_EQ(List().size(), 2u);
    EXPECT_EQ(Get("file"), "old");
  }
  EXPECT_EQ(Get("file"), "old");
  EXPECT_EQ(List(), std::vector<std::string>{"file"});
}

TEST_F(FileIoTest, KeepsSymbolicLinks) {
  Put("target", "old");
  ASSERT_EQ(symlink("target", Path("relative").c_str()), 0);
  ASSERT_EQ(symlink(Path("relative").c_str(), Path("absolute").c_str()), 0);
  ASSERT_TRUE(WriteFile("absolute", "new").ok());
  EXPECT_EQ(Get("target"), "new");
  struct stat info;
  ASSERT_EQ(lstat(Path("absolute").c_str(), &info), 0);
  EXPECT_TRUE(S_ISLNK(info.st_mode));

  ASSERT_EQ(symlink("created", Path("dangling").c_str()), 0);
  ASSERT_TRUE(WriteFile("dangling", "text").ok());
  EXPECT_EQ(Get("created"), "text");

  ASSERT_EQ(symlink("round", Path("round").c_str()), 0);
  EXPECT_EQ(WriteFile("round", "text").message(),
            "cannot follow the link: Too many levels of symbolic links");
}

TEST_F(FileIoTest, LeavesOtherHardLinksAlone) {
  Put("one", "old");
  ASSERT_EQ(link(Path("one").c_str(), Path("two").c_str()), 0);
  ASSERT_TRUE(WriteFile("two", "new").ok());
  EXPECT_EQ(Get("one"), "old");
  EXPECT_EQ(Get("two"), "new");
}

TEST_F(FileIoTest, RefusesWhatCannotBeReplaced) {
  Put("file", "old");
  EXPECT_EQ(WriteFile("", "x").message(), "is a directory, not a file");
  EXPECT_EQ(WriteFile(".", "x").message(), "is a directory, not a file");
  EXPECT_EQ(WriteFile("file/x", "x").message(),
            "cannot write: Not a directory");
  EXPECT_EQ(WriteFile("none/x", "x").message(),
            "cannot write into its directory: No such file or directory");
  EXPECT_FALSE(WriteFile(std::string(300, 'n'), "x").ok());
  EXPECT_TRUE(WriteFile(std::string(255, 'n'), "x").ok());
  EXPECT_EQ(Get("file"), "old");
  if (geteuid() == 0) return;  // May write anyway.
  ASSERT_EQ(chmod(Path("file").c_str(), 0400), 0);
  EXPECT_EQ(WriteFile("file", "new").message(),
            "cannot write: Permission denied");
  EXPECT_EQ(Get("file"), "old");
}

TEST_F(FileIoTest, WritesDevicesAndFifosDirectly) {
  EXPECT_TRUE(WriteFile(files_, "/dev/null", BytesOf("x")).ok());
  EXPECT_EQ(WriteFile(files_, "/dev/full", BytesOf("x")).message(),
            "cannot write: No space left on device");
  EXPECT_TRUE(OutputFile::Resolve(files_, "/dev/stdout")->is_direct());

  ASSERT_EQ(mkfifo(Path("fifo").c_str(), 0600), 0);
  std::string got;
  std::thread reader([&] { got = Get("fifo"); });
  EXPECT_TRUE(WriteFile("fifo", "text").ok());
  reader.join();
  EXPECT_EQ(got, "text");

  const int fd = open(Path("log").c_str(), O_WRONLY | O_CREAT, 0600);
  ASSERT_EQ(write(fd, "a", 1), 1);
  EXPECT_TRUE(
      WriteFile(files_, absl::StrCat("/dev/fd/", fd), BytesOf("b")).ok());
  close(fd);
  EXPECT_EQ(Get("log"), "ab");
}

TEST_F(FileIoTest, CommitsDirectOutputsFirst) {
  Put("file", "old");
  OutputFile full = *OutputFile::Resolve(files_, "/dev/full");
  OutputFile file = *OutputFile::Resolve(files_, Path("file"));
  const Bytes bytes = BytesOf("new");
  ASSERT_TRUE(file.Stage(bytes).ok());
  ASSERT_TRUE(full.Stage(bytes).ok());
  size_t failed = 0;
  EXPECT_FALSE(CommitAll({&file, &full}, &failed).ok());
  EXPECT_EQ(failed, 1u);
  EXPECT_EQ(Get("file"), "old");
}

TEST_F(FileIoTest, KnowsTheSameFile) {
  Put("file", "x");
  ASSERT_EQ(symlink("file", Path("link").c_str()), 0);
  const OutputFile file = *OutputFile::Resolve(files_, Path("file"));
  EXPECT_TRUE(file.IsSameFile(*OutputFile::Resolve(files_, Path("link"))));
  EXPECT_FALSE(file.IsSameFile(*OutputFile::Resolve(files_, Path("other"))));
  EXPECT_FALSE(file.IsSameFile(*OutputFile::Resolve(files_, "-")));
}

TEST_F(FileIoTest, EveryFailedCallLeavesAWholeFile) {
  ASSERT_EQ(symlink("file", Path("link").c_str()), 0);
  for (int reason : {EIO, ENOSPC, EDQUOT, EFBIG, EMFILE}) {
    bool ended = false;
    for (int n = 0; !ended; ++n) {
      ASSERT_LT(n, 100);
      Put("file", "old");
      FaultyFileSystem faulty(n, reason);
      const absl::Status status =
          WriteFile(faulty, Path("link"), BytesOf("the new text"));
      ended = !faulty.failed();
      // Only what comes behind the replacement may fail and be forgiven.
      EXPECT_EQ(status.ok(), faulty.renamed()) << n << ": " << status;
      EXPECT_EQ(Get("file"), status.ok() ? "the new text" : "old") << n;
      EXPECT_EQ(List().size(), 2u) << n << ": " << status;
    }
  }
}

TEST_F(FileIoTest, EveryFailedCallOfReadingIsAnError) {
  Put("file", "text");
  int n = 0;
  for (;; ++n) {
    FaultyFileSystem faulty(n, EIO);
    const absl::StatusOr<Bytes> bytes =
        ReadWholeFile(faulty, Path("file"), kMax);
    if (!faulty.failed()) break;
    // All but close, the last one.
    if (bytes.ok()) {
      EXPECT_EQ(*bytes, BytesOf("text"));
    } else {
      EXPECT_TRUE(
          absl::EndsWith(bytes.status().message(), "Input/output error"));
    }
  }
  EXPECT_EQ(n, 5);  // Open, fstat, read, read of the end, close.
}

// Stops in the middle of writing until a signal comes.
class WaitingFileSystem : public PosixFileSystem {
 public:
  explicit WaitingFileSystem(int ready) : ready_(ready) {}
  ssize_t Write(int fd, const void* buffer, size_t) override {
    if (PosixFileSystem::Write(fd, buffer, 1) != 1) return -1;
    if (PosixFileSystem::Write(ready_, "r", 1) != 1) return -1;
    while (true) pause();
  }

 private:
  int ready_;
};

TEST_F(FileIoTest, SignalsLeaveNoTemporary) {
  for (int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
    Put("file", "old");
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
      InstallSignalHandlers();
      WaitingFileSystem files(ready[1]);
      WriteFile(files, Path("file"), BytesOf("new")).IgnoreError();
      _exit(0);
    }
    char byte;
    ASSERT_EQ(read(ready[0], &byte, 1), 1);
    EXPECT_EQ(List().size(), 2u);  // The temporary is there.
    ASSERT_EQ(kill(child, signal_number), 0);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), signal_number);
    EXPECT_EQ(Get("file"), "old");
    EXPECT_EQ(List(), std::vector<std::string>{"file"});
    close(ready[0]);
    close(ready[1]);
  }
}

TEST_F(FileIoTest, OfTwoWritersOneWins) {
  const Bytes a(100'000, 'a');
  const Bytes b(100'000, 'b');
  const auto write_often = [&](const Bytes& bytes) {
    for (int i = 0; i < 20; ++i) {
      EXPECT_TRUE(WriteFile(files_, Path("file"), bytes).ok());
    }
  };
  std::thread other([&] { write_often(b); });
  write_often(a);
  other.join();
  const Bytes got = *ReadWholeFile(files_, Path("file"), kMax);
  EXPECT_TRUE(got == a || got == b);
  EXPECT_EQ(List(), std::vector<std::string>{"file"});
}

}  // namespace
}  // namespace weft::tools
