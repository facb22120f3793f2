// Folding: an operator written behind its operands in the binary format is
// written before them when folded, so any grouping of the sequence into trees
// whose roots come last means the same. Trees are made as a reader of the text
// expects them: an operator with exactly the operators that push its operands,
// each of which pushes one value. Anything else (operands of several values,
// operands from before a statement, parameters of blocks, unreachable code)
// stays flat: it stands as a plain operator behind what pushed its operands.
//
// One pass over the code makes a node per operator, with its text in a buffer;
// a second pass over the nodes, in the same order, prints them. At the first
// node of a tree the texts of all roots of trees that begin there are printed,
// outermost first; at a root its parenthesis is closed. Both take time in
// proportion to code and text. The width of a tree on one line follows from
// the places of its texts in the buffer.
#include "ir/wasm/text/print_body.h"

#include <algorithm>
#include <cstring>

#include "ir/wasm/bytes.h"

namespace weft::wasm {
namespace {

// Columns that a folded operator takes beyond its text: parentheses and the
// blank before it.
constexpr int64_t kColumnsPerNode = 3;

bool NeedsDataCount(Op op) {
  return op == Op::kMemoryInit || op == Op::kDataDrop ||
         op == Op::kArrayNewData || op == Op::kArrayInitData;
}

bool OpensBlock(OpClass op_class) {
  return op_class == OpClass::kBlock || op_class == OpClass::kLoop ||
         op_class == OpClass::kIf || op_class == OpClass::kTryTable ||
         op_class == OpClass::kTry;
}

bool HasLabelArity(OpClass op_class) {
  return op_class == OpClass::kBr || op_class == OpClass::kBrIf ||
         op_class == OpClass::kBrTable || op_class == OpClass::kBrOnNull ||
         op_class == OpClass::kBrOnNonNull || op_class == OpClass::kBrOnCast;
}

uint32_t LabelOf(const Operator& op, OpClass op_class) {
  if (op_class == OpClass::kBrTable) {
    return op.labels.empty() ? 0 : op.labels.back();
  }
  return op_class == OpClass::kBrOnCast ? op.index[1] : op.index[0];
}

}  // namespace

BodyPrinter::BodyPrinter(const Module& module, const Options& options,
                         TextNames* names, TypePrinter* types,
                         TextLayout* layout)
    : module_(module),
      options_(options),
      names_(*names),
      layout_(*layout),
      out_(layout->out()),
      operators_(module, *names, types),
      scratch_(options.max_size) {}

absl::Status BodyPrinter::Function(FuncIndex func, ByteSpan code,
                                   uint32_t offset, const IdSpace& locals,
                                   absl::Span<const BranchHint> hints,
                                   uint32_t level) {
  names_.Labels(func, &label_ids_);
  labels_.Begin(&label_ids_);
  folded_ = options_.folded;
  hints_offset_ = module_.funcs[func].body_offset;
  uint32_t results = 0;
  const TypeIndex type = module_.funcs[func].type;
  if (type < module_.types.size()) {
    results = static_cast<uint32_t>(module_.types[type].results.size());
  }
  absl::Status status =
      Build(code, offset, "code section", locals, hints, results);
  if (!status.ok()) return status;
  names_.CheckLabels(func, labels_.num_blocks());
  Emit(level);
  return absl::OkStatus();
}

absl::Status BodyPrinter::Expression(const ConstExpr& expr,
                                     absl::string_view word, uint32_t level) {
  label_ids_.clear();
  labels_.Begin(&label_ids_);
  folded_ = true;
  absl::Status status =
      Build(expr.code, expr.offset, "constant expression", {}, {}, 1);
  if (!status.ok()) return status;
  const auto root = static_cast<uint32_t>(nodes_.size() - 2);
  const bool is_tree = nodes_.size() > 1 && nodes_[0].outermost == root;
  if (is_tree && !nodes_[root].breaks && Width(0, root) < layout_.Left()) {
    out_.Char(' ');
    EmitLine(0, root);
    return absl::OkStatus();
  }
  if (!is_tree && !word.empty()) {
    out_.Text(" (");
    out_.Text(word);
  }
  Emit(level);
  if (!is_tree && !word.empty()) out_.Char(')');
  return absl::OkStatus();
}

void BodyPrinter::Reset(uint32_t results) {
  scratch_.clear();
  nodes_.clear();
  operands_.clear();
  frames_.clear();
  Frame& body = frames_.emplace_back();
  body.label_arity = results;
  body.results = results;
}

// The last node, that of the last `end`, only says where the texts end.
absl::Status BodyPrinter::Build(ByteSpan code, uint32_t offset,
                                const char* section, const IdSpace& locals,
                                absl::Span<const BranchHint> hints,
                                uint32_t results) {
  Reset(results);
  OperatorReader reader(code, offset, module_.features, section);
  Operator op;
  while (!frames_.empty()) {
    if (!reader.TryRead(&op)) return reader.status();
    const size_t node = nodes_.size();
    if (!AddOperator(op, locals))
      return MalformedAt(error_, op.offset, section);
    if (!hints.empty() && op.offset - hints_offset_ == hints[0].offset) {
      nodes_[node].is_hinted = true;
      nodes_[node].is_likely = hints[0].likely;
      hints.remove_prefix(1);
    }
    if (scratch_.overflow()) {
      return absl::ResourceExhaustedError("the text is too long");
    }
  }
  if (!reader.done()) {
    return MalformedAt("operators behind the last end", reader.offset(),
                       section);
  }
  return absl::OkStatus();
}

BodyPrinter::Node& BodyPrinter::AddNode(Kind kind) {
  Node& node = nodes_.emplace_back();
  node.text = static_cast<uint32_t>(scratch_.size());
  node.kind = kind;
  return node;
}

void BodyPrinter::AppendText(const Operator& op, const IdSpace& locals) {
  operators_.Append(op, locals, labels_, &scratch_);
  if (!options_.offsets) return;
  scratch_.Text(" (;@");
  scratch_.Hex(op.offset);
  scratch_.Text(";)");
}

// False with error_ set when `op` cannot stand here.
bool BodyPrinter::AddOperator(const Operator& op, const IdSpace& locals) {
  Arity arity;
  const OpClass op_class = InfoOf(op.op).op_class;
  if (op_class == OpClass::kSimple || op_class == OpClass::kLocalGet) {
    if (NeedsDataCount(op.op)) needs_data_count_ = true;
    FixedArity(op.op, &arity);
    AddSimple(op, locals, arity);
    return true;
  }
  if (OpensBlock(op_class)) {
    OpenBlock(op, op_class, locals);
    return true;
  }
  if (op_class == OpClass::kEnd || op_class == OpClass::kDelegate) {
    return CloseBlock(op, locals);
  }
  if (op_class == OpClass::kElse || op_class == OpClass::kCatch ||
      op_class == OpClass::kCatchAll) {
    return AddMiddle(op, op_class, locals);
  }
  if (NeedsDataCount(op.op)) needs_data_count_ = true;
  AddSimple(op, locals, ArityOf(op));
  return true;
}

Arity BodyPrinter::ArityOf(const Operator& op) const {
  const OpClass op_class = InfoOf(op.op).op_class;
  uint32_t label_arity = 0;
  if (HasLabelArity(op_class)) {
    const uint32_t label = LabelOf(op, op_class);
    if (label < frames_.size()) {
      label_arity = frames_[frames_.size() - 1 - label].label_arity;
    }
  }
  return OperatorArity(module_, op, label_arity, frames_[0].results);
}

void BodyPrinter::AddSimple(const Operator& op, const IdSpace& locals,
                            Arity arity) {
  const auto root = static_cast<uint32_t>(nodes_.size());
  AddNode(Kind::kTree);
  AppendText(op, locals);
  if (folded_ && TakeOperands(arity.operands, root)) {
    Finish(root, arity.results);
  } else {
    nodes_[root].kind = Kind::kPlain;
    ForgetOperands();
  }
}

// Makes the last `count` operands part of the tree of `root`, if they are
// there.
bool BodyPrinter::TakeOperands(uint32_t count, uint32_t root) {
  Node& node = nodes_[root];
  if (count == 0) {
    node.first = root;
    node.outermost = root;
    return true;
  }
  if (operands_.size() - frames_.back().operands < count) return false;
  const size_t kept = operands_.size() - count;
  for (size_t i = kept; i < operands_.size(); ++i) {
    const Node& operand = nodes_[operands_[i]];
    node.breaks |= operand.breaks || operand.is_hinted;
  }
  node.inner = operands_[kept];
  node.first = nodes_[node.inner].first;
  nodes_[node.first].outermost = root;
  operands_.resize(kept);
  return true;
}

void BodyPrinter::Finish(uint32_t root, uint32_t results) {
  if (results == 1) {
    operands_.push_back(root);
  } else {
    ForgetOperands();
  }
}

void BodyPrinter::OpenBlock(const Operator& op, OpClass op_class,
                            const IdSpace& locals) {
  const Arity arity = BlockArity(module_, op.block_type);
  const auto head = static_cast<uint32_t>(nodes_.size());
  AddNode(Kind::kFlatBegin);
  AppendText(op, locals);
  Frame frame;
  frame.op_class = op_class;
  frame.head = head;
  frame.results = arity.results;
  frame.label_arity =
      op_class == OpClass::kLoop ? arity.operands : arity.results;
  // The operands of a block come from before it.
  frame.has_params = arity.operands > 0;
  if (frame.has_params) ForgetOperands();
  if (!folded_ || op_class == OpClass::kTry) {
    ForgetOperands();
  } else if (op_class != OpClass::kIf) {
    frame.is_folded = true;
    nodes_[head].first = head;
    nodes_[head].kind = Kind::kBegin;
  } else if (TakeOperands(1, head)) {
    frame.is_folded = true;
    nodes_[head].kind = Kind::kThen;
  } else {
    ForgetOperands();
  }
  frame.operands = operands_.size();
  frames_.push_back(frame);
  labels_.Push();
}

bool BodyPrinter::AddMiddle(const Operator& op, OpClass op_class,
                            const IdSpace& locals) {
  Frame& frame = frames_.back();
  const bool is_else = op_class == OpClass::kElse;
  const OpClass wanted = is_else ? OpClass::kIf : OpClass::kTry;
  if (frames_.size() == 1 || frame.op_class != wanted || frame.has_else) {
    error_ = is_else ? "else without an if"
                     : "catch without a try, or behind a catch_all";
    return false;
  }
  ForgetOperands();
  frame.has_catch |= !is_else;
  frame.has_else |= op_class != OpClass::kCatch;
  AddNode(frame.is_folded ? Kind::kElse : Kind::kFlatMiddle);
  AppendText(op, locals);
  return true;
}

bool BodyPrinter::CloseBlock(const Operator& op, const IdSpace& locals) {
  const Frame frame = frames_.back();
  const bool is_delegate = op.op == Op::kDelegate;
  if (is_delegate && (frames_.size() == 1 || frame.op_class != OpClass::kTry ||
                      frame.has_catch || frame.has_else)) {
    error_ = "delegate without a try, or behind a catch";
    return false;
  }
  ForgetOperands();
  frames_.pop_back();
  if (frames_.empty()) {
    AddNode(Kind::kPlain);
    return true;
  }
  labels_.Pop();
  const auto root = static_cast<uint32_t>(nodes_.size());
  AddNode(Kind::kFlatEnd);
  AppendText(op, locals);
  if (!frame.is_folded) {
    ForgetOperands();
    return true;
  }
  Node& node = nodes_[root];
  Node& head = nodes_[frame.head];
  node.kind = frame.op_class == OpClass::kIf ? Kind::kIfEnd : Kind::kEnd;
  node.head = frame.head;
  node.breaks = true;
  node.first = head.first;
  node.inner = head.inner;
  nodes_[node.first].outermost = root;
  if (frame.has_params) {
    ForgetOperands();
  } else {
    Finish(root, frame.results);
  }
  return true;
}

void BodyPrinter::Emit(uint32_t level) {
  level_ = level;
  const auto end = static_cast<uint32_t>(nodes_.size() - 1);
  for (uint32_t node = 0; node < end;) {
    const uint32_t next = OpenTrees(node);
    if (next == node) EmitNode(node++);
    node = std::max(node, next);
  }
}

// Prints the beginnings of the trees that begin at `first`, and all of one that
// fits on a line. Returns the first node of which nothing has been printed,
// `first` if it is there that trees end.
uint32_t BodyPrinter::OpenTrees(uint32_t first) {
  for (uint32_t root = nodes_[first].outermost; root != kNone;
       root = nodes_[root].inner) {
    const Node& node = nodes_[root];
    const uint32_t head = node.head == kNone ? root : node.head;
    EmitHint(nodes_[head]);
    layout_.NewLine(level_);
    if (!node.breaks && Width(first, root) <= layout_.Left()) {
      EmitLine(first, root);
      return root + 1;
    }
    out_.Char('(');
    out_.Text(TextOf(head));
    ++level_;
    if (node.kind != Kind::kIfEnd) continue;
    const Node& condition = nodes_[node.inner];
    if (!condition.breaks && !condition.is_hinted &&
        Width(first, node.inner) < layout_.Left()) {
      out_.Char(' ');
      EmitLine(first, node.inner);
      return node.inner + 1;
    }
  }
  return first;
}

void BodyPrinter::EmitNode(uint32_t index) {
  const Node& node = nodes_[index];
  switch (node.kind) {
    case Kind::kTree:
      --level_;
      return out_.Char(')');
    case Kind::kPlain:
      EmitHint(node);
      return EmitPlain(index);
    case Kind::kBegin:
      return;
    case Kind::kThen:
      return OpenArm("(then");
    case Kind::kElse:
      CloseArm(index);
      return OpenArm("(else");
    case Kind::kEnd:
      --level_;
      if (node.head + 1 != index) layout_.NewLine(level_);
      return out_.Char(')');
    case Kind::kIfEnd:
      CloseArm(index);
      layout_.NewLine(--level_);
      return out_.Char(')');
    case Kind::kFlatBegin:
      EmitHint(node);
      EmitPlain(index);
      ++level_;
      return;
    case Kind::kFlatMiddle:
      --level_;
      EmitPlain(index);
      ++level_;
      return;
    case Kind::kFlatEnd:
      --level_;
      return EmitPlain(index);
  }
}

void BodyPrinter::EmitPlain(uint32_t index) {
  layout_.NewLine(level_);
  out_.Text(TextOf(index));
}

void BodyPrinter::OpenArm(absl::string_view text) {
  layout_.NewLine(level_++);
  out_.Text(text);
}

void BodyPrinter::CloseArm(uint32_t end) {
  --level_;
  const Kind before = nodes_[end - 1].kind;
  if (before != Kind::kThen && before != Kind::kElse) layout_.NewLine(level_);
  out_.Char(')');
}

void BodyPrinter::EmitHint(const Node& node) {
  if (!node.is_hinted) return;
  layout_.NewLine(level_);
  out_.Text(node.is_likely ? "(@metadata.code.branch_hint \"\\01\")"
                           : "(@metadata.code.branch_hint \"\\00\")");
}

// REQUIRES: no node of the tree breaks.
void BodyPrinter::EmitLine(uint32_t first, uint32_t root) {
  const auto width = static_cast<size_t>(Width(first, root));
  char* to = out_.Open(width + PrintBuffer::kSlack);
  const char* const texts = scratch_.data();
  uint32_t open = root;
  for (uint32_t node = first;; open = nodes_[++node].outermost) {
    for (; open != kNone; open = nodes_[open].inner) {
      if (node != first || open != root) *to++ = ' ';
      *to++ = '(';
      const uint32_t begin = nodes_[open].text;
      const uint32_t size = nodes_[open + 1].text - begin;
      std::memcpy(to, texts + begin, PrintBuffer::kSlack);
      if (size > PrintBuffer::kSlack) std::memcpy(to, texts + begin, size);
      to += size;
    }
    *to++ = ')';
    if (node == root) break;
  }
  out_.Close(to);
}

absl::string_view BodyPrinter::TextOf(uint32_t node) const {
  const uint32_t begin = nodes_[node].text;
  return {scratch_.data() + begin, nodes_[node + 1].text - begin};
}

int64_t BodyPrinter::Width(uint32_t first, uint32_t root) const {
  const int64_t texts = nodes_[root + 1].text - nodes_[first].text;
  return texts + kColumnsPerNode * (int64_t{root} - first + 1) - 1;
}

}  // namespace weft::wasm
