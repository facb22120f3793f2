// The fields of one instruction against their roles; see exec/bytecode/role.h.
#include <algorithm>
#include <iterator>

#include "exec/bytecode/function_verifier.h"
#include "exec/bytecode/role.h"
#include "exec/runtime/object_layout.h"

namespace weft::exec {
namespace {

using wasm::ValueType;

// The values of a label or call, of two slots each.
constexpr uint64_t kMostInRange = 2000;

// n, v or r.
char KindOf(ValueType type) {
  if (type.is_ref()) return 'r';
  return type.kind() == ValueType::kV128 ? 'v' : 'n';
}

// A letter per value, where KindsOf has one per slot.
std::string ValueKindsOf(absl::Span<const ValueType> types) {
  std::string kinds;
  for (const ValueType type : types) kinds += KindOf(type);
  return kinds;
}

bool IsSlot(char layout_letter) {
  return layout_letter == 's' || layout_letter == 'd';
}

bool Is(const Instruction& in, FixedInstr instr) {
  return in.id == IdOf(instr);
}

// The field with that role, or nothing.
const uint64_t* Find(const Instruction& in, std::string_view roles, char role) {
  const size_t field = roles.find(role);
  return field == std::string_view::npos ? nullptr : &in.fields[field];
}

}  // namespace

std::string KindsOf(absl::Span<const ValueType> types) {
  std::string kinds;
  for (const ValueType type : types) {
    const char kind = KindOf(type);
    kinds += kind == 'v' ? "nn" : std::string(1, kind);
  }
  return kinds;
}

bool FunctionVerifier::IsRefSlot(uint64_t slot) const {
  if (slot >= code_.ref_temps_begin && slot < code_.ref_temps_end) return true;
  const auto behind = std::upper_bound(
      code_.ref_slots.begin(), code_.ref_slots.end(), slot,
      [](uint64_t s, const SlotRange& range) { return s < range.begin; });
  return behind != code_.ref_slots.begin() && slot < std::prev(behind)->end;
}

bool FunctionVerifier::Read(uint64_t slot, char kind) {
  if (!InFrame(slot)) return Fail("a slot is outside of the frame");
  if (kind == 'r') {
    handles_references_ = true;
    return IsRef(slot) || Fail("a reference is read from a number");
  }
  return kind == 'e' || !IsRefSlot(slot) ||
         Fail("a number is read from a reference");
}

bool FunctionVerifier::Write(uint64_t slot, char kind) {
  if (!InFrame(slot)) return Fail("a slot is outside of the frame");
  if (kind == 'n') {
    if (IsRefSlot(slot)) return Fail("a number is written to a reference");
    if (!passing_.empty()) passing_.erase(static_cast<uint32_t>(slot));
    return true;
  }
  handles_references_ = true;
  if (!IsRefSlot(slot)) passing_.insert(static_cast<uint32_t>(slot));
  return true;
}

bool FunctionVerifier::CheckInstruction(const Instruction& in) {
  if (Is(in, FixedInstr::kExit) || Is(in, FixedInstr::kRestoreInstance) ||
      Is(in, FixedInstr::kTranslateFunction)) {
    return Fail("an instruction of stubs");
  }
  const std::string_view roles = RolesOf(in.id);
  for (size_t i = 0; i < roles.size(); ++i) {
    if (!IsSlot(in.layout[i]) && !CheckNumber(in, i)) return false;
  }
  return CheckOperands(in) && CheckList(in) && CheckResults(in) &&
         CheckCopies(in) && CheckCall(in, roles) && CheckReturn(in);
}

char FunctionVerifier::FieldKind(const Instruction& in) const {
  const std::string_view roles = RolesOf(in.id);
  if (const uint64_t* cell = Find(in, roles, 'G')) {
    return KindOf(module_.globals[v_.cell_globals_[*cell]].type.value);
  }
  if (const uint64_t* global = Find(in, roles, 'I')) {
    return KindOf(module_.globals[v_.imported_globals_[*global]].type.value);
  }
  if (const uint64_t* type = Find(in, roles, 'A')) {
    return KindOf(module_.types[*type].fields[0].storage.value);
  }
  const uint64_t* const access = Find(in, roles, 'K');
  if (access == nullptr) return 'n';
  const auto kind = static_cast<StorageKind>(*access);
  return kind == StorageKind::kRef    ? 'r'
         : kind == StorageKind::kV128 ? 'v'
                                      : 'n';
}

bool FunctionVerifier::CheckOperands(const Instruction& in) {
  const std::string_view roles = RolesOf(in.id);
  for (size_t i = 0; i < roles.size(); ++i) {
    if (in.layout[i] != 's') continue;
    const uint32_t slot = in.slot(i);
    char kind = roles[i];
    if (kind == 'g' || kind == 'k') kind = FieldKind(in);
    switch (kind) {
      case 'n':
      case 'r':
      case 'e':
        if (!Read(slot, kind)) return false;
        break;
      case 'x':
        if (!Read(slot, 'e')) return false;
        break;
      case 'v':
        if (!Read(slot, 'n') || !Read(uint64_t{slot} + 1, 'n')) return false;
        break;
      default:
        break;  // Unused.
    }
  }
  return true;
}

bool FunctionVerifier::CheckResults(const Instruction& in) {
  const std::string_view roles = RolesOf(in.id);
  if (in.layout.empty() || in.layout[0] != 'd') return true;
  const uint32_t slot = in.slot(0);
  char kind = roles[0];
  if (kind == 'g' || kind == 'k') kind = FieldKind(in);
  switch (kind) {
    case 'n':
    case 'r':
      return Write(slot, kind);
    case 'v':
      return Write(slot, 'n') && Write(uint64_t{slot} + 1, 'n');
    case 'z': {
      if (in.fields[2] != 0) return Write(slot, 'n');
      if (!InFrame(slot)) return Fail("a slot is outside of the frame");
      if (!IsRefSlot(slot)) passing_.insert(slot);
      return true;
    }
    default:
      return true;  // Copies, and what is unused.
  }
}

// Instructions that move what they do not look at: roles x and w.
bool FunctionVerifier::CheckCopies(const Instruction& in) {
  const auto move = [this](uint64_t from, uint64_t to) {
    if (!Read(from, 'e')) return false;
    if (!IsRef(from)) return Write(to, 'n');
    if (!InFrame(to)) return Fail("a slot is outside of the frame");
    if (!IsRefSlot(to)) passing_.insert(static_cast<uint32_t>(to));
    return true;
  };
  if (Is(in, FixedInstr::kCopy)) return move(in.slot(1), in.slot(0));
  if (Is(in, FixedInstr::kCopyToFar)) return move(in.slot(0), in.fields[2]);
  if (Is(in, FixedInstr::kCopyRange)) {
    for (uint64_t i = 0; i < in.fields[2]; ++i) {
      if (!move(in.fields[1] + i, in.fields[0] + i)) return false;
    }
    return true;
  }
  if (Is(in, FixedInstr::kCopyToNear)) {
    return move(in.fields[2], in.slot(0)) &&
           move(in.fields[2] + 1, uint64_t{in.slot(0)} + 1);
  }
  const bool select = Is(in, FixedInstr::kSelect);
  if (!select && !Is(in, FixedInstr::kSelectAcc)) return true;
  // Null, and what a call through a reference returned, may be either.
  const bool is_ref = IsRefSlot(in.slot(2)) || IsRefSlot(in.slot(3));
  if (is_ref && (!IsRef(in.slot(2)) || !IsRef(in.slot(3)))) {
    return Fail("a choice between a number and a reference");
  }
  return move(in.slot(IsRef(in.slot(3)) ? 2 : 3), in.slot(0));
}

// --- Numbers
// -------------------------------------------------------------------

bool FunctionVerifier::CheckType(uint64_t index, wasm::SubType::Kind kind) {
  return (index < module_.types.size() && module_.types[index].kind == kind) ||
         Fail("no type of that index and kind");
}

bool FunctionVerifier::CheckMemory0(bool guarded) {
  if (module_.memories.empty()) return Fail("there is no memory");
  const wasm::MemoryType& type = module_.memories[0].type;
  if (type.limits.is_64) return Fail("addresses of the memory have 64 bits");
  if (guarded && (bounds_ != Bounds::kGuard || type.page_size_log2 != 16)) {
    return Fail("an access without comparison to a memory without guard");
  }
  return true;
}

bool FunctionVerifier::CheckGlobal(const Instruction& in, char role,
                                   uint32_t index) {
  const std::vector<uint32_t>& globals =
      role == 'G' ? v_.cell_globals_ : v_.imported_globals_;
  if (index >= globals.size() || globals[index] == kNone) {
    return Fail("no such global");
  }
  const wasm::GlobalType& type = module_.globals[globals[index]].type;
  const bool writes = in.layout[0] != 'd';
  if (writes && !type.is_mutable) return Fail("the global is not mutable");
  const bool vector = Is(in, FixedInstr::kGlobalGetV128) ||
                      Is(in, FixedInstr::kGlobalSetV128) ||
                      Is(in, FixedInstr::kGlobalGetImportedV128) ||
                      Is(in, FixedInstr::kGlobalSetImportedV128);
  if (vector != (KindOf(type.value) == 'v') ||
      (Is(in, FixedInstr::kGlobalSetAcc) && KindOf(type.value) != 'n')) {
    return Fail("the global is of another kind");
  }
  return true;
}

bool FunctionVerifier::CheckAccess(uint64_t access) {
  constexpr auto kLast = static_cast<uint64_t>(StorageKind::kRef);
  return access <= kLast || Fail("no kind of storage");
}

bool FunctionVerifier::CheckLanes(const Instruction& in, size_t field) {
  const uint64_t value = in.fields[field];
  if (RolesOf(in.id)[field] == 'l') {
    const auto lanes = static_cast<uint64_t>(LanesOf(OpFormOf(in.id).op));
    return value < lanes || Fail("no such lane");
  }
  for (int i = 0; i < 64; i += 8) {
    if ((value >> i & 0xff) >= 32) return Fail("no such lane");
  }
  return true;
}

bool FunctionVerifier::CheckNumber(const Instruction& in, size_t field) {
  const char role = RolesOf(in.id)[field];
  const uint64_t value = in.fields[field];
  const auto below = [&](size_t size) {
    return value < size || Fail("an index is outside of its space");
  };
  switch (role) {
    case 'f':
      return below(module_.funcs.size() - module_.num_imported_funcs);
    case 'F':
      return below(module_.num_imported_funcs);
    case 'a':
      return below(module_.funcs.size());
    case 'T':
      return below(module_.tables.size());
    case 'M':
      return below(module_.memories.size());
    case 'D':
      return below(module_.datas.size());
    case 'E':
      return below(module_.elems.size());
    case 'X':
      return below(module_.tags.size());
    case 'Y':
      return CheckType(value, wasm::SubType::kFunc);
    case 'S':
      return CheckType(value, wasm::SubType::kStruct);
    case 'A':
      return CheckType(value, wasm::SubType::kArray);
    case 'G':
    case 'I':
      return CheckGlobal(in, role, static_cast<uint32_t>(value));
    case 'K':
      return CheckAccess(value);
    case 'l':
    case 'y':
      return CheckLanes(in, field);
    case '@':
    case 'c':
      return CheckMemory0(role == '@');
    case 'q':
      return (value != 0 && v_.charges_ == (Is(in, FixedInstr::kCharge)
                                                ? Charges::kFuel
                                                : Charges::kAndCount)) ||
             Fail("a charge that nobody asked for, or of nothing");
    case 'B':
      return below(v_.code_bytes_);
    case 'R':
      return value <= kMostInRange || Fail("a range of too many slots");
    case 'b':
      return value <= frame_slots_ || Fail("a call is outside of the frame");
    case 'H': {
      const auto type = ValueType::FromBits(static_cast<uint32_t>(value));
      return (type.is_ref() &&
              (!type.heap().is_defined() ||
               std::binary_search(v_.types_.begin(), v_.types_.end(),
                                  type.heap().index()))) ||
             Fail("no reference type of the module");
    }
    case '>':
    case '<':
      return CheckTarget(in, role, in.target(field));
    case '*':
      for (uint32_t i = 0; i < in.list_size; ++i) {
        if (!CheckTarget(in, role, in.list_target(i))) return false;
      }
      return in.list_size != 0 || Fail("a table without targets");
    default:
      return true;
  }
}

// --- Lists, calls and returns
// ----------------------------------------------------

bool FunctionVerifier::CheckListKinds(const Instruction& in,
                                      absl::string_view kinds) {
  if (in.list_size != kinds.size()) return Fail("a list of another length");
  for (uint32_t i = 0; i < in.list_size; ++i) {
    const uint32_t slot = in.list_slot(i);
    const bool vector = kinds[i] == 'v';
    if (!Read(slot, vector ? 'n' : kinds[i])) return false;
    if (vector && !Read(uint64_t{slot} + 1, 'n')) return false;
  }
  return true;
}

bool FunctionVerifier::CheckList(const Instruction& in) {
  if (Is(in, FixedInstr::kThrow)) {
    const wasm::Tag& tag = module_.tags[in.fields[0]];
    return CheckListKinds(in, ValueKindsOf(module_.types[tag.type].params));
  }
  if (Is(in, FixedInstr::kReturnMany)) {
    return CheckListKinds(in, result_kinds_);
  }
  if (Is(in, FixedInstr::kArrayNewFixed)) {
    return CheckListKinds(in, std::string(in.list_size, FieldKind(in)));
  }
  if (!Is(in, FixedInstr::kStructNew)) return true;
  std::string kinds;
  for (const wasm::FieldType& field : module_.types[in.fields[2]].fields) {
    kinds += KindOf(field.storage.value);
  }
  return CheckListKinds(in, kinds);
}

bool FunctionVerifier::CheckArguments(uint32_t from, const std::string& kinds) {
  if (uint64_t{from} + kinds.size() > frame_slots_) {
    return Fail("arguments exceed the frame");
  }
  for (size_t i = 0; i < kinds.size(); ++i) {
    if (kinds[i] == 'r' && !Read(from + i, 'r')) return false;
  }
  return true;
}

bool FunctionVerifier::CheckCall(const Instruction& in,
                                 std::string_view roles) {
  if (Is(in, FixedInstr::kTableCopy) || Is(in, FixedInstr::kTableInit)) {
    handles_references_ = true;
  }
  const uint64_t* const begin = Find(in, roles, 'b');
  if (begin == nullptr) return true;
  if (!charged_) return Fail("a call is not charged");
  const auto base = static_cast<uint32_t>(*begin);
  const uint64_t* const slots = Find(in, roles, 'N');
  if (slots == nullptr && (base == 0 || base < code_.ref_temps_end)) {
    return Fail("a callee's frame begins among the caller's references");
  }
  const wasm::SubType* type = nullptr;
  if (const uint64_t* func = Find(in, roles, 'f')) {
    type = &module_.func_type(static_cast<uint32_t>(*func) +
                              module_.num_imported_funcs);
  } else if (const uint64_t* import = Find(in, roles, 'F')) {
    type = &module_.func_type(static_cast<uint32_t>(*import));
  } else if (const uint64_t* index = Find(in, roles, 'Y')) {
    type = &module_.types[*index];
    const ValueType element =
        module_.tables[*Find(in, roles, 'T')].type.element;
    if (!wasm::IsSubtype(module_, element.heap(), wasm::HeapType::kFunc)) {
      return Fail("a call through a table that holds no functions");
    }
  }
  if (type == nullptr) {
    // Through a reference, whose type is not known here.
    if (slots != nullptr && base + *slots > frame_slots_) {
      return Fail("arguments exceed the frame");
    }
    ForgetPassing();
    unknown_from_ = base;
    return true;
  }
  const std::string params = KindsOf(type->params);
  const std::string results = KindsOf(type->results);
  if (!CheckArguments(base, params)) return false;
  ForgetPassing();
  if (slots != nullptr) {
    return (*slots == params.size() && results == result_kinds_) ||
           Fail("a tail call of a function of another type");
  }
  if (uint64_t{base} + results.size() > frame_slots_) {
    return Fail("results exceed the frame");
  }
  for (size_t i = 0; i < results.size(); ++i) {
    if (results[i] == 'r' && !Write(base + i, 'r')) return false;
  }
  return true;
}

bool FunctionVerifier::CheckReturn(const Instruction& in) {
  absl::string_view want;
  if (Is(in, FixedInstr::kReturn)) {
    want = "";
  } else if (Is(in, FixedInstr::kReturnAcc)) {
    want = "n";
  } else if (Is(in, FixedInstr::kReturnConst)) {
    want = result_kinds_ == "r" && in.fields[0] == 0 ? "r" : "n";
  } else if (Is(in, FixedInstr::kReturnV128)) {
    want = "nn";
  } else if (Is(in, FixedInstr::kReturnSlot)) {
    want = IsRef(in.slot(0)) && result_kinds_ == "r" ? "r" : "n";
    if (want == "n" && IsRefSlot(in.slot(0))) {
      return Fail("a reference is returned as a number");
    }
  } else {
    return true;
  }
  return result_kinds_ == want || Fail("a return of another type");
}

}  // namespace weft::exec
