// Regions in the text form of functions.
#include "ir/text_parser_state.h"
#include "ir/wasm/operator.h"

namespace weft::ir {

using wasm::CatchClause;

bool TextParser::LoopParams(std::vector<Name>* names) {
  if (!in_.Accept("(")) return true;
  do {
    names->emplace_back();
    operands_.emplace_back();
    if (!ReadName(&names->back()) || !in_.Expect("=") ||
        !Value(&operands_.back())) {
      return false;
    }
  } while (in_.Accept(","));
  return in_.Expect(")");
}

bool TextParser::Clauses(RegionId region) {
  if (!in_.Accept("[")) return true;
  constexpr absl::string_view kKinds[] = {"catch", "catch_ref", "catch_all",
                                          "catch_all_ref"};
  do {
    Handler handler;
    uint8_t kind = 0;
    while (kind < 4 && !in_.Accept(kKinds[kind])) ++kind;
    if (kind == 4) return in_.Fail("expected a catch clause");
    handler.kind = static_cast<CatchClause::Kind>(kind);
    if (kind < CatchClause::kCatchAll && !in_.Index(&handler.tag)) return false;
    if (!Label(&handler.target)) return false;
    f_.region(region).handlers.push_back(handler);
  } while (in_.Accept(","));
  return in_.Expect("]");
}

bool TextParser::Region(Op op) {
  RegionKind kind = RegionKind::kBlock;
  if (op == Op::kLoop) kind = RegionKind::kLoop;
  if (op == Op::kIf) kind = RegionKind::kIf;
  if (op == Op::kTry) kind = RegionKind::kTry;
  if (op == Op::kTryTable) kind = RegionKind::kTryTable;
  const Token at = in_.peek();
  Open open;
  if (!in_.Reference(TokenKind::kLabel, &open.label)) return false;
  open.outer = body_;
  open.region = f_.NewRegion(kind, kind == RegionKind::kIf ? 2 : 1);
  std::vector<Name> params;
  switch (kind) {
    case RegionKind::kIf:
      operands_.emplace_back();
      if (!Value(&operands_.back())) return false;
      break;
    case RegionKind::kLoop:
      if (!LoopParams(&params)) return false;
      break;
    case RegionKind::kTryTable:
      if (!Clauses(open.region)) return false;
      break;
    default:
      break;
  }
  f_.region(open.region).inst = Emit(op, open.region.index);
  body_ = f_.body_of(open.region, 0);
  for (uint32_t i = 0; i < params.size(); ++i) {
    if (!DefineParam(kLoopParam, open.region, i, params[i])) return false;
  }
  if (!labels_.insert({open.label, open.region}).second) {
    return in_.Fail(at, "a region around it has the same label");
  }
  open_.push_back(open);
  return in_.Expect("{");
}

bool TextParser::CatchArm(bool all) {
  const RegionId region = open_.back().region;
  if (f_.region(region).kind != RegionKind::kTry) {
    return in_.Fail("only try has such an arm");
  }
  Handler handler;
  handler.kind = all ? CatchClause::kCatchAll : CatchClause::kCatch;
  if (!all && !in_.Index(&handler.tag)) return false;
  f_.AddBody(region);
  f_.region(region).handlers.push_back(handler);
  body_ = f_.body_of(region, f_.region(region).num_bodies - 1);
  if (in_.Accept("(")) {
    uint32_t index = 0;
    do {
      Name name;
      if (!ReadName(&name) ||
          !DefineParam(kCatchParam, region, index++, name)) {
        return false;
      }
    } while (in_.Accept(","));
    if (!in_.Expect(")")) return false;
  }
  return in_.Expect("{") && in_.ExpectNewline();
}

bool TextParser::LabelParams(RegionId region) {
  if (!in_.Accept("->")) return true;
  if (!in_.Expect("(")) return false;
  uint32_t index = 0;
  do {
    Name name;
    if (!ReadName(&name) || !DefineParam(kLabelParam, region, index++, name)) {
      return false;
    }
  } while (in_.Accept(","));
  return in_.Expect(")");
}

// Behind the `}` of an arm.
bool TextParser::CloseArm() {
  const Open open = open_.back();
  ir::Region& region = f_.region(open.region);
  const bool in_then =
      region.kind == RegionKind::kIf && body_ == f_.body_of(open.region, 0);
  if (in_then) {
    if (!in_.Expect("else") || !in_.Expect("{")) return false;
    body_ = f_.body_of(open.region, 1);
    return in_.ExpectNewline();
  }
  if (in_.Accept("catch")) return CatchArm(false);
  if (in_.Accept("catch_all")) return CatchArm(true);
  labels_.erase(open.label);
  open_.pop_back();
  if (in_.Accept("delegate")) {
    RegionId target;
    if (!Label(&target)) return false;
    f_.region(open.region).delegate = target;
  }
  if (open.region == Function::root()) {
    in_.SkipNewlines();
    return in_.peek().kind == TokenKind::kEnd ||
           in_.Fail("expected nothing behind the function");
  }
  body_ = open.outer;
  if (region.kind != RegionKind::kLoop && !LabelParams(open.region)) {
    return false;
  }
  return in_.ExpectNewline();
}

}  // namespace weft::ir
