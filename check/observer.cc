#include "check/observer.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "check/values.h"
#include "exec/runtime/types.h"

namespace weft::check {
namespace {

using exec::Val;
using wasm::HeapType;
using wasm::ValueType;

// Exceptions that hold exceptions are followed this deep.
constexpr int kMaxDepth = 4;
// Entries of a table that are looked at.
constexpr uint64_t kMaxEntries = 1024;

// What a reference is, in RefWords.
enum RefClass : uint64_t {
  kNull = 0x10,
  kI31,
  kHostValue,
  kHostFunc,
  kGuestFunc,
  kStruct,
  kArray,
  kException,
  kOther,
};

// A hash in which each word goes in by an invertible step, so that a change of
// one word always shows. Four lanes, for the latency of multiplication.
uint64_t Checksum(absl::Span<const uint8_t> bytes) {
  constexpr uint64_t kFactor = 0x9e3779b97f4a7c15u;
  constexpr size_t kLanes = 4;
  uint64_t lanes[kLanes] = {1, 2, 3, 4};
  const uint8_t* at = bytes.data();
  size_t left = bytes.size();
  for (; left >= sizeof(lanes); left -= sizeof(lanes), at += sizeof(lanes)) {
    uint64_t words[kLanes];
    std::memcpy(words, at, sizeof(words));
    for (size_t i = 0; i < kLanes; ++i) {
      const uint64_t x = (lanes[i] ^ words[i]) * kFactor;
      lanes[i] = std::rotl(x, 29);
    }
  }
  Hasher hasher;
  for (const uint64_t lane : lanes) hasher.Add(lane);
  for (; left > 0; --left, ++at) hasher.Add(*at);
  return hasher.hash();
}

}  // namespace

void Observer::Add(std::string name, const exec::Extern& value) {
  if (const auto* memory = std::get_if<exec::Memory>(&value)) {
    AddMemory(std::move(name), *memory);
  } else if (const auto* global = std::get_if<exec::Global>(&value)) {
    AddGlobal(std::move(name), *global);
  } else if (const auto* table = std::get_if<exec::Table>(&value)) {
    AddTable(std::move(name), *table);
  } else if (const auto* tag = std::get_if<exec::Tag>(&value)) {
    AddTag(std::move(name), *tag);
  }
}

std::pair<uint64_t, uint64_t> Observer::RefWords(const Val& value) const {
  if (value.is_null()) return {kNull, 0};
  if (value.top() == HeapType::kFunc) {
    const auto func = exec::Func::FromVal(store_, value);
    if (!func.ok()) return {kOther, 0};
    for (size_t i = 0; i < host_funcs_.size(); ++i) {
      if (host_funcs_[i] == *func) return {kHostFunc, i};
    }
    const auto type = func->type_id(store_);
    return {kGuestFunc, type.ok() ? *type : 0};
  }
  if (value.top() == HeapType::kExn) return {kException, 0};
  if (exec::IsI31(value.ref())) return {kI31, exec::I31Unsigned(value.ref())};
  const auto host = store_.HostValue(value);
  if (host.ok()) return {kHostValue, *host};
  if (store_.HasType(value, ValueType::Ref(HeapType::kStruct, false))) {
    return {kStruct, 0};
  }
  if (store_.HasType(value, ValueType::Ref(HeapType::kArray, false))) {
    return {kArray, 0};
  }
  return {kOther, 0};
}

void Observer::HashException(const Val& exception, int depth,
                             Hasher* hasher) const {
  for (size_t i = 0; i < tags_.size(); ++i) {
    const auto matches = tags_[i].second.Matches(store_, exception);
    if (!matches.ok() || !*matches) continue;
    hasher->Add(i);
    const auto payload = tags_[i].second.Payload(store_, exception);
    if (!payload.ok()) return;
    for (const Val& value : *payload) HashValue(value, depth + 1, hasher);
    return;
  }
}

void Observer::HashValue(const Val& value, int depth, Hasher* hasher) const {
  hasher->Add(value.kind());
  if (!value.is_ref()) {
    hasher->Add(value.low());
    if (value.kind() == ValueType::kV128) hasher->Add(value.high());
    return;
  }
  const auto [kind, content] = RefWords(value);
  hasher->Add(kind);
  hasher->Add(content);
  if (kind == kException && depth < kMaxDepth) {
    HashException(value, depth, hasher);
  }
}

void Observer::Hash(const Val& value, Hasher* hasher) const {
  HashValue(value, 0, hasher);
}

void Observer::Hash(absl::Span<const Val> values, Hasher* hasher) const {
  for (const Val& value : values) HashValue(value, 0, hasher);
}

std::string Observer::Text(const Val& value) const {
  if (!value.is_ref()) return NumberText(value);
  const auto [kind, content] = RefWords(value);
  switch (static_cast<RefClass>(kind)) {
    case kNull:
      return "null";
    case kI31:
      return absl::StrCat("i31 ", content);
    case kHostValue:
      return absl::StrCat("host reference ", content);
    case kHostFunc:
      return absl::StrCat("host function ", content);
    case kGuestFunc:
      return absl::StrCat("function of type ", content);
    case kStruct:
      return "struct";
    case kArray:
      return "array";
    case kException:
      break;
    case kOther:
      return "reference";
  }
  for (const auto& [name, tag] : tags_) {
    const auto matches = tag.Matches(store_, value);
    if (!matches.ok() || !*matches) continue;
    const auto payload = tag.Payload(store_, value);
    return absl::StrCat("exception '", name, "'",
                        payload.ok() && payload->empty() ? "" : " with values");
  }
  return "exception of a private tag";
}

std::string Observer::Text(absl::Span<const Val> values) const {
  std::string text = "(";
  for (const Val& value : values) {
    absl::StrAppend(&text, text.size() > 1 ? ", " : "", Text(value));
  }
  return text + ")";
}

uint64_t Observer::HashState(uint64_t look_bytes) const {
  Hasher hasher;
  for (const auto& [name, memory] : memories_) {
    const auto bytes = memory.data(store_);
    if (!bytes.ok()) continue;
    hasher.Add(bytes->size());
    hasher.Add(Checksum(bytes->first(std::min(bytes->size(), look_bytes))));
  }
  for (const auto& [name, global] : globals_) {
    const auto value = global.Get(store_);
    if (value.ok()) Hash(*value, &hasher);
  }
  for (const auto& [name, table] : tables_) {
    const uint64_t size = table.size(store_).value_or(0);
    hasher.Add(size);
    for (uint64_t i = 0; i < std::min(size, kMaxEntries); ++i) {
      const auto value = table.Get(store_, i);
      if (value.ok()) Hash(*value, &hasher);
    }
  }
  return hasher.hash();
}

std::string Observer::StateText() const {
  std::string text;
  for (const auto& [name, memory] : memories_) {
    const auto bytes = memory.data(store_);
    if (!bytes.ok()) continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ", "memory '", name, "' ",
                    bytes->size(), " bytes, hash 0x",
                    absl::Hex(Checksum(*bytes), absl::kZeroPad16));
  }
  for (const auto& [name, global] : globals_) {
    const auto value = global.Get(store_);
    if (!value.ok()) continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ", "global '", name, "' ",
                    Text(*value));
  }
  for (const auto& [name, table] : tables_) {
    const uint64_t size = table.size(store_).value_or(0);
    absl::StrAppend(&text, text.empty() ? "" : ", ", "table '", name, "' ",
                    size, " entries");
    for (uint64_t i = 0; i < std::min<uint64_t>(size, 16); ++i) {
      const auto value = table.Get(store_, i);
      if (!value.ok() || value->is_null()) continue;
      absl::StrAppend(&text, " [", i, "] ", Text(*value));
    }
  }
  return text.empty() ? "nothing" : text;
}

}  // namespace weft::check
