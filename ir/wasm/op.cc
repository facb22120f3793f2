// The rows of ops.def are parsed at compile time: immediates and signatures
// are words and letters there, and an unknown one does not compile.
#include "ir/wasm/op.h"

#include <array>

namespace weft::wasm {
namespace {

constexpr int kMaxImmediates = 4;

struct ImmediateWord {
  absl::string_view word;
  ImmediateKind kind;
};

constexpr ImmediateWord kImmediateWords[] = {
    {"blocktype", ImmediateKind::kBlockType},
    {"label", ImmediateKind::kLabel},
    {"labels", ImmediateKind::kLabelTable},
    {"func", ImmediateKind::kFunc},
    {"type", ImmediateKind::kType},
    {"table", ImmediateKind::kTable},
    {"memory", ImmediateKind::kMemory},
    {"local", ImmediateKind::kLocal},
    {"global", ImmediateKind::kGlobal},
    {"tag", ImmediateKind::kTag},
    {"data", ImmediateKind::kData},
    {"elem", ImmediateKind::kElem},
    {"field", ImmediateKind::kField},
    {"count", ImmediateKind::kCount},
    {"memarg", ImmediateKind::kMemArg},
    {"lane", ImmediateKind::kLane},
    {"lanes16", ImmediateKind::kLanes16},
    {"i32", ImmediateKind::kI32},
    {"i64", ImmediateKind::kI64},
    {"f32", ImmediateKind::kF32},
    {"f64", ImmediateKind::kF64},
    {"v128", ImmediateKind::kV128},
    {"heaptype", ImmediateKind::kHeapType},
    {"valuetypes", ImmediateKind::kValueTypes},
    {"castflags", ImmediateKind::kCastFlags},
    {"catches", ImmediateKind::kCatches},
    {"ordering", ImmediateKind::kOrdering},
};

struct ImmediateList {
  ImmediateKind kinds[kMaxImmediates] = {};
  int count = 0;
};

// No constant expression can call it: naming it makes a wrong row an error of
// compilation.
void UnknownWordInOpsDef() {}

constexpr bool SameText(absl::string_view a, absl::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

constexpr ImmediateList ParseImmediates(absl::string_view words) {
  ImmediateList list;
  size_t begin = 0;
  while (begin < words.size()) {
    size_t end = begin;
    while (end < words.size() && words[end] != ' ') ++end;
    bool found = false;
    for (const ImmediateWord& entry : kImmediateWords) {
      if (SameText(entry.word, words.substr(begin, end - begin))) {
        list.kinds[list.count++] = entry.kind;
        found = true;
      }
    }
    if (!found) UnknownWordInOpsDef();
    begin = end + 1;
  }
  return list;
}

constexpr ValueType TypeOfLetter(char letter) {
  switch (letter) {
    case 'i':
    case 'a':
      return ValueType::kI32;
    case 'l':
      return ValueType::kI64;
    case 'f':
      return ValueType::kF32;
    case 'd':
      return ValueType::kF64;
    case 'v':
      return ValueType::kV128;
    case 'e':
      return ValueType::Ref(HeapType::kEq, true);
    case 'j':
      return ValueType::Ref(HeapType::kI31, true);
    case 'y':
      return ValueType::Ref(HeapType::kArray, true);
    case 'r':
      return ValueType::Ref(HeapType::kI31, false);
  }
  UnknownWordInOpsDef();
  return ValueType::kNone;
}

constexpr void ParseSignature(absl::string_view signature, OpInfo* info) {
  bool in_results = false;
  for (char letter : signature) {
    if (letter == ':') {
      in_results = true;
    } else if (in_results) {
      if (letter == 'a') info->address_result = true;
      info->results[info->num_results++] = TypeOfLetter(letter);
    } else {
      if (letter == 'a') info->address_params |= 1u << info->num_params;
      info->params[info->num_params++] = TypeOfLetter(letter);
    }
  }
  info->result = info->results[0];
}

constexpr std::array<ImmediateList, kOpCount> kImmediates = {
#define WEFT_OP(name, text, prefix, code, op_class, immediates, ...) \
  ParseImmediates(immediates),
#include "ir/wasm/ops.def"
#undef WEFT_OP
};

constexpr OpInfo MakeInfo(Op op, absl::string_view text, uint8_t prefix,
                          uint32_t code, OpClass op_class,
                          absl::string_view signature, uint32_t effects,
                          uint16_t traps, uint8_t access_bytes,
                          OperandOrder order, Feature feature,
                          absl::string_view spec) {
  const ImmediateList& list = kImmediates[static_cast<int>(op)];
  OpInfo info = {};
  info.text = text;
  info.prefix = prefix;
  info.code = code;
  info.op_class = op_class;
  info.immediates = absl::Span<const ImmediateKind>(list.kinds, list.count);
  info.effects = effects;
  info.traps = traps;
  info.access_bytes = access_bytes;
  info.commutes = order == OperandOrder::kCommutes;
  info.feature = feature;
  info.spec = spec;
  ParseSignature(signature, &info);
  return info;
}

// Opcodes behind each prefix are dense enough for direct tables.
constexpr int kPlainCodes = 0x100;
constexpr int kPrefixCodes = 0x120;

struct CodeTables {
  uint16_t plain[kPlainCodes];
  uint16_t prefixed[4][kPrefixCodes];  // 0xfb to 0xfe.
};

constexpr CodeTables MakeCodeTables() {
  CodeTables tables = {};
  for (uint16_t& entry : tables.plain) entry = kOpCount;
  for (auto& table : tables.prefixed) {
    for (uint16_t& entry : table) entry = kOpCount;
  }
  constexpr struct {
    uint8_t prefix;
    uint32_t code;
  } kCodes[] = {
#define WEFT_OP(name, text, prefix, code, ...) {prefix, code},
#include "ir/wasm/ops.def"
#undef WEFT_OP
  };
  for (int i = 0; i < kOpCount; ++i) {
    if (kCodes[i].prefix == 0) {
      tables.plain[kCodes[i].code] = i;
    } else {
      tables.prefixed[kCodes[i].prefix - 0xfb][kCodes[i].code] = i;
    }
  }
  return tables;
}

constexpr CodeTables kCodeTables = MakeCodeTables();

}  // namespace

namespace internal {

constexpr OpInfo kOpInfos[kOpCount] = {
#define WEFT_OP(name, text, prefix, code, op_class, immediates, signature,   \
                effects, traps, access, order, feature, spec)                \
  MakeInfo(Op::k##name, text, prefix, code, OpClass::k##op_class, signature, \
           effects, traps, access, OperandOrder::k##order,                   \
           Feature::k##feature, spec),
#include "ir/wasm/ops.def"
#undef WEFT_OP
};

constexpr OpClass kOpClasses[kOpCount] = {
#define WEFT_OP(name, text, prefix, code, op_class, ...) OpClass::k##op_class,
#include "ir/wasm/ops.def"
#undef WEFT_OP
};

}  // namespace internal

namespace {

// A table of rows by the hash of their text, open addressing. Texts are told
// apart by their ends and length; what collides is compared.
constexpr int kTextSlotsLog2 = 11;
constexpr int kTextSlots = 1 << kTextSlotsLog2;
static_assert(kOpCount * 2 < kTextSlots);

constexpr uint64_t LoadText(const char* text, size_t size) {
  uint64_t value = 0;
  for (size_t i = 0; i < size; ++i) {
    value |= uint64_t{static_cast<uint8_t>(text[i])} << (8 * i);
  }
  return value;
}

constexpr size_t HashText(const char* text, size_t size) {
  const uint64_t head = size >= 8 ? LoadText(text, 8) : LoadText(text, size);
  const uint64_t tail = size >= 8 ? LoadText(text + size - 8, 8) : size;
  const uint64_t mixed =
      (head * 0x9e3779b97f4a7c15u ^ (tail + size)) * 0xd6e8feb86659fd93u;
  return static_cast<size_t>((mixed ^ mixed << 23) >> (64 - kTextSlotsLog2));
}

constexpr std::array<uint16_t, kTextSlots> HashRows() {
  std::array<uint16_t, kTextSlots> slots = {};
  for (uint16_t& slot : slots) slot = kOpCount;
  for (uint16_t row = 0; row < kOpCount; ++row) {
    const absl::string_view text = internal::kOpInfos[row].text;
    size_t slot = HashText(text.data(), text.size());
    while (slots[slot] != kOpCount &&
           internal::kOpInfos[slots[slot]].text != text) {
      slot = (slot + 1) % kTextSlots;
    }
    // The first row of a text stays.
    if (slots[slot] == kOpCount) slots[slot] = row;
  }
  return slots;
}

constexpr std::array<uint16_t, kTextSlots> kByText = HashRows();

}  // namespace

Op OpFromCode(uint8_t prefix, uint32_t code) {
  if (prefix == 0) {
    return code < kPlainCodes ? static_cast<Op>(kCodeTables.plain[code])
                              : Op::kCount;
  }
  if (prefix < 0xfb || prefix > 0xfe || code >= kPrefixCodes) {
    return Op::kCount;
  }
  return static_cast<Op>(kCodeTables.prefixed[prefix - 0xfb][code]);
}

Op OpFromText(absl::string_view text) {
  size_t slot = HashText(text.data(), text.size());
  while (kByText[slot] != kOpCount &&
         internal::kOpInfos[kByText[slot]].text != text) {
    slot = (slot + 1) % kTextSlots;
  }
  return static_cast<Op>(kByText[slot]);
}

}  // namespace weft::wasm
