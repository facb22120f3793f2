#include "ir/wasm/branch_hints.h"

namespace weft::wasm {
namespace {

constexpr absl::string_view kSection = "branch hint section";

bool ReadFunction(ByteReader* reader, FunctionHints* function) {
  uint32_t count;
  if (!reader->ReadU32(&function->func) || !reader->ReadU32(&count)) {
    return false;
  }
  for (uint32_t i = 0; i < count; ++i) {
    BranchHint hint;
    uint32_t size;
    uint8_t value;
    if (!reader->ReadU32(&hint.offset) || !reader->ReadU32(&size) ||
        !reader->ReadByte(&value)) {
      return false;
    }
    if (size != 1 || value > 1) return reader->Fail("malformed branch hint");
    hint.likely = value == 1;
    function->hints.push_back(hint);
  }
  return true;
}

}  // namespace

absl::StatusOr<std::vector<FunctionHints>> ParseBranchHints(
    absl::Span<const uint8_t> bytes, uint32_t offset) {
  ByteReader reader(bytes, offset);
  std::vector<FunctionHints> functions;
  uint32_t count;
  if (!reader.ReadU32(&count)) return reader.StatusHere(kSection);
  for (uint32_t i = 0; i < count; ++i) {
    if (!ReadFunction(&reader, &functions.emplace_back())) {
      return reader.StatusHere(kSection);
    }
  }
  if (reader.remaining() > 0) {
    return MalformedAt("bytes left over", reader.offset(), kSection);
  }
  return functions;
}

void WriteBranchHints(absl::Span<const FunctionHints> functions,
                      ByteWriter* out) {
  uint32_t count = 0;
  for (const FunctionHints& function : functions) {
    if (!function.hints.empty()) ++count;
  }
  out->U32(count);
  for (const FunctionHints& function : functions) {
    if (function.hints.empty()) continue;
    out->U32(function.func);
    out->U32(static_cast<uint32_t>(function.hints.size()));
    for (const BranchHint& hint : function.hints) {
      out->U32(hint.offset);
      out->U32(1);
      out->Byte(hint.likely ? 1 : 0);
    }
  }
}

}  // namespace weft::wasm
