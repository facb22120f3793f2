// The work on one function. Private to the verifier: verify.cc goes over the
// code, verify_operands.cc looks at the fields of an instruction.
#ifndef WEFT_EXEC_BYTECODE_FUNCTION_VERIFIER_H_
#define WEFT_EXEC_BYTECODE_FUNCTION_VERIFIER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "exec/bytecode/decoder.h"
#include "exec/bytecode/function_code.h"
#include "exec/bytecode/verify.h"
#include "ir/wasm/module.h"
#include "ir/wasm/types.h"

namespace weft::exec {

// What is in the slots of values of some types, a letter each: n or r.
std::string KindsOf(absl::Span<const wasm::ValueType> types);

class FunctionVerifier {
 public:
  FunctionVerifier(const CodeVerifier& verifier, const FunctionCode& code,
                   Bounds bounds)
      : v_(verifier), module_(verifier.module_), code_(code), bounds_(bounds) {}

  // False with error() set.
  bool Run();
  const std::string& error() const { return error_; }
  bool handles_references() const { return handles_references_; }

 private:
  static constexpr uint32_t kNone = ~uint32_t{0};

  // verify.cc
  bool CheckHeader();
  bool CheckReferenceSlots();
  bool FindInstructions();
  bool AddTargets(const Instruction& in);
  bool CheckTables();
  bool CheckRegion(uint32_t index);
  bool CheckCatch(const CatchRecord& clause, const TryRegion& region);
  bool CheckPositions();
  bool CheckInstructions();
  bool CheckTarget(const Instruction& in, char role, int64_t target);
  bool IsStart(uint64_t cell) const {
    return cell < starts_.size() && starts_[cell];
  }
  bool Fail(absl::string_view what);
  absl::Span<const Cell> cells() const {
    return {code_.begin(), code_.num_cells};
  }

  // verify_operands.cc
  bool CheckInstruction(const Instruction& in);
  bool CheckOperands(const Instruction& in);
  bool CheckResults(const Instruction& in);
  bool CheckNumber(const Instruction& in, size_t field);
  bool CheckLanes(const Instruction& in, size_t field);
  bool CheckMemory0(bool guarded);
  bool CheckGlobal(const Instruction& in, char role, uint32_t index);
  bool CheckAccess(uint64_t access);
  bool CheckType(uint64_t index, wasm::SubType::Kind kind);
  bool CheckList(const Instruction& in);
  bool CheckListKinds(const Instruction& in, absl::string_view kinds);
  bool CheckCopies(const Instruction& in);
  bool CheckCall(const Instruction& in, std::string_view roles);
  bool CheckArguments(uint32_t from, const std::string& kinds);
  bool CheckReturn(const Instruction& in);
  // The kind of what a field with role g or k holds: n, v or r.
  char FieldKind(const Instruction& in) const;
  // Reads or writes one slot of a kind: n, r, or e for reads.
  bool Read(uint64_t slot, char kind);
  bool Write(uint64_t slot, char kind);

  bool InFrame(uint64_t slot) const { return slot < frame_slots_; }
  // A slot that the collector follows.
  bool IsRefSlot(uint64_t slot) const;
  // Whether a reference lies in a slot for numbers just now: an argument or
  // result of a call, or what was fetched from afar.
  bool HoldsRef(uint64_t slot) const {
    return slot >= unknown_from_ ||
           passing_.contains(static_cast<uint32_t>(slot));
  }
  bool IsRef(uint64_t slot) const { return IsRefSlot(slot) || HoldsRef(slot); }
  void ForgetPassing() {
    passing_.clear();
    unknown_from_ = ~uint64_t{0};
  }

  const CodeVerifier& v_;
  const wasm::Module& module_;
  const FunctionCode& code_;
  const Bounds bounds_;
  const wasm::SubType* type_ = nullptr;
  uint32_t frame_slots_ = 0;
  std::string result_kinds_;
  bool handles_references_ = false;
  std::vector<bool> starts_;
  std::vector<bool> targets_;
  // Cells which a way leads to on which nothing has been charged since the
  // begin, or since it went backward.
  std::vector<bool> uncharged_;
  // No such way leads to the cell being looked at; always without metering.
  bool charged_ = true;
  // Slots for numbers that hold references, in this stretch of code; and from
  // where on any may, behind a call through a reference.
  absl::flat_hash_set<uint32_t> passing_;
  uint64_t unknown_from_ = ~uint64_t{0};
  uint32_t cell_ = 0;  // Being looked at.
  std::string error_;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_BYTECODE_FUNCTION_VERIFIER_H_
