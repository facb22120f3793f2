#include "ir/wasm/text/text_module.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "ir/wasm/text/annotations.h"

namespace weft::wasm {
namespace {

bool IsKnownAnnotation(absl::string_view name) {
  return name == kNameAnnotation || name == kCustomAnnotation ||
         name == kBranchHintAnnotation || name == kNameSectionAnnotation ||
         name == kNameSizeAnnotation || name == kDataCountAnnotation;
}

}  // namespace

const char* SpaceName(Space space) {
  switch (space) {
    case Space::kType:
      return "type";
    case Space::kFunc:
      return "function";
    case Space::kTable:
      return "table";
    case Space::kMemory:
      return "memory";
    case Space::kGlobal:
      return "global";
    case Space::kTag:
      return "tag";
    case Space::kElem:
      return "element segment";
    case Space::kData:
      return "data segment";
  }
  return "";
}

ByteSpan BytePool::Store(ByteSpan bytes) {
  if (bytes.size() > free_size_) {
    const size_t size = std::max(bytes.size(), kChunkSize);
    uint8_t* chunk =
        chunks_.emplace_back(std::make_unique<uint8_t[]>(size)).get();
    // A chunk for one range alone leaves the rest of the last one in use.
    if (size > kChunkSize) {
      std::memcpy(chunk, bytes.data(), bytes.size());
      return {chunk, bytes.size()};
    }
    free_ = chunk;
    free_size_ = size;
  }
  if (bytes.empty()) return {};
  std::memcpy(free_, bytes.data(), bytes.size());
  const ByteSpan stored(free_, bytes.size());
  free_ += bytes.size();
  free_size_ -= bytes.size();
  return stored;
}

void TypeUse::Clear() {
  has_index = false;
  index = 0;
  params.clear();
  results.clear();
  names.clear();
}

TextModule::TextModule(absl::string_view text, uint32_t begin, uint32_t end,
                       absl::string_view file, FeatureSet features)
    : reader(text, begin, end, file, IsKnownAnnotation), features(features) {}

bool TextModule::Bind(Space s, const Token& id) {
  IdSpace& members = space(s);
  if (!members.ids.emplace(reader.IdName(id), members.count).second) {
    return reader.FailAt(
        id.begin, absl::StrCat("duplicate ", SpaceName(s), " identifier ",
                               reader.Text(id)));
  }
  return true;
}

bool TextModule::ExpectIndex(Space s, uint32_t* index) {
  if (!AtIndex()) {
    return reader.FailExpected(
        absl::StrCat("a ", SpaceName(s), " index or identifier"));
  }
  const Token token = reader.peek();
  if (!ResolveIndex(s, token, index)) return false;
  reader.Advance();
  return true;
}

bool TextModule::ResolveIndex(Space s, const Token& token, uint32_t* index) {
  if (token.kind == TokenKind::kNumber) {
    uint64_t value = 0;
    const NumberResult result =
        ParseUnsigned(reader.Text(token), 0xffffffffu, &value);
    *index = static_cast<uint32_t>(value);
    return result == NumberResult::kOk ||
           reader.CheckNumber(result, token, SpaceName(s));
  }
  const IdSpace& members = space(s);
  const auto it = members.ids.find(reader.IdName(token));
  if (it == members.ids.end()) {
    return reader.FailAt(token.begin, absl::StrCat("unknown ", SpaceName(s),
                                                   " ", reader.Text(token)));
  }
  *index = it->second;
  return true;
}

bool TextModule::TakeIdAndName(Token* id, absl::string_view* name) {
  *id = Token();
  *name = absl::string_view();
  if (reader.AtId()) {
    *id = reader.peek();
    *name = reader.IdName(*id);
    reader.Advance();
  }
  if (!reader.AtAnnotation(kNameAnnotation)) return true;
  reader.Advance();
  if (!reader.ExpectName(name)) return false;
  // Not null, that it counts as a name.
  if (name->empty()) *name = absl::string_view("", 0);
  return reader.ExpectRight();
}

bool TextModule::TakeName(uint32_t index, NameMap* map) {
  Token id;
  absl::string_view name;
  if (!TakeIdAndName(&id, &name)) return false;
  if (name.data() != nullptr) map->push_back({index, name});
  return true;
}

ConstExpr TextModule::StoreExpr(ByteSpan code) {
  ConstExpr expr;
  expr.code = pool.Store(code);
  return expr;
}

}  // namespace weft::wasm
