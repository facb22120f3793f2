#include "exec/bytecode/role.h"

#include <array>
#include <string_view>
#include <utility>

namespace weft::exec {
namespace {

constexpr std::string_view kFixedRoles[] = {
#define WEFT_INSTR(name, layout, roles) roles,
#include "exec/bytecode/instrs.def"
#undef WEFT_INSTR
};

constexpr bool HasRolePerField() {
  for (int i = 0; i < kFixedInstrCount; ++i) {
    if (kFixedRoles[i].size() != internal::kFixedLayouts[i].size()) {
      return false;
    }
  }
  return true;
}
static_assert(HasRolePerField());

// Whether operands may be references: ref.is_null and ref.eq are these.
constexpr bool TakesReferences(wasm::Op op) {
  return op == wasm::Op::kI32Eqz || op == wasm::Op::kI32Eq ||
         op == wasm::Op::kI32Ne;
}

constexpr char SlotRole(char letter) { return letter == 'v' ? 'v' : 'n'; }

// The role of operand `index` in a slot; '-' behind the last one.
constexpr char OperandRole(wasm::Op op, size_t index) {
  const std::string_view signature = wasm::RowOf(op).signature;
  const size_t count = signature.find(':');
  if (index >= count) return '-';
  return TakesReferences(op) ? 'e' : SlotRole(signature[index]);
}

constexpr char ResultRole(wasm::Op op) {
  const std::string_view signature = wasm::RowOf(op).signature;
  const size_t colon = signature.find(':');
  if (colon + 1 == signature.size()) return '-';
  // Two results lie as a vector does.
  return signature.size() > colon + 2 ? 'v' : SlotRole(signature[colon + 1]);
}

// How forms take the operands that lie in slots: the number of the operand in
// field 0, 1, ... minus `first`.
struct FormFacts {
  // Operand of the first field of all, if that is a slot; -2 where all slots
  // are of numbers, whatever the operator takes.
  int first;
  char memory;     // Role of the offset, for memory 0.
  char direction;  // Of branches.
};

constexpr FormFacts FactsOf(Form form) {
  switch (form) {
    case Form::kS:
    case Form::kA:
    case Form::kSS:
    case Form::kSI:
    case Form::kAS:
    case Form::kSA:
    case Form::kAI:
    case Form::kSlots:
    case Form::kFar:
      return {-1, '#', '-'};
    case Form::kIS:
    case Form::kIA:
      return {0, '#', '-'};
    case Form::kBrSS:
    case Form::kBrSI:
    case Form::kBrAS:
    case Form::kBrAI:
    case Form::kUnlessSS:
    case Form::kUnlessSI:
    case Form::kUnlessAS:
    case Form::kUnlessAI:
      return {0, '#', '>'};
    case Form::kBackSS:
    case Form::kBackSI:
    case Form::kBackAS:
    case Form::kBackAI:
      return {0, '#', '<'};
    case Form::kStepS:
    case Form::kStepI:
      return {-2, '#', '<'};
    case Form::kLoadS:
    case Form::kLoadA:
    case Form::kLoadSI:
    case Form::kLoadAI:
      return {-1, '@', '-'};
    case Form::kCheckedLoadS:
    case Form::kCheckedLoadA:
      return {-1, 'c', '-'};
    // Slots are addends of the address, and operands besides.
    case Form::kSM:
    case Form::kAM:
    case Form::kLoadSS:
    case Form::kLoadAS:
    case Form::kLoadXSS:
    case Form::kLoadXAS:
    case Form::kStoreSumSS:
    case Form::kStoreSumAS:
    case Form::kStoreXSS:
    case Form::kStoreXAS:
      return {-2, '@', '-'};
    case Form::kCheckedLoadSS:
    case Form::kCheckedLoadAS:
      return {-2, 'c', '-'};
    case Form::kStoreSS:
    case Form::kStoreSI:
    case Form::kStoreAS:
    case Form::kStoreSA:
    case Form::kStoreAI:
    case Form::kStoreOffsetSS:
    case Form::kStoreOffsetSI:
    case Form::kStoreOffsetAS:
    case Form::kStoreOffsetAI:
      return {0, '@', '-'};
    case Form::kCheckedStoreSS:
    case Form::kCheckedStoreSI:
    case Form::kCheckedStoreAS:
    case Form::kCheckedStoreSA:
    case Form::kCheckedStoreAI:
      return {0, 'c', '-'};
    case Form::kCount:
      break;
  }
  return {0, '#', '-'};
}

// The role of field `i`, whose letter in the layout is `letter`.
constexpr char FieldRole(const OpForm& f, size_t i, char letter) {
  const FormFacts facts = FactsOf(f.form);
  const std::string_view immediates = wasm::RowOf(f.op).immediates;
  const bool far = f.form == Form::kFar;
  switch (letter) {
    case 'd':
      return ResultRole(f.op);
    case 's':
      if (facts.first == -2) return 'n';
      return OperandRole(f.op, i + static_cast<size_t>(facts.first));
    case 't':
      return facts.direction;
    case 'h':
      return immediates == "lane" ? 'l' : facts.memory;
    case 'u':
      if (!far) return facts.memory;
      if (i == 4) return 'M';
      return immediates == "memarg" ? '#' : 'l';
    case 'I':
      return immediates == "lanes16" ? 'y' : '#';
    case 'i':
      return facts.memory;
    default:
      return '-';
  }
}

constexpr size_t kMaxFields = 12;

// A letter per field of the layout.
using Roles = std::array<char, kMaxFields>;

constexpr Roles MakeRoles(InstrId id) {
  Roles roles{};
  const std::string_view layout = LayoutOf(id);
  const OpForm f = OpFormOf(id);
  for (size_t i = 0; i < layout.size(); ++i) {
    roles[i] =
        id < kFixedInstrCount ? kFixedRoles[id][i] : FieldRole(f, i, layout[i]);
  }
  return roles;
}

// Each a constant of its own: one for all of them would be too long a
// computation for the compiler.
template <InstrId id>
constexpr Roles kRolesOf = MakeRoles(id);

template <typename Sequence>
struct Table;
template <size_t... i>
struct Table<std::index_sequence<i...>> {
  static constexpr Roles kRoles[] = {kRolesOf<static_cast<InstrId>(i)>...};
};
using AllRoles = Table<std::make_index_sequence<kInstrCount>>;

}  // namespace

std::string_view RolesOf(InstrId id) {
  return {AllRoles::kRoles[id].data(), LayoutOf(id).size()};
}

int LanesOf(wasm::Op op) {
  const wasm::OpRow& row = wasm::RowOf(op);
  if (row.access_bytes != 0) return 16 / row.access_bytes;
  // "i8x16.extract_lane_s": the shape says it.
  const size_t x = row.text.find('x');
  return row.text[x + 1] == '1' ? 16 : row.text[x + 1] - '0';
}

}  // namespace weft::exec
