// One loop over the tokens with a stack of what is open. A folded instruction
// is encoded when its immediates have been read and waits, as bytes, until its
// operands have been written.
#include "ir/wasm/text/code_parser.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ir/wasm/text/annotations.h"

namespace weft::wasm {
namespace {

// What an operator is to the structure of the text.
enum class Role : uint8_t {
  kPlain,
  kBlock,  // Lasts to its end.
  kTry,
  kIf,
  kElse,
  kEnd,
  kCatch,
  kDelegate,
};

Role RoleOf(OpClass op_class) {
  switch (op_class) {
    case OpClass::kBlock:
    case OpClass::kLoop:
    case OpClass::kTryTable:
      return Role::kBlock;
    case OpClass::kTry:
      return Role::kTry;
    case OpClass::kIf:
      return Role::kIf;
    case OpClass::kElse:
      return Role::kElse;
    case OpClass::kEnd:
      return Role::kEnd;
    case OpClass::kCatch:
    case OpClass::kCatchAll:
      return Role::kCatch;
    case OpClass::kDelegate:
      return Role::kDelegate;
    case OpClass::kSimple:
    case OpClass::kUnreachable:
    case OpClass::kNop:
    case OpClass::kRethrow:
    case OpClass::kThrow:
    case OpClass::kThrowRef:
    case OpClass::kBr:
    case OpClass::kBrIf:
    case OpClass::kBrTable:
    case OpClass::kBrOnNull:
    case OpClass::kBrOnNonNull:
    case OpClass::kBrOnCast:
    case OpClass::kReturn:
    case OpClass::kCall:
    case OpClass::kCallIndirect:
    case OpClass::kCallRef:
    case OpClass::kReturnCall:
    case OpClass::kReturnCallIndirect:
    case OpClass::kReturnCallRef:
    case OpClass::kDrop:
    case OpClass::kSelect:
    case OpClass::kSelectTyped:
    case OpClass::kLocalGet:
    case OpClass::kLocalSet:
    case OpClass::kLocalTee:
    case OpClass::kGlobalGet:
    case OpClass::kGlobalSet:
    case OpClass::kTableGet:
    case OpClass::kTableSet:
    case OpClass::kTableGrow:
    case OpClass::kTableFill:
    case OpClass::kTableCopy:
    case OpClass::kTableInit:
    case OpClass::kMemoryCopy:
    case OpClass::kRefNull:
    case OpClass::kRefIsNull:
    case OpClass::kRefFunc:
    case OpClass::kRefAsNonNull:
    case OpClass::kRefTest:
    case OpClass::kRefCast:
    case OpClass::kStructNew:
    case OpClass::kStructNewDefault:
    case OpClass::kStructGet:
    case OpClass::kStructSet:
    case OpClass::kArrayNew:
    case OpClass::kArrayNewDefault:
    case OpClass::kArrayNewFixed:
    case OpClass::kArrayNewSegment:
    case OpClass::kArrayGet:
    case OpClass::kArraySet:
    case OpClass::kArrayFill:
    case OpClass::kArrayCopy:
    case OpClass::kArrayInit:
    case OpClass::kConvertExtern:
      return Role::kPlain;
  }
  return Role::kPlain;
}

}  // namespace

CodeParser::CodeParser(TextModule* module, ByteWriter* out)
    : m_(*module), reader_(module->reader), out_(out) {}

bool CodeParser::BeginFunction(FuncIndex func, const TypeUse& use,
                               uint32_t num_params) {
  func_ = func;
  num_locals_ = 0;
  num_blocks_ = 0;
  local_ids_.clear();
  local_groups_.clear();
  label_names_.clear();
  local_names_.clear();
  hints_.clear();
  for (const TypeUse::ParamName& param : use.names) {
    num_locals_ = param.param;
    if (!BindLocal(param.id, param.name)) return false;
  }
  num_locals_ = num_params;
  return true;
}

bool CodeParser::BindLocal(const Token& id, absl::string_view name) {
  if (id.kind != TokenKind::kEnd &&
      !local_ids_.emplace(reader_.IdName(id), num_locals_).second) {
    return reader_.FailAt(id.begin, absl::StrCat("duplicate local identifier ",
                                                 reader_.Text(id)));
  }
  if (name.data() != nullptr) local_names_.push_back({num_locals_, name});
  return true;
}

bool CodeParser::ParseLocals() {
  while (reader_.TakeForm("local")) {
    Token id;
    absl::string_view name;
    if (!m_.TakeIdAndName(&id, &name)) return false;
    bool one = name.data() != nullptr;
    if (one && !BindLocal(id, name)) return false;
    while (one || reader_.kind() != TokenKind::kRight) {
      ValueType type;
      if (!m_.ExpectValueType(&type)) return false;
      ++num_locals_;
      if (local_groups_.empty() || !(local_groups_.back().type == type)) {
        local_groups_.push_back({0, type});
      }
      ++local_groups_.back().count;
      if (one) break;
    }
    if (!reader_.ExpectRight()) return false;
  }
  return true;
}

bool CodeParser::ParseBody() {
  body_begin_ = out_->size();
  if (!ParseLocals()) return false;
  WriteLocals(local_groups_, out_);
  in_function_ = true;
  if (!ParseExpr()) return false;
  in_function_ = false;
  if (!local_names_.empty()) {
    m_.names.locals.push_back({func_, local_names_});
  }
  if (!label_names_.empty()) {
    m_.names.labels.push_back({func_, label_names_});
  }
  if (!hints_.empty()) m_.hints.push_back({func_, hints_});
  return true;
}

bool CodeParser::ParseExpr() {
  frames_.assign(1, Frame(FrameKind::kBase));
  while (frames_.size() > 1 || reader_.kind() != TokenKind::kRight) {
    if (!Step()) return false;
  }
  out_->Byte(static_cast<uint8_t>(InfoOf(Op::kEnd).code));
  return CheckHint();
}

bool CodeParser::ParseFoldedExpr() {
  if (reader_.kind() != TokenKind::kLeft) {
    return reader_.FailExpected("a folded instruction");
  }
  frames_.assign(1, Frame(FrameKind::kBase));
  do {
    if (!Step()) return false;
  } while (frames_.size() > 1);
  out_->Byte(static_cast<uint8_t>(InfoOf(Op::kEnd).code));
  return true;
}

bool CodeParser::Step() {
  switch (reader_.kind()) {
    case TokenKind::kLeft:
      return Left();
    case TokenKind::kRight:
      return Right();
    case TokenKind::kKeyword:
      return Keyword();
    case TokenKind::kAnnotation:
      return Hint();
    case TokenKind::kEnd:
    case TokenKind::kNumber:
    case TokenKind::kId:
    case TokenKind::kQuotedId:
    case TokenKind::kString:
    case TokenKind::kReserved:
    case TokenKind::kError:
      break;
  }
  return reader_.FailExpected("an instruction");
}

bool CodeParser::Left() {
  Frame& frame = frames_.back();
  if (frame.kind == FrameKind::kTry || frame.kind == FrameKind::kIf) {
    return FoldedArm(&frame);
  }
  return FoldedOp();
}

bool CodeParser::Right() {
  Frame& frame = frames_.back();
  if (!CheckHint()) return false;
  switch (frame.kind) {
    case FrameKind::kOperands:
      EmitPending(frame);
      break;
    case FrameKind::kArm:
      break;
    case FrameKind::kIf:
      if (frame.stage == Stage::kStart) {
        return reader_.FailExpected("'(then ...'");
      }
      [[fallthrough]];
    case FrameKind::kBlock:
      op_.op = Op::kEnd;
      Emit();
      PopLabel();
      break;
    case FrameKind::kTry:
      if (frame.stage == Stage::kStart) {
        return reader_.FailExpected("'(do ...'");
      }
      op_.op = Op::kEnd;
      Emit();
      PopLabel();
      break;
    case FrameKind::kFlatBlock:
    case FrameKind::kFlatIf:
    case FrameKind::kFlatElse:
    case FrameKind::kFlatTry:
    case FrameKind::kFlatCatch:
    case FrameKind::kFlatCatchAll:
      return reader_.FailExpected("'end'");
    case FrameKind::kBase:
      return reader_.FailExpected("an instruction");
  }
  frames_.pop_back();
  reader_.Advance();
  return true;
}

bool CodeParser::TakeOp(bool folded, Op* op) {
  const uint32_t place = reader_.peek().begin;
  const absl::string_view word = folded ? reader_.FormWord() : reader_.text();
  *op = OpFromText(word);
  if (*op == Op::kCount) {
    if (folded) reader_.Advance();
    return reader_.FailExpected("an instruction");
  }
  const Feature feature = InfoOf(*op).feature;
  if (!m_.features.Has(feature)) {
    return reader_.FailAt(place,
                          absl::StrCat(word, " needs feature ",
                                       FeatureName(feature), ", which is off"),
                          absl::StatusCode::kUnimplemented);
  }
  if (folded) reader_.Advance();
  if (next_hint_ != kNoHint && *op != Op::kIf && *op != Op::kBrIf) {
    return reader_.FailAt(hint_offset_, "no hint can be given for this");
  }
  reader_.Advance();
  return true;
}

bool CodeParser::FoldedOp() {
  const uint32_t open = reader_.peek().begin;
  Op op;
  if (!TakeOp(true, &op)) return false;
  op_.op = op;
  switch (RoleOf(InfoOf(op).op_class)) {
    case Role::kPlain:
      break;
    case Role::kBlock:
      return BeginBlock(op, FrameKind::kBlock);
    case Role::kTry:
      return BeginBlock(op, FrameKind::kTry);
    case Role::kIf:
      return BeginIf(FrameKind::kIf);
    case Role::kElse:
    case Role::kEnd:
    case Role::kCatch:
    case Role::kDelegate:
      return reader_.FailAt(open, absl::StrCat("expected an instruction, found "
                                               "'(",
                                               InfoOf(op).text, "'"));
  }
  if (!Immediates()) return false;
  const uint8_t hint = std::exchange(next_hint_, kNoHint);
  if (reader_.kind() == TokenKind::kRight) {
    if (hint != kNoHint) NoteHint(hint);
    Emit();
    reader_.Advance();
    return true;
  }
  Frame& frame = frames_.emplace_back(FrameKind::kOperands);
  frame.hint = hint;
  frame.pending = static_cast<uint32_t>(pending_.size());
  WriteOperator(op_, &pending_);
  return true;
}

bool CodeParser::FoldedArm(Frame* frame) {
  const absl::string_view word = reader_.FormWord();
  return frame->kind == FrameKind::kIf ? FoldedIfArm(frame, word)
                                       : FoldedTryArm(frame, word);
}

bool CodeParser::FoldedIfArm(Frame* frame, absl::string_view word) {
  if (frame->stage == Stage::kStart) {
    if (word != "then") return FoldedOp();
    if (!CheckHint()) return false;
    EmitPending(*frame);
    PushLabel(frame->label_id, frame->label_name);
    frame->stage = Stage::kFirstArm;
  } else {
    if (frame->stage != Stage::kFirstArm || word != "else") {
      return reader_.FailExpected("')'");
    }
    op_.op = Op::kElse;
    Emit();
    frame->stage = Stage::kLastArm;
  }
  reader_.Advance();
  reader_.Advance();
  frames_.emplace_back(FrameKind::kArm);
  return true;
}

bool CodeParser::FoldedTryArm(Frame* frame, absl::string_view word) {
  if (frame->stage == Stage::kStart) {
    if (!reader_.ExpectForm("do")) return false;
    frame->stage = Stage::kFirstArm;
    frames_.emplace_back(FrameKind::kArm);
    return true;
  }
  if (frame->stage == Stage::kLastArm) return reader_.FailExpected("')'");
  if (word == "catch") {
    reader_.TakeForm(word);
    op_.op = Op::kCatch;
    frame->stage = Stage::kMoreArms;
    if (!m_.ExpectIndex(Space::kTag, &op_.index[0])) return false;
  } else if (word == "catch_all") {
    reader_.TakeForm(word);
    op_.op = Op::kCatchAll;
    frame->stage = Stage::kLastArm;
  } else if (word == "delegate" && frame->stage == Stage::kFirstArm) {
    // Ends the block; then the parenthesis of the try.
    reader_.TakeForm(word);
    frame->kind = FrameKind::kArm;
    return Delegate() && reader_.ExpectRight() &&
           (reader_.kind() == TokenKind::kRight || reader_.FailExpected("')'"));
  } else {
    return reader_.FailExpected("'(catch ...', '(catch_all ...' or ')'");
  }
  Emit();
  frames_.emplace_back(FrameKind::kArm);
  return true;
}

// Behind the word. Its label is one around the try.
bool CodeParser::Delegate() {
  PopLabel();
  op_.op = Op::kDelegate;
  if (!ExpectLabel(&op_.index[0])) return false;
  Emit();
  return true;
}

bool CodeParser::Keyword() {
  Frame& frame = frames_.back();
  if (frame.kind == FrameKind::kOperands || frame.kind == FrameKind::kIf ||
      frame.kind == FrameKind::kTry) {
    return reader_.FailExpected("'(' or ')'");
  }
  const uint32_t place = reader_.peek().begin;
  Op op;
  if (!TakeOp(false, &op)) return false;
  op_.op = op;
  switch (RoleOf(InfoOf(op).op_class)) {
    case Role::kPlain:
      if (!Immediates()) return false;
      if (next_hint_ != kNoHint) {
        NoteHint(std::exchange(next_hint_, kNoHint));
      }
      Emit();
      return true;
    case Role::kBlock:
      return BeginBlock(op, FrameKind::kFlatBlock);
    case Role::kTry:
      return BeginBlock(op, FrameKind::kFlatTry);
    case Role::kIf:
      return BeginIf(FrameKind::kFlatIf);
    case Role::kElse:
      if (frame.kind != FrameKind::kFlatIf) break;
      return FlatElse(&frame);
    case Role::kEnd:
      if (frame.kind < FrameKind::kFlatBlock) break;
      return FlatEnd();
    case Role::kCatch:
      if (frame.kind != FrameKind::kFlatTry &&
          frame.kind != FrameKind::kFlatCatch) {
        break;
      }
      return FlatCatch(&frame, op == Op::kCatchAll);
    case Role::kDelegate:
      if (frame.kind != FrameKind::kFlatTry) break;
      frames_.pop_back();
      return Delegate();
  }
  return reader_.FailAt(
      place, absl::StrCat("'", InfoOf(op).text, "' belongs to no block here"));
}

bool CodeParser::BeginBlock(Op op, FrameKind kind) {
  Token id;
  absl::string_view name;
  if (!m_.TakeIdAndName(&id, &name)) return false;
  if (!BlockTypeImmediate()) return false;
  op_.op = op;
  // Labels of catch clauses are those around the block.
  if (op == Op::kTryTable && !Catches()) return false;
  Emit();
  PushLabel(id, name);
  frames_.emplace_back(kind);
  return true;
}

bool CodeParser::BeginIf(FrameKind kind) {
  Frame frame(kind);
  frame.hint = std::exchange(next_hint_, kNoHint);
  if (!m_.TakeIdAndName(&frame.label_id, &frame.label_name)) return false;
  if (!BlockTypeImmediate()) return false;
  op_.op = Op::kIf;
  if (kind == FrameKind::kIf) {
    frame.pending = static_cast<uint32_t>(pending_.size());
    WriteOperator(op_, &pending_);
  } else {
    if (frame.hint != kNoHint) NoteHint(frame.hint);
    Emit();
    PushLabel(frame.label_id, frame.label_name);
  }
  frames_.push_back(frame);
  return true;
}

bool CodeParser::FlatElse(Frame* frame) {
  if (!CheckEndLabel()) return false;
  frame->kind = FrameKind::kFlatElse;
  op_.op = Op::kElse;
  Emit();
  return true;
}

bool CodeParser::FlatEnd() {
  if (!CheckEndLabel()) return false;
  op_.op = Op::kEnd;
  Emit();
  PopLabel();
  frames_.pop_back();
  return true;
}

bool CodeParser::FlatCatch(Frame* frame, bool all) {
  frame->kind = all ? FrameKind::kFlatCatchAll : FrameKind::kFlatCatch;
  op_.op = all ? Op::kCatchAll : Op::kCatch;
  if (!all && !m_.ExpectIndex(Space::kTag, &op_.index[0])) return false;
  Emit();
  return true;
}

// An identifier behind `else` or `end` repeats that of the block.
bool CodeParser::CheckEndLabel() {
  if (!reader_.AtId()) return true;
  if (reader_.IdName(reader_.peek()) != labels_.back().id ||
      labels_.back().id.data() == nullptr) {
    return reader_.Fail(
        absl::StrCat("label ", reader_.text(), " is not that of the block"));
  }
  reader_.Advance();
  return true;
}

void CodeParser::PushLabel(const Token& id, absl::string_view name) {
  Label label{absl::string_view(), kNoIndex};
  if (id.kind != TokenKind::kEnd) {
    label.id = reader_.IdName(id);
    const auto depth = static_cast<uint32_t>(labels_.size());
    const auto [it, is_new] = label_ids_.try_emplace(label.id, depth);
    if (!is_new) label.shadowed = std::exchange(it->second, depth);
  }
  labels_.push_back(label);
  if (in_function_ && name.data() != nullptr) {
    label_names_.push_back({num_blocks_, name});
  }
  ++num_blocks_;
}

void CodeParser::PopLabel() {
  const Label& label = labels_.back();
  if (label.id.data() != nullptr) {
    const auto it = label_ids_.find(label.id);
    if (label.shadowed == kNoIndex) {
      label_ids_.erase(it);
    } else {
      it->second = label.shadowed;
    }
  }
  labels_.pop_back();
}

bool CodeParser::ExpectLabel(uint32_t* depth) {
  if (!reader_.AtId()) {
    return reader_.ExpectU32("a label index or identifier", depth);
  }
  const auto it = label_ids_.find(reader_.IdName(reader_.peek()));
  if (it == label_ids_.end()) {
    return reader_.Fail(absl::StrCat("unknown label ", reader_.text()));
  }
  *depth = static_cast<uint32_t>(labels_.size()) - 1 - it->second;
  reader_.Advance();
  return true;
}

void CodeParser::EmitPending(const Frame& frame) {
  if (frame.hint != kNoHint) NoteHint(frame.hint);
  out_->Bytes(ByteSpan(pending_.bytes()).subspan(frame.pending));
  pending_.mutable_bytes().resize(frame.pending);
}

bool CodeParser::Hint() {
  if (!reader_.AtAnnotation(kBranchHintAnnotation) || !in_function_) {
    return reader_.FailExpected("an instruction");
  }
  if (next_hint_ != kNoHint) return reader_.Fail("a second branch hint");
  hint_offset_ = reader_.peek().begin;
  reader_.Advance();
  absl::string_view value;
  if (!reader_.ExpectString(&value)) return false;
  if (value.size() != 1 || static_cast<uint8_t>(value[0]) > 1) {
    return reader_.FailAt(hint_offset_,
                          "a branch hint is one byte, \"\\00\" or \"\\01\"");
  }
  next_hint_ = static_cast<uint8_t>(value[0]);
  return reader_.ExpectRight();
}

void CodeParser::NoteHint(uint8_t hint) {
  hints_.push_back(
      {static_cast<uint32_t>(out_->size() - body_begin_), hint != 0});
}

bool CodeParser::CheckHint() {
  if (next_hint_ == kNoHint) return true;
  return reader_.FailAt(hint_offset_, "no instruction follows this hint");
}

}  // namespace weft::wasm
