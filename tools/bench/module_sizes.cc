#include "tools/bench/module_sizes.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "ir/wasm/bytes.h"

namespace weft::tools {
namespace {

constexpr uint8_t kPreamble[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
constexpr uint8_t kCustom = 0;
constexpr uint8_t kCode = 10;
constexpr size_t kHeader = 6;  // An id and a 32-bit LEB128 at their longest.

absl::StatusOr<ModuleSizes> MeasureOpenModule(int fd) {
  uint8_t preamble[sizeof(kPreamble)];
  if (pread(fd, preamble, sizeof(preamble), 0) != sizeof(preamble) ||
      std::memcmp(preamble, kPreamble, sizeof(preamble)) != 0) {
    return absl::InvalidArgumentError("not a core module");
  }
  const int64_t end = lseek(fd, 0, SEEK_END);
  ModuleSizes sizes;
  sizes.non_custom = sizeof(kPreamble);
  int64_t offset = sizeof(kPreamble);
  while (offset < end) {
    uint8_t header[kHeader];
    const ssize_t got = pread(fd, header, kHeader, offset);
    if (got <= 0) return absl::InvalidArgumentError("cannot read");
    wasm::ByteReader reader({header, static_cast<size_t>(got)}, 0);
    uint8_t id;
    uint32_t content;
    if (!reader.ReadByte(&id) || !reader.ReadU32(&content)) {
      return absl::InvalidArgumentError("malformed section header");
    }
    const int64_t size = int64_t{reader.offset()} + content;
    offset += size;
    if (id != kCustom) sizes.non_custom += static_cast<uint64_t>(size);
    if (id == kCode) sizes.code += static_cast<uint64_t>(size);
  }
  if (offset != end) return absl::InvalidArgumentError("ends in a section");
  return sizes;
}

}  // namespace

absl::StatusOr<ModuleSizes> MeasureModule(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return absl::NotFoundError(absl::StrCat("cannot open ", path));
  absl::StatusOr<ModuleSizes> sizes = MeasureOpenModule(fd);
  close(fd);
  return sizes;
}

}  // namespace weft::tools
