// Custom sections: those that annotations spell out, and those that are made
// of names and hints (spec 3.0, appendix 7.6).
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ir/wasm/text/annotations.h"
#include "ir/wasm/text/field_parser.h"

namespace weft::wasm {
namespace {

// In the order of the format.
constexpr struct {
  absl::string_view word;
  SectionId id;
} kSections[] = {
    {"", SectionId::kCustom},  // Before all.
    {"type", SectionId::kType},
    {"import", SectionId::kImport},
    {"func", SectionId::kFunction},
    {"table", SectionId::kTable},
    {"memory", SectionId::kMemory},
    {"tag", SectionId::kTag},
    {"global", SectionId::kGlobal},
    {"export", SectionId::kExport},
    {"start", SectionId::kStart},
    {"elem", SectionId::kElem},
    {"datacount", SectionId::kDataCount},
    {"code", SectionId::kCode},
    {"data", SectionId::kData},
};
constexpr int kNumSections = std::size(kSections);
constexpr int kCodeRank = 12;
static_assert(kSections[kCodeRank].id == SectionId::kCode);
constexpr uint64_t kMaxLeb32Size = 5;
constexpr int kAfterLast = 2 * kNumSections;

uint8_t SectionBefore(int order) {
  const int rank = std::min(order / 2, kNumSections - 1);
  return static_cast<uint8_t>(kSections[rank].id);
}

}  // namespace

// Between fields.
bool FieldParser::DefineAnnotation() {
  if (reader_.AtAnnotation(kDataCountAnnotation)) {
    m_.needs_data_count = true;
    reader_.Advance();
    return reader_.ExpectRight();
  }
  Custom custom;
  custom.is_names = reader_.AtAnnotation(kNameSectionAnnotation);
  if (!custom.is_names && !reader_.AtAnnotation(kCustomAnnotation)) {
    return reader_.FailExpected("a module field");
  }
  return ParseCustom(&custom);
}

bool FieldParser::ParseCustom(Custom* custom) {
  reader_.Advance();
  if (!custom->is_names && !reader_.ExpectName(&custom->section.name)) {
    return false;
  }
  custom->order = kAfterLast;
  if (reader_.kind() == TokenKind::kLeft && !ParsePlace(&custom->order)) {
    return false;
  }
  uint64_t name_size = 0;
  if (!custom->is_names && reader_.AtAnnotation(kNameSizeAnnotation)) {
    reader_.Advance();
    if (!reader_.ExpectUnsigned("a number of bytes", kMaxLeb32Size,
                                &name_size) ||
        !reader_.ExpectRight()) {
      return false;
    }
  }
  if (!custom->is_names && !DataStrings(&custom->section.bytes)) return false;
  if (name_size > 0) SetNameSize(name_size, &custom->section);
  custom->section.after_section = SectionBefore(custom->order);
  customs_.push_back(*custom);
  return reader_.ExpectRight();
}

// Makes the length of the section's name take `size` bytes, if it needs less.
void FieldParser::SetNameSize(uint64_t size, CustomSection* section) {
  ByteWriter payload;
  uint64_t length = section->name.size();
  for (uint64_t i = 1; i < size || length >= 0x80; ++i, length >>= 7) {
    payload.Byte(static_cast<uint8_t>(length & 0x7f) | 0x80);
  }
  payload.Byte(static_cast<uint8_t>(length));
  payload.Bytes({reinterpret_cast<const uint8_t*>(section->name.data()),
                 section->name.size()});
  payload.Bytes(section->bytes);
  section->payload = m_.pool.Store(payload.bytes());
}

bool FieldParser::ParsePlace(int* order) {
  const bool before = reader_.AtForm("before");
  if (!reader_.TakeForm(before ? "before" : "after")) {
    return reader_.FailExpected("'(before ...' or '(after ...'");
  }
  const absl::string_view word = reader_.text();
  if (reader_.kind() != TokenKind::kKeyword) {
    return reader_.FailExpected("the name of a section");
  }
  if (word == (before ? "first" : "last")) {
    *order = before ? 0 : kAfterLast;
  } else {
    const auto* section =
        std::find_if(std::begin(kSections) + 1, std::end(kSections),
                     [&](const auto& entry) { return entry.word == word; });
    if (section == std::end(kSections)) {
      return reader_.FailExpected("the name of a section");
    }
    const auto rank = static_cast<int>(section - std::begin(kSections));
    *order = before ? 2 * rank - 1 : 2 * rank;
  }
  reader_.Advance();
  return reader_.ExpectRight();
}

bool FieldParser::HasCustom(absl::string_view name) const {
  return std::any_of(
      customs_.begin(), customs_.end(),
      [&](const Custom& custom) { return custom.section.name == name; });
}

// Behind all else unless an annotation gave it a place.
void FieldParser::AddNameSection() {
  ByteWriter content;
  if (!HasCustom(kNameSection)) WriteNames(m_.names, &content);
  Custom names;
  names.order = kAfterLast + 1;
  const auto place =
      std::find_if(customs_.begin(), customs_.end(),
                   [](const Custom& custom) { return custom.is_names; });
  if (place != customs_.end()) names.order = place->order;
  if (content.size() > 0) {
    names.section.name = kNameSection;
    names.section.bytes = m_.pool.Store(content.bytes());
    names.section.after_section = SectionBefore(names.order);
    if (place != customs_.end()) {
      *place = names;
    } else {
      customs_.push_back(names);
    }
  }
  customs_.erase(
      std::remove_if(customs_.begin(), customs_.end(),
                     [](const Custom& custom) { return custom.is_names; }),
      customs_.end());
}

// Directly before the code.
void FieldParser::AddHintSection() {
  if (m_.hints.empty() || HasCustom(kBranchHintSection)) return;
  ByteWriter content;
  WriteBranchHints(m_.hints, &content);
  Custom hints;
  hints.order = 2 * kCodeRank - 1;
  hints.section.name = kBranchHintSection;
  hints.section.bytes = m_.pool.Store(content.bytes());
  hints.section.after_section = SectionBefore(hints.order);
  customs_.push_back(hints);
}

}  // namespace weft::wasm
