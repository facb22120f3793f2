// Operator sequences in the text format, flat or folded (spec 6.5).
#ifndef WEFT_IR_WASM_TEXT_PRINT_BODY_H_
#define WEFT_IR_WASM_TEXT_PRINT_BODY_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "ir/wasm/branch_hints.h"
#include "ir/wasm/module.h"
#include "ir/wasm/operator.h"
#include "ir/wasm/text/print_arity.h"
#include "ir/wasm/text/print_labels.h"
#include "ir/wasm/text/print_layout.h"
#include "ir/wasm/text/print_names.h"
#include "ir/wasm/text/print_operator.h"
#include "ir/wasm/text/print_types.h"

namespace weft::wasm {

class BodyPrinter {
 public:
  struct Options {
    bool folded = true;
    bool offsets = false;
    uint32_t max_size = 0;  // Of the text of one sequence.
  };

  // Borrows all pointers and references.
  BodyPrinter(const Module& module, const Options& options, TextNames* names,
              TypePrinter* types, TextLayout* layout);

  // Prints the operators of `func` without the final `end`, each statement on
  // a line of its own at `level`. `code` are the bytes behind the local
  // declarations. Only its nesting has to be right, not its types.
  // Errors: InvalidArgument, Unimplemented, ResourceExhausted of the operator
  // reader; InvalidArgument for wrong nesting.
  absl::Status Function(FuncIndex func, ByteSpan code, uint32_t offset,
                        const IdSpace& locals,
                        absl::Span<const BranchHint> hints, uint32_t level);

  // Prints a constant expression behind a blank, always folded. One that is
  // not a single folded operator is put in parentheses with `word`, if there
  // is one.
  absl::Status Expression(const ConstExpr& expr, absl::string_view word,
                          uint32_t level);

  // Whether a sequence was longer than Options::max_size, which is an error.
  bool overflow() const { return scratch_.overflow(); }
  // Whether a function that was printed needs the data count section.
  bool needs_data_count() const { return needs_data_count_; }

 private:
  static constexpr uint32_t kNone = 0xffffffffu;

  // What an operator is printed as.
  enum class Kind : uint8_t {
    kTree,       // Folded, with its operands.
    kPlain,      // Not folded, on a line of its own.
    kBegin,      // Of a folded block: its text is printed with kEnd's tree.
    kThen,       // The `if` of a folded one.
    kElse,       // Of a folded `if`.
    kEnd,        // Ends a folded block, the root of its tree.
    kIfEnd,      // Ends a folded `if`, likewise.
    kFlatBegin,  // Of a block that is not folded.
    kFlatMiddle,
    kFlatEnd,
  };

  // One operator. A tree is a stretch of nodes and ends with its root.
  struct Node {
    uint32_t text = 0;      // Where its text begins in scratch_.
    uint32_t first = 0;     // Roots: the first node of the tree.
    uint32_t head = kNone;  // kEnd, kIfEnd: the node with the block's text.
    // The root of the outermost tree that begins here, and from there inward.
    uint32_t outermost = kNone;
    uint32_t inner = kNone;
    Kind kind = Kind::kTree;
    bool breaks = false;  // Takes more than one line.
    bool is_hinted = false;
    bool is_likely = false;
  };

  // An open block.
  struct Frame {
    OpClass op_class = OpClass::kBlock;
    bool is_folded = false;
    bool has_params = false;
    bool has_else = false;  // Or catch_all.
    bool has_catch = false;
    uint32_t label_arity = 0;
    uint32_t results = 0;
    uint32_t head = 0;    // Node of its operator.
    size_t operands = 0;  // Size of operands_ below it.
  };

  absl::Status Build(ByteSpan code, uint32_t offset, const char* section,
                     const IdSpace& locals, absl::Span<const BranchHint> hints,
                     uint32_t results);
  void Reset(uint32_t results);
  bool AddOperator(const Operator& op, const IdSpace& locals);
  Node& AddNode(Kind kind);
  void AddSimple(const Operator& op, const IdSpace& locals, Arity arity);
  void OpenBlock(const Operator& op, OpClass op_class, const IdSpace& locals);
  bool AddMiddle(const Operator& op, OpClass op_class, const IdSpace& locals);
  bool CloseBlock(const Operator& op, const IdSpace& locals);
  void AppendText(const Operator& op, const IdSpace& locals);
  Arity ArityOf(const Operator& op) const;
  bool TakeOperands(uint32_t count, uint32_t root);
  void Finish(uint32_t root, uint32_t results);
  void ForgetOperands() { operands_.resize(frames_.back().operands); }

  void Emit(uint32_t level);
  uint32_t OpenTrees(uint32_t first);
  void EmitNode(uint32_t index);
  void EmitPlain(uint32_t index);
  void EmitLine(uint32_t first, uint32_t root);
  void EmitHint(const Node& node);
  void OpenArm(absl::string_view text);
  void CloseArm(uint32_t end);
  absl::string_view TextOf(uint32_t node) const;
  // Columns that the tree takes on one line.
  int64_t Width(uint32_t first, uint32_t root) const;

  const Module& module_;
  const Options options_;
  TextNames& names_;
  TextLayout& layout_;
  PrintBuffer& out_;
  OperatorPrinter operators_;
  bool folded_ = true;  // As to the current sequence.
  bool needs_data_count_ = false;
  const char* error_ = "";
  uint32_t hints_offset_ = 0;  // From where offsets of hints count.
  uint32_t level_ = 0;
  // Of the current sequence.
  PrintBuffer scratch_;
  std::vector<Node> nodes_;
  std::vector<Frame> frames_;
  // Roots of trees with one result each that nothing has taken yet and that
  // follow each other without a gap, by block.
  std::vector<uint32_t> operands_;
  LabelScope labels_;
  IdSpace label_ids_;
};

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TEXT_PRINT_BODY_H_
