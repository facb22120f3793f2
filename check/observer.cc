#include "check/observer.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "check/values.h"

namespace weft::check {
namespace {

using exec::HeapView;
using exec::Val;
using wasm::ValueType;

// Entries of a table that are looked at.
constexpr uint64_t kMaxEntries = 1024;

// What is looked at of one object.
constexpr uint32_t kMaxValues = 20000;
constexpr size_t kMaxBytes = 1 << 16;
// What of it is told.
constexpr uint32_t kMaxTexts = 32;

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

Val ToNumber(const HeapView::Value& value) {
  switch (value.type.kind()) {
    case ValueType::kI32:
      return Val::I32(static_cast<uint32_t>(value.low));
    case ValueType::kF32:
      return Val::F32Bits(static_cast<uint32_t>(value.low));
    case ValueType::kF64:
      return Val::F64Bits(value.low);
    case ValueType::kV128:
      return Val::V128(value.low, value.high);
    default:
      return Val::I64(value.low);
  }
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

// -- Hashes -------------------------------------------------------------------

void Observer::HashRef(exec::Ref ref, ObjectGraph* graph,
                       Hasher* hasher) const {
  const auto [ref_class, content] = graph->Meet(ref);
  hasher->Add(static_cast<uint64_t>(ref_class));
  hasher->Add(content);
}

void Observer::HashValue(const Val& value, ObjectGraph* graph,
                         Hasher* hasher) const {
  hasher->Add(value.kind());
  if (value.is_ref()) return HashRef(value.ref(), graph, hasher);
  hasher->Add(value.low());
  if (value.kind() == ValueType::kV128) hasher->Add(value.high());
}

void Observer::HashObject(const HeapView::Object& object, ObjectGraph* graph,
                          Hasher* hasher) const {
  const HeapView& view = graph->view();
  hasher->Add(static_cast<uint64_t>(object.kind));
  if (object.kind == HeapView::Kind::kException) {
    const int tag = TagOf(object, view);
    hasher->Add(static_cast<uint64_t>(tag));
    if (tag < 0) return;
  } else {
    hasher->Add(object.type);
    hasher->Add(object.length);
  }
  const absl::Span<const uint8_t> bytes = view.Numbers(object);
  if (!bytes.empty()) {
    return hasher->Add(
        Checksum(bytes.first(std::min(bytes.size(), kMaxBytes))));
  }
  for (uint32_t i = 0; i < std::min(object.length, kMaxValues); ++i) {
    const HeapView::Value value = view.Get(object, i);
    if (value.type.is_ref()) {
      HashRef(static_cast<exec::Ref>(value.low), graph, hasher);
    } else {
      hasher->Add(value.low);
      if (value.type.kind() == ValueType::kV128) hasher->Add(value.high);
    }
  }
}

void Observer::HashObjects(ObjectGraph* graph, Hasher* hasher) const {
  while (const auto object = graph->Next()) HashObject(*object, graph, hasher);
}

void Observer::Hash(absl::Span<const Val> values, Hasher* hasher) const {
  ObjectGraph graph(store_, host_funcs_);
  for (const Val& value : values) HashValue(value, &graph, hasher);
  HashObjects(&graph, hasher);
}

int Observer::TagOf(const HeapView::Object& exception,
                    const HeapView& view) const {
  for (size_t i = 0; i < tags_.size(); ++i) {
    if (view.IsOf(exception, tags_[i].second)) return static_cast<int>(i);
  }
  return -1;
}

// -- Texts --------------------------------------------------------------------

std::string Observer::RefText(exec::Ref ref, ObjectGraph* graph) const {
  const auto [ref_class, content] = graph->Meet(ref);
  switch (ref_class) {
    case RefClass::kNull:
      return "null";
    case RefClass::kI31:
      return absl::StrCat("i31 ", content);
    case RefClass::kHostValue:
      return absl::StrCat("host reference ", content);
    case RefClass::kHostFunc:
      return absl::StrCat("host function ", content);
    case RefClass::kGuestFunc:
      return absl::StrCat("function of type ", content);
    case RefClass::kObject:
      return absl::StrCat("#", content);
  }
  return "";
}

std::string Observer::ValueText(const Val& value, ObjectGraph* graph) const {
  return value.is_ref() ? RefText(value.ref(), graph) : NumberText(value);
}

std::string Observer::ObjectText(const HeapView::Object& object,
                                 ObjectGraph* graph) const {
  const HeapView& view = graph->view();
  std::string text;
  if (object.kind == HeapView::Kind::kException) {
    const int tag = TagOf(object, view);
    if (tag < 0) return "exception of a private tag";
    text =
        absl::StrCat("exception '", tags_[static_cast<size_t>(tag)].first, "'");
  } else {
    text = absl::StrCat(
        object.kind == HeapView::Kind::kStruct ? "struct" : "array",
        " of type ", object.type);
  }
  absl::StrAppend(&text, " {");
  for (uint32_t i = 0; i < std::min(object.length, kMaxTexts); ++i) {
    const HeapView::Value value = view.Get(object, i);
    absl::StrAppend(&text, i == 0 ? "" : ", ",
                    value.type.is_ref()
                        ? RefText(static_cast<exec::Ref>(value.low), graph)
                        : NumberText(ToNumber(value)));
  }
  if (object.length > kMaxTexts) {
    absl::StrAppend(&text, ", ", object.length, " in all");
  }
  return text + "}";
}

std::string Observer::ObjectTexts(ObjectGraph* graph) const {
  std::string text;
  for (size_t number = 0; number < kMaxTexts; ++number) {
    const auto object = graph->Next();
    if (!object) break;
    absl::StrAppend(&text, number == 0 ? " where #" : ", #", number, " is ",
                    ObjectText(*object, graph));
  }
  return text;
}

std::string Observer::Text(absl::Span<const Val> values) const {
  ObjectGraph graph(store_, host_funcs_);
  std::string text = "(";
  for (const Val& value : values) {
    absl::StrAppend(&text, text.size() > 1 ? ", " : "",
                    ValueText(value, &graph));
  }
  return absl::StrCat(text, ")", ObjectTexts(&graph));
}

// -- State --------------------------------------------------------------------

uint64_t Observer::HashState(uint64_t look_bytes) const {
  Hasher hasher;
  ObjectGraph graph(store_, host_funcs_);
  for (const auto& [name, memory] : memories_) {
    const auto bytes = memory.data(store_);
    if (!bytes.ok()) continue;
    hasher.Add(bytes->size());
    hasher.Add(Checksum(bytes->first(std::min(bytes->size(), look_bytes))));
  }
  for (const auto& [name, global] : globals_) {
    const auto value = global.Get(store_);
    if (value.ok()) HashValue(*value, &graph, &hasher);
  }
  for (const auto& [name, table] : tables_) {
    const uint64_t size = table.size(store_).value_or(0);
    hasher.Add(size);
    for (uint64_t i = 0; i < std::min(size, kMaxEntries); ++i) {
      const auto value = table.Get(store_, i);
      if (value.ok()) HashValue(*value, &graph, &hasher);
    }
  }
  HashObjects(&graph, &hasher);
  return hasher.hash();
}

std::string Observer::StateText() const {
  std::string text;
  ObjectGraph graph(store_, host_funcs_);
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
                    ValueText(*value, &graph));
  }
  for (const auto& [name, table] : tables_) {
    const uint64_t size = table.size(store_).value_or(0);
    absl::StrAppend(&text, text.empty() ? "" : ", ", "table '", name, "' ",
                    size, " entries");
    for (uint64_t i = 0; i < std::min<uint64_t>(size, 16); ++i) {
      const auto value = table.Get(store_, i);
      if (!value.ok() || value->is_null()) continue;
      absl::StrAppend(&text, " [", i, "] ", ValueText(*value, &graph));
    }
  }
  if (text.empty()) return "nothing";
  return text + ObjectTexts(&graph);
}

}  // namespace weft::check
