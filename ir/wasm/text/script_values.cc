#include "ir/wasm/text/script_values.h"

#include "absl/strings/str_cat.h"

namespace weft::wasm {
namespace {

struct ShapeInfo {
  absl::string_view name;
  LaneShape shape;
  int lanes;
  int bits;
  bool is_float;
};

constexpr ShapeInfo kShapes[] = {
    {"i8x16", LaneShape::kI8x16, 16, 8, false},
    {"i16x8", LaneShape::kI16x8, 8, 16, false},
    {"i32x4", LaneShape::kI32x4, 4, 32, false},
    {"i64x2", LaneShape::kI64x2, 2, 64, false},
    {"f32x4", LaneShape::kF32x4, 4, 32, true},
    {"f64x2", LaneShape::kF64x2, 2, 64, true},
};

struct HeapName {
  absl::string_view name;
  HeapType::Abstract heap;
};

constexpr HeapName kHeaps[] = {
    {"func", HeapType::kFunc},     {"nofunc", HeapType::kNoFunc},
    {"extern", HeapType::kExtern}, {"noextern", HeapType::kNoExtern},
    {"any", HeapType::kAny},       {"eq", HeapType::kEq},
    {"i31", HeapType::kI31},       {"struct", HeapType::kStruct},
    {"array", HeapType::kArray},   {"none", HeapType::kNone},
    {"exn", HeapType::kExn},       {"noexn", HeapType::kNoExn},
};

// The heap type called that, or null.
const HeapName* FindHeap(absl::string_view name) {
  for (const HeapName& heap : kHeaps) {
    if (heap.name == name) return &heap;
  }
  return nullptr;
}

// Reads one form. Patterns are accepted only when `patterns` is set.
class ValueReader {
 public:
  ValueReader(TokenReader* reader, bool patterns, ResultPattern* out)
      : reader_(*reader), patterns_(patterns), out_(*out) {}

  bool Read() {
    const absl::string_view word = reader_.FormWord();
    for (const Form& form : kForms) {
      if (form.word != word) continue;
      reader_.Advance();
      reader_.Advance();
      out_.value.kind = form.kind;
      return (this->*form.read)() && reader_.ExpectRight();
    }
    if (patterns_ && ReadRefOf(word)) return reader_.ExpectRight();
    return reader_.FailExpected(patterns_ ? "a result" : "a constant");
  }

 private:
  struct Form {
    absl::string_view word;
    ScriptValue::Kind kind;
    bool (ValueReader::*read)();
  };
  static const Form kForms[8];

  template <int kBits>
  bool ReadInteger() {
    return ReadLane(kBits, /*is_float=*/false, 0, &out_.value.low);
  }
  template <int kBits>
  bool ReadFloat() {
    return ReadLane(kBits, /*is_float=*/true, 0, &out_.value.low);
  }
  bool ReadVector();
  bool ReadNull();
  bool ReadNumbered();
  bool ReadRefOf(absl::string_view word);
  bool ReadLane(int bits, bool is_float, int lane, uint64_t* out);

  TokenReader& reader_;
  const bool patterns_;
  ResultPattern& out_;
};

constexpr ValueReader::Form ValueReader::kForms[8] = {
    {"i32.const", ScriptValue::kI32, &ValueReader::ReadInteger<32>},
    {"i64.const", ScriptValue::kI64, &ValueReader::ReadInteger<64>},
    {"f32.const", ScriptValue::kF32, &ValueReader::ReadFloat<32>},
    {"f64.const", ScriptValue::kF64, &ValueReader::ReadFloat<64>},
    {"v128.const", ScriptValue::kV128, &ValueReader::ReadVector},
    {"ref.null", ScriptValue::kRefNull, &ValueReader::ReadNull},
    {"ref.extern", ScriptValue::kRefExtern, &ValueReader::ReadNumbered},
    {"ref.host", ScriptValue::kRefHost, &ValueReader::ReadNumbered},
};

bool ValueReader::ReadLane(int bits, bool is_float, int lane, uint64_t* out) {
  const Token token = reader_.peek();
  const bool is_word = token.kind == TokenKind::kKeyword;
  const absl::string_view text = reader_.text();
  if (is_float && patterns_ && is_word) {
    ResultPattern::Nan& nan = out_.nans[lane];
    if (text == "nan:canonical") nan = ResultPattern::kCanonical;
    if (text == "nan:arithmetic") nan = ResultPattern::kArithmetic;
    if (nan != ResultPattern::kBits) {
      reader_.Advance();
      return true;
    }
  }
  const absl::string_view what = is_float ? "a float" : "an integer";
  if (token.kind != TokenKind::kNumber && !(is_float && is_word)) {
    return reader_.FailExpected(what);
  }
  NumberResult result = NumberResult::kOk;
  uint32_t f32 = 0;
  if (!is_float) {
    result = ParseInteger(text, bits, out);
  } else if (bits == 64) {
    result = ParseF64(text, out);
  } else {
    result = ParseF32(text, &f32);
    *out = f32;
  }
  if (!reader_.CheckNumber(result, token, what)) return false;
  reader_.Advance();
  return true;
}

bool ValueReader::ReadVector() {
  const ShapeInfo* shape = nullptr;
  for (const ShapeInfo& candidate : kShapes) {
    if (reader_.AtKeyword(candidate.name)) shape = &candidate;
  }
  if (shape == nullptr) return reader_.FailExpected("a vector shape");
  reader_.Advance();
  out_.shape = shape->shape;
  for (int lane = 0; lane < shape->lanes; ++lane) {
    uint64_t bits = 0;
    if (!ReadLane(shape->bits, shape->is_float, lane, &bits)) return false;
    const int position = lane * shape->bits;
    uint64_t& half = position < 64 ? out_.value.low : out_.value.high;
    half |= bits << (position % 64);
  }
  return true;
}

bool ValueReader::ReadNull() {
  if (patterns_ && reader_.kind() == TokenKind::kRight) {
    out_.kind = ResultPattern::kNull;
    return true;
  }
  const HeapName* const heap = reader_.kind() == TokenKind::kKeyword
                                   ? FindHeap(reader_.text())
                                   : nullptr;
  if (heap == nullptr) return reader_.FailExpected("an abstract heap type");
  out_.value.heap = heap->heap;
  reader_.Advance();
  return true;
}

bool ValueReader::ReadNumbered() {
  if (patterns_ && out_.value.kind == ScriptValue::kRefExtern &&
      reader_.kind() == TokenKind::kRight) {
    out_.kind = ResultPattern::kRefOf;
    out_.heap = HeapType::kExtern;
    return true;
  }
  uint32_t number;
  if (!reader_.ExpectU32("the number of a host reference", &number)) {
    return false;
  }
  out_.value.low = number;
  return true;
}

// (ref) stands for (ref.any).
bool ValueReader::ReadRefOf(absl::string_view word) {
  constexpr absl::string_view kPrefix = "ref.";
  const HeapName* heap = nullptr;
  if (word == "ref") {
    heap = FindHeap("any");
  } else if (word.substr(0, kPrefix.size()) == kPrefix) {
    heap = FindHeap(word.substr(kPrefix.size()));
  }
  if (heap == nullptr) return false;
  reader_.Advance();
  reader_.Advance();
  out_.kind = ResultPattern::kRefOf;
  out_.heap = heap->heap;
  return true;
}

}  // namespace

bool ReadScriptValue(TokenReader* reader, ScriptValue* value) {
  ResultPattern pattern;
  if (!ValueReader(reader, /*patterns=*/false, &pattern).Read()) return false;
  *value = pattern.value;
  return true;
}

// An `either` within another one is the union of both.
bool ReadExpectedResult(TokenReader* reader, ExpectedResult* result) {
  size_t depth = 0;
  do {
    if (reader->TakeForm("either")) {
      ++depth;
    } else if (depth > 0 && reader->kind() == TokenKind::kRight) {
      if (result->empty()) return reader->FailExpected("a result");
      reader->Advance();
      --depth;
    } else if (!ValueReader(reader, /*patterns=*/true, &result->emplace_back())
                    .Read()) {
      return false;
    }
  } while (depth > 0);
  return true;
}

}  // namespace weft::wasm
