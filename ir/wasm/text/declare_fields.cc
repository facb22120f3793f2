// Pass 1: how many members each index space has, and their identifiers. Of a
// field it reads the beginning; the rest is skipped by its parentheses.
#include "ir/wasm/text/field_parser.h"

namespace weft::wasm {
namespace {

// The space of what a field or import of that keyword declares.
bool SpaceOfWord(absl::string_view word, Space* s) {
  if (word == "func") {
    *s = Space::kFunc;
  } else if (word == "table") {
    *s = Space::kTable;
  } else if (word == "memory") {
    *s = Space::kMemory;
  } else if (word == "global") {
    *s = Space::kGlobal;
  } else if (word == "tag") {
    *s = Space::kTag;
  } else {
    return false;
  }
  return true;
}

}  // namespace

bool FieldParser::Declare() {
  for (;;) {
    switch (reader_.kind()) {
      case TokenKind::kLeft:
        if (!DeclareField()) return false;
        break;
      case TokenKind::kAnnotation:
        if (!reader_.SkipForm()) return false;
        break;
      case TokenKind::kRight:
      case TokenKind::kEnd:
        return true;
      default:
        return reader_.FailExpected("a module field");
    }
  }
}

bool FieldParser::DeclareField() {
  const uint32_t place = reader_.peek().begin;
  const absl::string_view word = reader_.FormWord();
  Space s;
  bool declared = true;
  if (SpaceOfWord(word, &s)) {
    reader_.TakeForm(word);
    declared = DeclareEntity(s, place);
  } else if (word == "type" || word == "rec") {
    type_fields_.push_back(place);
    reader_.TakeForm(word);
    declared = DeclareTypes(word == "rec");
  } else if (word == "import") {
    reader_.TakeForm(word);
    declared = DeclareImport();
  } else if (word == "elem" || word == "data") {
    reader_.TakeForm(word);
    declared = DeclareSegment(word == "elem" ? Space::kElem : Space::kData);
  } else if (word == "export" || word == "start") {
    reader_.TakeForm(word);
  } else {
    return reader_.FailExpected("a module field");
  }
  return declared && reader_.SkipToClose(place);
}

bool FieldParser::DeclareId(Space s) {
  if (reader_.AtId()) {
    if (!m_.Bind(s, reader_.peek())) return false;
    reader_.Advance();
  }
  ++m_.space(s).count;
  return SkipAnnotations();
}

bool FieldParser::SkipAnnotations() {
  while (reader_.kind() == TokenKind::kAnnotation) {
    if (!reader_.SkipForm()) return false;
  }
  return true;
}

bool FieldParser::DeclareTypes(bool is_group) {
  if (!is_group) return DeclareId(Space::kType);
  while (reader_.TakeForm("type")) {
    const uint32_t place = reader_.peek().begin;
    if (!DeclareId(Space::kType) || !reader_.SkipToClose(place)) return false;
  }
  return true;
}

bool FieldParser::DeclareImport() {
  const uint32_t place = reader_.peek().begin;
  while (reader_.kind() == TokenKind::kString) reader_.Advance();
  Space s;
  const absl::string_view word = reader_.FormWord();
  if (!SpaceOfWord(word, &s)) {
    return reader_.FailExpected("what is imported, such as '(func ...'");
  }
  if (has_definition_) {
    return reader_.FailAt(place, "import after a definition");
  }
  reader_.TakeForm(word);
  return DeclareId(s) && reader_.SkipToClose(place);
}

bool FieldParser::DeclareEntity(Space s, uint32_t place) {
  if (!DeclareId(s)) return false;
  while (reader_.AtForm("export")) {
    if (!reader_.SkipForm() || !SkipAnnotations()) return false;
  }
  if (!reader_.AtForm("import")) {
    has_definition_ = true;
    if (s == Space::kTable) return DeclareInlineSegment(Space::kElem);
    if (s == Space::kMemory) return DeclareInlineSegment(Space::kData);
    return true;
  }
  return !has_definition_ || reader_.FailAt(place, "import after a definition");
}

bool FieldParser::DeclareSegment(Space s) { return DeclareId(s); }

// A table's `(elem ...)`, a memory's `(data ...)`.
bool FieldParser::DeclareInlineSegment(Space s) {
  for (;;) {
    switch (reader_.kind()) {
      case TokenKind::kLeft:
        if (reader_.AtForm(s == Space::kElem ? "elem" : "data")) {
          ++m_.space(s).count;
          return true;
        }
        [[fallthrough]];
      case TokenKind::kAnnotation:
        if (!reader_.SkipForm()) return false;
        break;
      case TokenKind::kRight:
        return true;
      case TokenKind::kKeyword:
      case TokenKind::kNumber:
      case TokenKind::kId:
      case TokenKind::kQuotedId:
        reader_.Advance();
        break;
      default:
        return reader_.FailExpected("')'");
    }
  }
}

}  // namespace weft::wasm
