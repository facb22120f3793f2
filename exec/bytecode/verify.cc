// Two passes over the cells: the first finds where instructions and labels are
// and which regions there are, the second looks at each instruction knowing
// that. References on their way to or from a callee lie in slots for numbers
// between an instruction and the next label or call; a set of slots follows
// them.
//
// That nothing runs without end and free of charge is seen on the way, too:
// every cycle goes through a branch or clause backward, a call or a throw, and
// each of these needs a charge on every way to it from the function's begin
// and from where branches and clauses go backward to. Ways forward arrive in
// the order of the cells, so that a bit per cell, whether some way brings no
// charge, is enough.
#include "exec/bytecode/verify.h"

#include <algorithm>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "exec/bytecode/function_verifier.h"

namespace weft::exec {
namespace {

constexpr uint32_t kNoGlobal = ~uint32_t{0};

// Whether nothing is executed behind the instruction.
bool IsTerminator(InstrId id) {
  constexpr FixedInstr kTerminators[] = {
      FixedInstr::kUnreachable,      FixedInstr::kBr,
      FixedInstr::kBackBr,           FixedInstr::kBrTable,
      FixedInstr::kBrTableAcc,       FixedInstr::kReturn,
      FixedInstr::kReturnSlot,       FixedInstr::kReturnAcc,
      FixedInstr::kReturnConst,      FixedInstr::kReturnV128,
      FixedInstr::kReturnMany,       FixedInstr::kTailCall,
      FixedInstr::kTailCallImported, FixedInstr::kTailCallIndirect,
      FixedInstr::kTailCallRef,      FixedInstr::kThrow,
      FixedInstr::kThrowRef};
  return std::any_of(std::begin(kTerminators), std::end(kTerminators),
                     [id](FixedInstr instr) { return IdOf(instr) == id; });
}

bool IsCharge(InstrId id) {
  return id == IdOf(FixedInstr::kCharge) ||
         id == IdOf(FixedInstr::kChargeAndCount);
}

bool IsThrow(InstrId id) {
  return id == IdOf(FixedInstr::kThrow) || id == IdOf(FixedInstr::kThrowRef);
}

}  // namespace

CodeVerifier::CodeVerifier(const wasm::Module& module,
                           absl::Span<const TypeId> types, Charges charges,
                           InstructionDecoder::FirstCell first_cell)
    : module_(module),
      charges_(charges),
      decoder_(first_cell),
      types_(types.begin(), types.end()) {
  std::sort(types_.begin(), types_.end());
  if (module.funcs.size() > module.num_imported_funcs) {
    const wasm::Function& last = module.funcs.back();
    code_bytes_ = last.body_offset + last.body.size() -
                  module.funcs[module.num_imported_funcs].body_offset;
  }
  for (uint32_t i = 0; i < module.globals.size(); ++i) {
    const wasm::Global& global = module.globals[i];
    if (global.is_import()) {
      imported_globals_.push_back(i);
      continue;
    }
    cell_globals_.push_back(i);
    if (global.type.value.kind() == wasm::ValueType::kV128) {
      cell_globals_.push_back(kNoGlobal);
    }
  }
}

absl::StatusOr<VerifiedCode> CodeVerifier::Verify(const FunctionCode& code,
                                                  Bounds bounds) const {
  FunctionVerifier verifier(*this, code, bounds);
  if (!verifier.Run()) return absl::InvalidArgumentError(verifier.error());
  return VerifiedCode{verifier.handles_references()};
}

bool FunctionVerifier::Fail(absl::string_view what) {
  error_ = absl::StrCat("bytecode of function ", code_.func, ", cell ", cell_,
                        ": ", what);
  return false;
}

bool FunctionVerifier::Run() {
  return CheckHeader() && CheckReferenceSlots() && FindInstructions() &&
         CheckTables() && CheckInstructions();
}

bool FunctionVerifier::CheckHeader() {
  const size_t defined = module_.funcs.size() - module_.num_imported_funcs;
  const CodeHeader& header = code_.header();
  if (code_.func >= defined || header.func != code_.func) {
    return Fail("the header names another function");
  }
  type_ = &module_.func_type(module_.num_imported_funcs + code_.func);
  frame_slots_ = header.frame_slots;
  result_kinds_ = KindsOf(type_->results);
  if (result_kinds_.size() > frame_slots_ ||
      KindsOf(type_->params).size() > frame_slots_) {
    return Fail("parameters or results exceed the frame");
  }
  return true;
}

bool FunctionVerifier::CheckReferenceSlots() {
  const CodeHeader& header = code_.header();
  const std::string params = KindsOf(type_->params);
  const uint64_t zero_begin = header.zero_begin;
  const uint64_t zero_end = zero_begin + header.zero_slots;
  if (zero_begin < params.size() || zero_end > frame_slots_) {
    return Fail("the slots to be zeroed are not the locals");
  }
  const uint32_t temps = code_.ref_temps_begin;
  if (temps > code_.ref_temps_end) return Fail("no range of references");
  if (temps < code_.ref_temps_end &&
      (temps < zero_begin || code_.ref_temps_end > zero_end)) {
    return Fail("temporary references are not zeroed");
  }
  uint64_t least = 0;
  size_t among_params = 0;
  for (const SlotRange& range : code_.ref_slots) {
    if (range.begin < least || range.begin >= range.end || range.end > temps) {
      return Fail("slots of references are not in order");
    }
    least = range.end;
    uint32_t slot = range.begin;
    for (; slot < range.end && slot < params.size(); ++slot) {
      if (params[slot] != 'r') return Fail("a parameter is no reference");
      ++among_params;
    }
    if (slot < range.end && (slot < zero_begin || range.end > zero_end)) {
      return Fail("a reference is not zeroed");
    }
  }
  const auto refs = std::count(params.begin(), params.end(), 'r');
  if (static_cast<size_t>(refs) != among_params) {
    return Fail("a reference parameter is none of its slots of references");
  }
  handles_references_ = !code_.ref_slots.empty() ||
                        temps != code_.ref_temps_end ||
                        result_kinds_.find('r') != std::string::npos;
  return true;
}

bool FunctionVerifier::FindInstructions() {
  starts_.assign(code_.num_cells, false);
  targets_.assign(code_.num_cells, false);
  uncharged_.assign(code_.num_cells, false);
  if (code_.num_cells == 0) return Fail("there is none");
  uncharged_[0] = true;
  Instruction in;
  for (cell_ = 0; cell_ < code_.num_cells; cell_ = in.next()) {
    if (!v_.decoder_.Decode(cells(), cell_, &in)) {
      return Fail("no instruction");
    }
    starts_[cell_] = true;
    if (!AddTargets(in)) return false;
  }
  cell_ = in.cell;
  return IsTerminator(in.id) || Fail("falls off the end");
}

bool FunctionVerifier::AddTargets(const Instruction& in) {
  const auto add = [this, &in](int64_t target) {
    if (target < 0 || target >= int64_t{code_.num_cells}) {
      return Fail("a target is outside of the function");
    }
    targets_[static_cast<size_t>(target)] = true;
    if (target <= int64_t{in.cell}) {
      uncharged_[static_cast<size_t>(target)] = true;
    }
    return true;
  };
  for (size_t i = 0; i < in.layout.size(); ++i) {
    if (in.layout[i] == 't' && !add(in.target(i))) return false;
    if (in.layout[i] != 'T') continue;
    for (uint32_t k = 0; k < in.list_size; ++k) {
      if (!add(in.list_target(k))) return false;
    }
  }
  return true;
}

bool FunctionVerifier::CheckTarget(const Instruction& in, char role,
                                   int64_t target) {
  const auto cell = static_cast<uint64_t>(target);
  if (!IsStart(cell)) return Fail("a target is inside of an instruction");
  const bool back = target <= int64_t{in.cell};
  if (role == '>' && back) {
    return Fail("a branch that does not poll goes backward");
  }
  if (role == '<' && !back) return Fail("a backward branch goes forward");
  if (charged_) return true;
  if (back) return Fail("a loop is not charged");
  uncharged_[cell] = true;
  return true;
}

// --- Beside the code
// -----------------------------------------------------------

bool FunctionVerifier::CheckTables() {
  cell_ = 0;
  for (uint32_t i = 0; i < code_.regions.size(); ++i) {
    if (!CheckRegion(i)) return false;
  }
  return CheckPositions();
}

bool FunctionVerifier::CheckRegion(uint32_t index) {
  const TryRegion& region = code_.regions[index];
  cell_ = region.begin;
  const auto is_edge = [this](uint32_t cell) {
    return cell == code_.num_cells || IsStart(cell);
  };
  if (!is_edge(region.begin) || !is_edge(region.end) ||
      region.begin > region.end ||
      (index > 0 && code_.regions[index - 1].begin > region.begin)) {
    return Fail("a guarded region is no range of instructions");
  }
  const auto is_before = [index](uint32_t other) {
    return other == TryRegion::kNoParent || other < index;
  };
  if (!is_before(region.parent) || !is_before(region.outer)) {
    return Fail("the parent of a region is not before it");
  }
  const auto lies_in = [this, &region](uint32_t other) {
    return other == TryRegion::kNoParent ||
           region.end <= code_.regions[other].end;
  };
  if (!lies_in(region.parent) || !lies_in(region.outer)) {
    return Fail("a region does not lie in its parent");
  }
  if (region.first_catch > code_.catches.size() ||
      region.num_catches > code_.catches.size() - region.first_catch) {
    return Fail("a region has clauses that do not exist");
  }
  for (uint32_t i = 0; i < region.num_catches; ++i) {
    if (!CheckCatch(code_.catches[region.first_catch + i], region)) {
      return false;
    }
  }
  return true;
}

bool FunctionVerifier::CheckCatch(const CatchRecord& clause,
                                  const TryRegion& region) {
  if (!IsStart(clause.target)) return Fail("a clause leads to no instruction");
  targets_[clause.target] = true;
  // Behind the region, it is reached from what has been charged.
  if (clause.target < region.end) uncharged_[clause.target] = true;
  std::string kinds;
  if (!clause.any) {
    if (clause.tag >= module_.tags.size()) return Fail("no such tag");
    kinds = KindsOf(module_.types[module_.tags[clause.tag].type].params);
  }
  const bool has_slots = clause.numbers != CatchRecord::kNoSlot &&
                         clause.refs != CatchRecord::kNoSlot;
  if (has_slots == clause.any) {
    return Fail("a clause takes another payload than its tag has");
  }
  uint64_t number = clause.numbers;
  uint64_t ref = clause.refs;
  for (const char kind : kinds) {
    const uint64_t slot = kind == 'r' ? ref++ : number++;
    if (!InFrame(slot)) return Fail("a payload's slot is outside of the frame");
    if (IsRefSlot(slot) != (kind == 'r')) {
      return Fail("a payload goes to a slot of another kind");
    }
  }
  if (clause.exception_slot == CatchRecord::kNoSlot) return true;
  return (InFrame(clause.exception_slot) && IsRefSlot(clause.exception_slot)) ||
         Fail("an exception goes to a slot that is no reference's");
}

bool FunctionVerifier::CheckPositions() {
  const wasm::Function& func =
      module_.funcs[module_.num_imported_funcs + code_.func];
  uint64_t least = 0;
  for (const CodePosition& position : code_.positions) {
    cell_ = position.cell;
    if (position.cell < least || !IsStart(position.cell)) {
      return Fail("a position is no instruction's");
    }
    least = uint64_t{position.cell} + 1;
    if (position.offset < func.body_offset ||
        position.offset - func.body_offset >= func.body.size()) {
      return Fail("a position is outside of the function's body");
    }
  }
  return true;
}

// --- The second pass
// -----------------------------------------------------------

bool FunctionVerifier::CheckInstructions() {
  const bool metering = v_.charges_ != Charges::kNone;
  charged_ = true;
  Instruction in;
  for (cell_ = 0; cell_ < code_.num_cells; cell_ = in.next()) {
    if (targets_[cell_]) ForgetPassing();
    if (!v_.decoder_.Decode(cells(), cell_, &in)) return false;
    if (metering && uncharged_[cell_]) charged_ = false;
    if (IsCharge(in.id)) charged_ = true;
    if (!CheckInstruction(in)) return false;
    if (!charged_ && IsThrow(in.id)) return Fail("a throw is not charged");
    // What follows is then reached by its label alone.
    if (IsTerminator(in.id)) charged_ = true;
  }
  return true;
}

}  // namespace weft::exec
