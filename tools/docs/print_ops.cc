// Prints docs/ops.md from ir/wasm/ops.def.
#include <cstdio>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "ir/wasm/features.h"
#include "ir/wasm/op.h"
#include "ir/wasm/type_text.h"

namespace weft::tools {
namespace {

using wasm::Op;
using wasm::OpClass;
using wasm::OpInfo;

constexpr absl::string_view kHead =
    R"(<!-- Printed by //tools/docs:print_ops from ir/wasm/ops.def.
     To bring it up to date: ./bazelw run //tools/docs:ops_update -->
# Operators

Every operator that weft reads, writes, checks and optimizes, by the sections of
the specification of WebAssembly 3.0 and by proposal.

- *Encoding*: bytes of the opcode, the number behind a prefix as LEB128.
- *Immediates* stand in the order of the binary format. In text, tables and
  memories come first, and index 0 goes without saying where there is no other.
- *Type*: operands → results. `addr` is the address type of the memory or table
  that is named, i32 or i64; `t`, `t*` are types that the operator's place, its
  immediates or its operands decide about; after `never` control does not
  continue.
- *Effects* are what keeps operators in order: what is read and written (memory,
  table, global, heap for fields and elements of objects, local, segment),
  `calls` for unknown code, `control` for what ends, begins or leaves a block,
  `throws`, `allocates` for an identity of its own, `atomic` for
  synchronization, `NaN` where the engine chooses the bits of a NaN, `relaxed`
  where it chooses the result.
- *Bytes*: how much memory an access reads or writes.
- *Operands* commute when the two may change places without changing the result,
  bits of NaNs excepted.
- *Traps* are the reasons for which it may trap; those of a callee are not the
  caller's.

| immediate   | meaning                                                        |
|-------------|----------------------------------------------------------------|
| `blocktype` | nothing, a result type, or the index of a function type        |
| `label`, `labels` | labels counted from the innermost; of br_table the last is the default |
| `func`, `type`, `table`, `memory`, `local`, `global`, `tag`, `data`, `elem` | index into the space of that name |
| `field`     | index of a field of the struct type before it                  |
| `count`     | number of operands                                             |
| `memarg`    | alignment, memory and offset of an access                      |
| `lane`, `lanes16` | lane indices, one byte each                              |
| `i32`, `i64`, `f32`, `f64`, `v128` | a constant                              |
| `heaptype`, `valuetypes` | types                                             |
| `castflags` | whether the types behind it admit null                         |
| `catches`   | clauses: tag (or all), whether with the exception, label       |
| `ordering`  | a zero byte                                                    |
)";

struct Group {
  absl::string_view spec;
  absl::string_view title;
};

// In the order of the page.
constexpr Group kGroups[] = {
    {"2.4.1", "Parametric instructions (2.4.1)"},
    {"2.4.2", "Control instructions (2.4.2)"},
    {"2.4.3", "Variable instructions (2.4.3)"},
    {"2.4.4", "Table instructions (2.4.4)"},
    {"2.4.5", "Memory instructions (2.4.5)"},
    {"2.4.6", "Reference instructions (2.4.6)"},
    {"2.4.7", "Aggregate instructions (2.4.7)"},
    {"2.4.8", "Numeric instructions (2.4.8)"},
    {"2.4.9", "Vector instructions (2.4.9)"},
    {"threads", "Atomic memory instructions (proposal: threads)"},
    {"wide-arithmetic", "Wide arithmetic (proposal)"},
    {"legacy-exceptions", "Legacy exception handling"},
};

// Columns of the table as they are written there.
struct Row {
  absl::string_view immediates;
  absl::string_view spec;
};

constexpr Row kRows[] = {
#define WEFT_OP(name, text, prefix, code, op_class, immediates, signature, \
                effects, traps, access, order, feature, spec)              \
  {immediates, spec},
#include "ir/wasm/ops.def"
#undef WEFT_OP
};

std::string Encoding(const OpInfo& info) {
  if (info.prefix == 0) return absl::StrFormat("`%02x`", info.code);
  std::string text = absl::StrFormat("`%02x", info.prefix);
  uint32_t code = info.code;
  for (; code >= 0x80; code >>= 7) {
    absl::StrAppendFormat(&text, " %02x", (code & 0x7f) | 0x80);
  }
  absl::StrAppendFormat(&text, " %02x`", code);
  return text;
}

std::string SimpleType(const OpInfo& info) {
  std::string text;
  for (int i = 0; i < info.num_params; ++i) {
    const bool is_address = (info.address_params >> i & 1) != 0;
    absl::StrAppend(
        &text, is_address ? "addr" : wasm::ValueTypeText(info.params[i]), " ");
  }
  absl::StrAppend(&text, "→");
  for (int i = 0; i < info.num_results; ++i) {
    absl::StrAppend(
        &text, " ",
        info.address_result ? "addr" : wasm::ValueTypeText(info.results[i]));
  }
  return text;
}

std::string Type(const OpInfo& info) {
  switch (info.op_class) {
    case OpClass::kSimple:
      return SimpleType(info);
    case OpClass::kUnreachable:
      return "→ never";
    case OpClass::kNop:
      return "→";
    case OpClass::kBlock:
    case OpClass::kLoop:
    case OpClass::kTryTable:
    case OpClass::kTry:
      return "t1* → t2*";
    case OpClass::kIf:
      return "t1* i32 → t2*";
    case OpClass::kElse:
    case OpClass::kEnd:
    case OpClass::kDelegate:
      return "t* → t*";
    case OpClass::kCatch:
    case OpClass::kCatchAll:
      return "begins a handler";
    case OpClass::kRethrow:
      return "→ never";
    case OpClass::kThrow:
    case OpClass::kBr:
    case OpClass::kReturn:
    case OpClass::kReturnCall:
      return "t* → never";
    case OpClass::kThrowRef:
      return "exnref → never";
    case OpClass::kBrIf:
      return "t* i32 → t*";
    case OpClass::kBrTable:
      return "t* i32 → never";
    case OpClass::kBrOnNull:
      return "t* (ref null ht) → t* (ref ht)";
    case OpClass::kBrOnNonNull:
      return "t* (ref null ht) → t*";
    case OpClass::kBrOnCast:
      return "t* ref1 → t* ref2";
    case OpClass::kCall:
      return "t1* → t2*";
    case OpClass::kCallIndirect:
      return "t1* addr → t2*";
    case OpClass::kCallRef:
      return "t1* (ref null type) → t2*";
    case OpClass::kReturnCallIndirect:
      return "t* addr → never";
    case OpClass::kReturnCallRef:
      return "t* (ref null type) → never";
    case OpClass::kDrop:
      return "t →";
    case OpClass::kSelect:
    case OpClass::kSelectTyped:
      return "t t i32 → t";
    case OpClass::kLocalGet:
    case OpClass::kGlobalGet:
      return "→ t";
    case OpClass::kLocalSet:
    case OpClass::kGlobalSet:
      return "t →";
    case OpClass::kLocalTee:
      return "t → t";
    case OpClass::kTableGet:
      return "addr → ref";
    case OpClass::kTableSet:
      return "addr ref →";
    case OpClass::kTableGrow:
      return "ref addr → addr";
    case OpClass::kTableFill:
      return "addr ref addr →";
    case OpClass::kTableCopy:
    case OpClass::kMemoryCopy:
      return "addr1 addr2 addr →";
    case OpClass::kTableInit:
      return "addr i32 i32 →";
    case OpClass::kRefNull:
      return "→ (ref null ht)";
    case OpClass::kRefIsNull:
    case OpClass::kRefTest:
      return "ref → i32";
    case OpClass::kRefFunc:
      return "→ (ref func)";
    case OpClass::kRefAsNonNull:
      return "(ref null ht) → (ref ht)";
    case OpClass::kRefCast:
      return "ref1 → ref2";
    case OpClass::kStructNew:
      return "t* → (ref type)";
    case OpClass::kStructNewDefault:
      return "→ (ref type)";
    case OpClass::kStructGet:
      return "(ref null type) → t";
    case OpClass::kStructSet:
      return "(ref null type) t →";
    case OpClass::kArrayNew:
      return "t i32 → (ref type)";
    case OpClass::kArrayNewDefault:
      return "i32 → (ref type)";
    case OpClass::kArrayNewFixed:
      return "t* → (ref type)";
    case OpClass::kArrayNewSegment:
      return "i32 i32 → (ref type)";
    case OpClass::kArrayGet:
      return "(ref null type) i32 → t";
    case OpClass::kArraySet:
      return "(ref null type) i32 t →";
    case OpClass::kArrayFill:
      return "(ref null type) i32 t i32 →";
    case OpClass::kArrayCopy:
      return "(ref null type1) i32 (ref null type2) i32 i32 →";
    case OpClass::kArrayInit:
      return "(ref null type) i32 i32 i32 →";
    case OpClass::kConvertExtern:
      return "ref1 → ref2";
  }
  return "";
}

// Names of the bits that are set, separated by commas.
template <size_t kCount>
std::string Bits(uint32_t bits, const std::pair<uint32_t, absl::string_view> (
                                    &names)[kCount]) {
  std::string text;
  for (const auto& [bit, name] : names) {
    if ((bits & bit) == 0) continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ", name);
  }
  return text;
}

std::string Effects(const OpInfo& info) {
  static constexpr std::pair<uint32_t, absl::string_view> kNames[] = {
      {wasm::kReadsMemory, "reads memory"},
      {wasm::kWritesMemory, "writes memory"},
      {wasm::kReadsTable, "reads table"},
      {wasm::kWritesTable, "writes table"},
      {wasm::kReadsGlobal, "reads global"},
      {wasm::kWritesGlobal, "writes global"},
      {wasm::kReadsHeap, "reads heap"},
      {wasm::kWritesHeap, "writes heap"},
      {wasm::kReadsLocal, "reads local"},
      {wasm::kWritesLocal, "writes local"},
      {wasm::kReadsSegment, "reads segment"},
      {wasm::kDropsSegment, "drops segment"},
      {wasm::kAllocates, "allocates"},
      {wasm::kAtomic, "atomic"},
      {wasm::kCalls, "calls"},
      {wasm::kControl, "control"},
      {wasm::kThrows, "throws"},
      {wasm::kNanBits, "NaN"},
      {wasm::kRelaxed, "relaxed"},
  };
  return Bits(info.effects, kNames);
}

std::string Traps(const OpInfo& info) {
  static constexpr std::pair<uint32_t, absl::string_view> kNames[] = {
      {wasm::kTrapUnreachable, "always"},
      {wasm::kTrapMemory, "out of memory's bounds"},
      {wasm::kTrapTable, "out of table's bounds"},
      {wasm::kTrapDivide, "division by zero or overflow"},
      {wasm::kTrapConversion, "no such integer"},
      {wasm::kTrapNull, "null"},
      {wasm::kTrapCast, "failed cast"},
      {wasm::kTrapArray, "out of array's bounds"},
      {wasm::kTrapIndirect, "no function of the type"},
      {wasm::kTrapAlignment, "unaligned"},
      {wasm::kTrapWait, "memory not shared"},
  };
  return Bits(info.traps, kNames);
}

void AppendRow(const OpInfo& info, const Row& row, std::string* page) {
  const std::string immediates =
      row.immediates.empty() ? "" : absl::StrCat("`", row.immediates, "`");
  absl::StrAppend(page, "| `", info.text, "` | ", Encoding(info), " | ",
                  immediates, " | ", Type(info), " | ", Effects(info), " | ",
                  Traps(info), " | ",
                  info.access_bytes == 0 ? "" : absl::StrCat(info.access_bytes),
                  " | ", info.commutes ? "commute" : "", " | ",
                  wasm::FeatureName(info.feature), " | ", row.spec, " |\n");
}

std::string Page(int* num_printed) {
  std::string page(kHead);
  for (const Group& group : kGroups) {
    absl::StrAppend(&page, "\n## ", group.title,
                    "\n\n| name | encoding | immediates | type | effects | "
                    "traps | bytes | operands | feature | spec |\n"
                    "|---|---|---|---|---|---|---|---|---|---|\n");
    for (int i = 0; i < wasm::kOpCount; ++i) {
      if (kRows[i].spec != group.spec) continue;
      AppendRow(wasm::InfoOf(static_cast<Op>(i)), kRows[i], &page);
      ++*num_printed;
    }
  }
  absl::StrAppend(&page, "\n", *num_printed, " operators.\n");
  return page;
}

int Main() {
  int num_printed = 0;
  const std::string page = Page(&num_printed);
  if (num_printed != wasm::kOpCount) {
    std::fputs("print_ops: a row's section has no group\n", stderr);
    return 1;
  }
  return std::fwrite(page.data(), 1, page.size(), stdout) == page.size() ? 0
                                                                         : 1;
}

}  // namespace
}  // namespace weft::tools

int main() { return weft::tools::Main(); }
