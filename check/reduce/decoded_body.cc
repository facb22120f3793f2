// The stack of validation (spec appendix 7.3), whose entries remember which
// operators made them.
#include "check/reduce/decoded_body.h"

#include <algorithm>
#include <utility>

#include "check/reduce/result_types.h"
#include "ir/wasm/locals.h"
#include "ir/wasm/text/print_arity.h"

namespace weft::check::reducing {
namespace {

using wasm::InfoOf;
using wasm::kNoIndex;
using wasm::Module;
using wasm::Op;
using wasm::OpClass;
using wasm::Operator;
using wasm::ValueType;

// Makes what spans of `*op` point into the body's own.
void TakeOver(Operator* op, DecodedBody* body) {
  if (!op->labels.empty() && op->op == Op::kBrTable) {
    op->labels =
        body->labels.emplace_back(op->labels.begin(), op->labels.end());
  } else {
    op->labels = {};
  }
  if (!op->types.empty() && op->op == Op::kSelectTyped) {
    op->types = body->types.emplace_back(op->types.begin(), op->types.end());
  } else {
    op->types = {};
  }
  if (!op->catches.empty() && op->op == Op::kTryTable) {
    op->catches =
        body->catches.emplace_back(op->catches.begin(), op->catches.end());
  } else {
    op->catches = {};
  }
}

class Shaper {
 public:
  Shaper(const Module& module, const wasm::SubType& type, DecodedBody* body)
      : module_(module), body_(*body) {
    Frame& frame = frames_.emplace_back();
    frame.results = type.results;
    frame.label = type.results;
  }

  void Run() {
    body_.shapes.resize(body_.ops.size());
    for (uint32_t i = 0; i < body_.ops.size(); ++i) Visit(i);
  }

 private:
  struct Frame {
    uint32_t opener = kNoIndex;
    uint32_t part = kNoIndex;  // The last opener, else or catch.
    uint32_t begin = kNoIndex;
    size_t height = 0;
    bool dead = false;
    TypeList params;
    TypeList results;
    TypeList label;
  };

  void Visit(uint32_t i) {
    const Operator& op = body_.ops[i];
    OpShape& shape = body_.shapes[i];
    shape.dead = frames_.back().dead;
    if (IsOpener(op.op)) return Open(i);
    if (IsDivider(op.op)) return Divide(i);
    if (IsCloser(op.op)) return Close(i);
    const TypeList label = LabelOf(op);
    const wasm::Arity arity =
        OperatorArity(module_, op, static_cast<uint32_t>(label.size()),
                      static_cast<uint32_t>(frames_[0].results.size()));
    Pop(i, arity.operands);
    operand_types_.clear();
    for (const ValueRange& operand : body_.OperandsOf(i)) {
      operand_types_.push_back(operand.type);
    }
    ResultTypes(module_, op, operand_types_, label, &results_);
    if (op.op == Op::kLocalGet || op.op == Op::kLocalTee) {
      results_[0] = body_.locals[op.index[0]];
    }
    Push(i, shape.begin, results_);
    if (EndsControl(op.op)) {
      frames_.back().dead = true;
      stack_.resize(frames_.back().height);
    }
  }

  // Of the label of a branch; of br_table its default.
  TypeList LabelOf(const Operator& op) const {
    uint32_t label = 0;
    if (op.op == Op::kBrTable) {
      label = op.labels.back();
    } else {
      const int position = LabelPosition(op.op);
      if (position < 0) return {};
      label = op.index[position];
    }
    if (label >= frames_.size()) return {};
    return frames_[frames_.size() - 1 - label].label;
  }

  // Takes the operands of operator `i` and finds where its range begins.
  void Pop(uint32_t i, size_t count) {
    OpShape& shape = body_.shapes[i];
    const size_t height = frames_.back().height;
    const size_t real = std::min(count, stack_.size() - height);
    shape.first_operand = static_cast<uint32_t>(body_.operands.size());
    shape.num_operands = static_cast<uint32_t>(count);
    for (size_t k = real; k < count; ++k) {
      body_.operands.push_back({kNoIndex, kNoIndex, ValueType::kBottom});
    }
    const size_t first = stack_.size() - real;
    body_.operands.insert(body_.operands.end(),
                          stack_.begin() + static_cast<ptrdiff_t>(first),
                          stack_.end());
    shape.begin = real == 0 ? i : stack_[first].begin;
    stack_.resize(first);
    // The lowest of several results began where they all did; taken alone it
    // is no value of its own.
    for (ValueRange& operand :
         absl::MakeSpan(body_.operands).subspan(shape.first_operand, count)) {
      if (operand.last == kNoIndex ||
          body_.shapes[operand.last].num_results != 1) {
        operand.begin = kNoIndex;
      }
    }
  }

  void Push(uint32_t i, uint32_t begin, TypeList types) {
    OpShape& shape = body_.shapes[i];
    shape.num_results = static_cast<uint32_t>(types.size());
    if (types.size() == 1) shape.type = types[0];
    for (size_t k = 0; k < types.size(); ++k) {
      stack_.push_back({k == 0 ? begin : kNoIndex, i, types[k]});
    }
  }

  void Open(uint32_t i) {
    const Operator& op = body_.ops[i];
    const TypeList params = BlockParams(module_, op.block_type);
    Pop(i, params.size() + (op.op == Op::kIf ? 1 : 0));
    Frame frame;
    frame.opener = i;
    frame.part = i;
    frame.begin = body_.shapes[i].begin;
    frame.height = stack_.size();
    frame.dead = frames_.back().dead;
    frame.params = params;
    frame.results = BlockResults(module_, op.block_type);
    frame.label = op.op == Op::kLoop ? frame.params : frame.results;
    frames_.push_back(frame);
    PushUnknown(params);
  }

  void PushUnknown(TypeList types) {
    for (ValueType type : types) stack_.push_back({kNoIndex, kNoIndex, type});
  }

  void NextPart(uint32_t i, Frame* frame) {
    body_.shapes[i].partner = frame->opener;
    if (frame->part != kNoIndex) body_.shapes[frame->part].next_part = i;
    frame->part = i;
  }

  void Divide(uint32_t i) {
    Frame& frame = frames_.back();
    NextPart(i, &frame);
    stack_.resize(frame.height);
    frame.dead = frames_.size() > 1 && frames_[frames_.size() - 2].dead;
    const Operator& op = body_.ops[i];
    if (op.op == Op::kElse) PushUnknown(frame.params);
    if (op.op == Op::kCatch) {
      PushUnknown(module_.types[module_.tags[op.index[0]].type].params);
    }
  }

  void Close(uint32_t i) {
    Frame frame = frames_.back();
    NextPart(i, &frame);
    stack_.resize(frame.height);
    if (frames_.size() == 1) return;
    frames_.pop_back();
    body_.shapes[frame.opener].partner = i;
    body_.shapes[i].begin = frame.begin;
    Push(i, frame.begin, frame.results);
  }

  const Module& module_;
  DecodedBody& body_;
  std::vector<Frame> frames_;
  std::vector<ValueRange> stack_;
  std::vector<ValueType> results_;
  std::vector<ValueType> operand_types_;
};

}  // namespace

bool IsOpener(Op op) {
  const OpClass c = InfoOf(op).op_class;
  return c == OpClass::kBlock || c == OpClass::kLoop || c == OpClass::kIf ||
         c == OpClass::kTryTable || c == OpClass::kTry;
}

bool IsCloser(Op op) { return op == Op::kEnd || op == Op::kDelegate; }

bool IsDivider(Op op) {
  return op == Op::kElse || op == Op::kCatch || op == Op::kCatchAll;
}

bool EndsControl(Op op) {
  const OpClass c = InfoOf(op).op_class;
  return c == OpClass::kUnreachable || c == OpClass::kBr ||
         c == OpClass::kBrTable || c == OpClass::kReturn ||
         c == OpClass::kReturnCall || c == OpClass::kReturnCallIndirect ||
         c == OpClass::kReturnCallRef || c == OpClass::kThrow ||
         c == OpClass::kThrowRef || c == OpClass::kRethrow;
}

absl::StatusOr<DecodedBody> DecodeBody(const Module& module,
                                       wasm::FuncIndex func) {
  DecodedBody body;
  const wasm::Function& function = module.funcs[func];
  const wasm::SubType& type = module.types[function.type];
  body.locals = type.params;
  body.num_params = static_cast<uint32_t>(type.params.size());
  wasm::ByteReader bytes(function.body, function.body_offset);
  absl::Status status = wasm::ReadLocals(&bytes, &body.locals);
  if (!status.ok()) return status;
  wasm::OperatorReader reader(bytes.rest(), bytes.offset(), module.features);
  while (!reader.done()) {
    Operator op;
    if (!reader.TryRead(&op)) return reader.status();
    TakeOver(&op, &body);
    body.ops.push_back(op);
  }
  Shaper(module, type, &body).Run();
  return body;
}

}  // namespace weft::check::reducing
