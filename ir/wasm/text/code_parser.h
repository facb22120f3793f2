// Instructions of the text format (spec 3.0, 6.5) to operators of the binary
// format: function bodies and constant expressions.
#ifndef WEFT_IR_WASM_TEXT_CODE_PARSER_H_
#define WEFT_IR_WASM_TEXT_CODE_PARSER_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "ir/wasm/branch_hints.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/locals.h"
#include "ir/wasm/names.h"
#include "ir/wasm/operator.h"
#include "ir/wasm/text/text_module.h"

namespace weft::wasm {

// One parser serves all bodies of a module, one after the other. Methods that
// return bool follow the rule of TokenReader.
class CodeParser {
 public:
  // Both must outlive the parser; `out` is what it appends to.
  CodeParser(TextModule* module, ByteWriter* out);

  // Begins a function with parameters of `use`, of which there are
  // `num_params`. `func` is its index.
  bool BeginFunction(FuncIndex func, const TypeUse& use, uint32_t num_params);
  // The rest of a function definition up to its closing parenthesis, which
  // stays: local declarations and instructions.
  bool ParseBody();

  // Instructions up to a closing parenthesis, which stays, and `end`.
  bool ParseExpr();
  // One folded instruction, and `end`.
  bool ParseFoldedExpr();

 private:
  // What is open, in the text or as a block.
  enum class FrameKind : uint8_t {
    kBase,      // The whole sequence.
    kOperands,  // A folded plain instruction: its operands.
    kBlock,     // A folded block, loop or try_table.
    kIf,        // A folded if: its condition, then its arms.
    kTry,       // A folded legacy try: its arms.
    kArm,       // One of their arms.
    kFlatBlock,
    kFlatIf,
    kFlatElse,
    kFlatTry,
    kFlatCatch,
    kFlatCatchAll,
  };
  // How far a kIf or kTry is.
  enum class Stage : uint8_t { kStart, kFirstArm, kMoreArms, kLastArm };

  static constexpr uint8_t kNoHint = 0xff;

  struct Frame {
    explicit Frame(FrameKind kind) : kind(kind) {}

    FrameKind kind;
    Stage stage = Stage::kStart;
    uint8_t hint = kNoHint;  // Of the operator in pending_.
    uint32_t pending = 0;    // kOperands, kIf: its begin in pending_.
    // kIf: the label, until the condition is over.
    Token label_id;
    absl::string_view label_name;
  };

  struct Label {
    absl::string_view id;  // No data without.
    uint32_t shadowed;     // What label_ids_ had for it, or kNoIndex.
  };

  bool Step();
  bool Left();
  bool Right();
  bool Keyword();
  bool Hint();

  // A keyword that begins an instruction; takes it and, if `folded`, the
  // parenthesis before it.
  bool TakeOp(bool folded, Op* op);
  bool FoldedOp();
  bool FoldedArm(Frame* frame);
  bool FoldedIfArm(Frame* frame, absl::string_view word);
  bool FoldedTryArm(Frame* frame, absl::string_view word);
  bool Delegate();
  bool BeginBlock(Op op, FrameKind kind);
  bool BeginIf(FrameKind kind);
  bool FlatElse(Frame* frame);
  bool FlatEnd();
  bool FlatCatch(Frame* frame, bool all);
  bool CheckEndLabel();

  // Labels.
  void PushLabel(const Token& id, absl::string_view name);
  void PopLabel();
  bool ExpectLabel(uint32_t* depth);

  // Immediates of op_ in the order of the text, in code_immediates.cc; may
  // choose the other row of the same text.
  bool Immediates();
  bool IndexPair(ImmediateKind first, ImmediateKind second);
  bool IndexImmediate(ImmediateKind kind, int num_index);
  bool OneImmediate(ImmediateKind kind, int* num_index);
  bool BlockTypeImmediate();
  bool LabelTable();
  bool MemArgImmediate(bool before_lane);
  bool MemArgFields();
  bool CastImmediates();
  bool SelectTypes();
  bool Catches();
  bool Lanes16();
  bool V128();
  bool ExpectLane(uint32_t* lane);
  bool ExpectInteger(int bits, uint64_t* value);
  bool ExpectFloat(int bits, uint64_t* value);
  bool ExpectLocal(uint32_t* index);

  bool ParseLocals();
  bool BindLocal(const Token& id, absl::string_view name);
  void NoteHint(uint8_t hint);
  bool CheckHint();
  void Emit() { WriteOperator(op_, out_); }
  void EmitPending(const Frame& frame);

  TextModule& m_;
  TokenReader& reader_;
  ByteWriter* out_;
  std::vector<Frame> frames_;
  ByteWriter pending_;  // Operators that wait for their operands.
  Operator op_;         // The one at hand, and what its spans point to:
  std::vector<uint32_t> label_list_;
  std::vector<ValueType> type_list_;
  std::vector<CatchClause> catch_list_;
  TypeUse use_;

  std::vector<Label> labels_;
  // From an identifier to the innermost label of that name.
  absl::flat_hash_map<absl::string_view, uint32_t> label_ids_;

  // The function at hand.
  FuncIndex func_ = 0;
  size_t body_begin_ = 0;  // In out_.
  uint32_t num_locals_ = 0;
  uint32_t num_blocks_ = 0;
  absl::flat_hash_map<absl::string_view, uint32_t> local_ids_;
  std::vector<LocalGroup> local_groups_;
  NameMap label_names_;
  NameMap local_names_;
  std::vector<BranchHint> hints_;
  bool in_function_ = false;
  uint8_t next_hint_ = kNoHint;  // For the instruction that comes.
  uint32_t hint_offset_ = 0;     // Of that annotation in the text.
};

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TEXT_CODE_PARSER_H_
