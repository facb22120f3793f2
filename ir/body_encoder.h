// Writes an emission with its locals as a function body.
#ifndef WEFT_IR_BODY_ENCODER_H_
#define WEFT_IR_BODY_ENCODER_H_

#include <vector>

#include "ir/allocate_locals.h"
#include "ir/emission.h"
#include "ir/function.h"
#include "ir/type_lookup.h"
#include "ir/wasm/branch_hints.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/operator.h"

namespace weft::ir {

class BodyEncoder {
 public:
  explicit BodyEncoder(const TypeLookup& types) : types_(types) {}

  // Appends the body to `*out`. Locals that cannot keep a non-nullable type,
  // because a read is not inside of the block that an assignment is in (spec
  // 3.4.2, the local types of instruction sequences), become nullable in
  // `*locals`, and their reads are asserted. Along the way: set and get of one
  // local become tee, branches to what follows anyway disappear, so do empty
  // else arms and copies of a local to itself. `hints`, unless null, receives
  // those of f.hints whose instructions were written.
  void Encode(const Function& f, const Emission& emission,
              LocalAssignment* locals, wasm::ByteWriter* out,
              std::vector<wasm::BranchHint>* hints);

 private:
  enum class HeldKind : uint8_t { kNone, kGet, kSet, kTee };
  struct Label {
    RegionId region;
    wasm::BlockType type;
    bool missing = false;  // No block type says what the function's end wants.
  };

  void FindNullable();
  void Held(HeldKind kind, uint32_t local);
  void Flush();
  void LocalOp(EntryKind kind, ValueId value);
  void Drop();
  void PushSource(const ValueCopy& copy);
  bool AreSequential(absl::Span<const ValueCopy> copies);
  void Copies(const Entry& entry);
  bool CopiesVanish(const Entry& entry) const;
  bool IsTrivial(const ValueCopy& copy) const;
  void Plain(ValueId id);
  void Branch(ValueId id, wasm::Operator* op);
  void Open(RegionId region);
  void Arm(size_t entry);
  void Close(RegionId region);
  wasm::BlockType TypeOf(RegionId region) const;
  bool Exits(RegionId region) const;
  bool FallsTo(size_t entry, RegionId target) const;
  uint32_t Depth(RegionId region) const;
  void NoteHint(ValueId id);
  void Write(const wasm::Operator& op);
  void Write(Op op);

  const TypeLookup& types_;
  const Function* f_ = nullptr;
  const Emission* emission_ = nullptr;
  LocalAssignment* locals_ = nullptr;
  wasm::ByteWriter* out_ = nullptr;
  size_t begin_ = 0;  // Of the body in out_.
  std::vector<wasm::BranchHint>* hints_ = nullptr;
  std::vector<bool> assert_non_null_;  // By local.
  std::vector<bool> copied_to_;        // By local; scratch.
  std::vector<Label> labels_;
  std::vector<uint32_t> depth_of_;  // By region: position in labels_.
  std::vector<uint32_t> depths_;    // Scratch of br_table.
  std::vector<wasm::CatchClause> catches_;
  HeldKind held_ = HeldKind::kNone;
  uint32_t held_local_ = 0;
};

}  // namespace weft::ir

#endif  // WEFT_IR_BODY_ENCODER_H_
