// One pass over the tokens with a stack of open regions. Every value is known
// where it is used; only the number of parameters of a label is not, so that
// the numbers of edge arguments are checked at the end.
#include "ir/text_parser.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ir/operand_types.h"
#include "ir/text_immediates.h"
#include "ir/text_lexer.h"
#include "ir/text_parser_state.h"
#include "ir/wasm/operator.h"

namespace weft::ir {

using wasm::CatchClause;
using wasm::Module;
using wasm::Operator;

namespace {

// A body of more locals would be refused anyway.
constexpr uint64_t kMaxLocals = 1u << 24;

}  // namespace

// -- Header -------------------------------------------------------------------

bool TextParser::TypeList(std::vector<ValueType>* types) {
  if (!in_.Expect("(")) return false;
  if (in_.Accept(")")) return true;
  do {
    types->emplace_back();
    if (!in_.ValueType(&types->back())) return false;
  } while (in_.Accept(","));
  return in_.Expect(")");
}

bool TextParser::Locals() {
  do {
    ValueType type;
    uint64_t count = 1;
    if (!in_.ValueType(&type)) return false;
    if (in_.Accept("*") && !in_.Integer(&count)) return false;
    if (count > kMaxLocals || f_.local_types.size() + count > kMaxLocals) {
      return in_.Fail("too many locals");
    }
    f_.local_types.insert(f_.local_types.end(), count, type);
  } while (in_.Accept(","));
  return in_.ExpectNewline();
}

bool TextParser::Pinned() {
  do {
    uint32_t local = 0;
    const Token at = in_.peek();
    if (!in_.Index(&local)) return false;
    if (local >= f_.local_types.size()) return in_.Fail(at, "no such local");
    f_.pinned.resize(f_.local_types.size(), false);
    f_.pinned[local] = true;
  } while (in_.Accept(","));
  return in_.ExpectNewline();
}

bool TextParser::Header() {
  in_.SkipNewlines();
  if (!in_.Expect("func") || !TypeList(&f_.params) || !in_.Expect("->") ||
      !TypeList(&f_.results) || !in_.Expect("{") || !in_.ExpectNewline()) {
    return false;
  }
  f_.local_types = f_.params;
  while (true) {
    if (in_.Accept("locals")) {
      if (!Locals()) return false;
    } else if (in_.Accept("pinned")) {
      if (!Pinned()) return false;
    } else {
      f_.pinned.resize(f_.local_types.size(), false);
      return true;
    }
  }
}

// -- Names and operands -------------------------------------------------------

bool TextParser::ReadName(Name* name) {
  name->at = in_.peek();
  if (!in_.Reference(TokenKind::kValue, &name->number)) return false;
  if (in_.peek().kind == TokenKind::kLocal &&
      !in_.Reference(TokenKind::kLocal, &name->local)) {
    return false;
  }
  return !in_.Accept(":") || in_.ValueType(&name->type);
}

bool TextParser::Results(std::vector<Name>* names) {
  if (in_.peek().kind != TokenKind::kValue) return true;
  do {
    names->emplace_back();
    if (!ReadName(&names->back())) return false;
  } while (in_.Accept(","));
  return in_.Expect("=");
}

bool TextParser::Define(const Name& name, ValueId id) {
  if (!values_.insert({name.number, id}).second) {
    return in_.Fail(name.at, "the value is defined twice");
  }
  if (name.local != kNoLocal && name.local >= f_.local_types.size()) {
    return in_.Fail(name.at, "its source local does not exist");
  }
  f_.inst(id).local = name.local;
  if (!(name.type == ValueType())) f_.inst(id).type = name.type;
  return true;
}

// A parameter of a region, or a value of a catch arm, at the end of body_.
bool TextParser::DefineParam(Op op, RegionId region, uint32_t index,
                             const Name& name) {
  if (name.type == ValueType()) {
    return in_.Fail(name.at, "a parameter needs its type");
  }
  const ValueId id = f_.New(op, name.type, {f_.region(region).inst}, index);
  f_.Append(body_, id);
  if (op != kCatchParam) f_.region(region).params.push_back(id);
  return Define(name, id);
}

bool TextParser::Value(ValueId* id) {
  const Token at = in_.peek();
  uint32_t number = 0;
  if (!in_.Reference(TokenKind::kValue, &number)) return false;
  const auto found = values_.find(number);
  if (found == values_.end()) return in_.Fail(at, "no such value so far");
  *id = found->second;
  return true;
}

// Appends the values that follow.
bool TextParser::Operands() {
  while (in_.peek().kind == TokenKind::kValue) {
    ValueId id;
    if (!Value(&id)) return false;
    operands_.push_back(id);
  }
  return true;
}

// Appends the values of [a, b, ...], if there are any.
bool TextParser::Args() {
  if (!in_.Accept("[")) return true;
  do {
    ValueId id;
    if (!Value(&id)) return false;
    operands_.push_back(id);
  } while (in_.Accept(","));
  return in_.Expect("]");
}

bool TextParser::Label(RegionId* region) {
  const Token at = in_.peek();
  uint32_t number = 0;
  if (!in_.Reference(TokenKind::kLabel, &number)) return false;
  const auto found = labels_.find(number);
  if (found == labels_.end()) return in_.Fail(at, "no such label around it");
  *region = found->second;
  return true;
}

// -- Instructions -------------------------------------------------------------

// Gives the results of `id` their names and types.
bool TextParser::Bind(ValueId id, const std::vector<Name>& names,
                      const Token& at) {
  DerivedTypes(module_, f_, id, &types_);
  if (types_.size() != names.size()) {
    return in_.Fail(
        at, absl::StrCat("results: ", types_.size(), ", not ", names.size()));
  }
  if (types_.size() == 1) {
    f_.inst(id).type = types_[0];
    return Define(names[0], id);
  }
  for (uint32_t i = 0; i < types_.size(); ++i) {
    const ValueId result = f_.New(kResult, types_[i], {id}, i);
    f_.Append(body_, result);
    if (!Define(names[i], result)) return false;
  }
  return true;
}

bool TextParser::PlainOperation(Op op, const std::vector<Name>& names,
                                const Token& at) {
  Operator decoded;
  decoded.op = op;
  ValueType type;
  if (!ReadImmediates(&in_, &decoded, &type) || !Operands()) return false;
  const ValueId id = Emit(decoded.op, f_.StoreImmediates(decoded));
  f_.inst(id).type = type;
  const char* error = ImmediateError(module_, f_, id);
  if (*error != '\0') return in_.Fail(at, error);
  if (decoded.op == Op::kSelect && !operands_.empty()) {
    f_.inst(id).type = f_.inst(operands_[0]).type;
  }
  OperandTypes(module_, f_, id, &types_);
  if (types_.size() != operands_.size()) {
    return in_.Fail(at, absl::StrCat("operands: ", types_.size(), ", not ",
                                     operands_.size()));
  }
  if (decoded.op == Op::kSelect) f_.inst(id).type = ValueType();
  return Bind(id, names, at);
}

// Operators that only the SSA form has, and those whose only operands are
// arguments.
bool TextParser::IrOperation(absl::string_view word, bool* known, ValueId* id) {
  *known = true;
  uint32_t index = 0;
  if (word == "param" || word == "default") {
    const Token at = in_.peek();
    if (!in_.Index(&index)) return false;
    const size_t count =
        word == "param" ? f_.params.size() : f_.local_types.size();
    if (index >= count) return in_.Fail(at, "no such local");
    *id = Emit(word == "param" ? kParam : kDefault, index);
    return true;
  }
  if (word == "copy") {
    operands_.emplace_back();
    if (!Value(&operands_.back())) return false;
    *id = Emit(kCopy, 0);
    return true;
  }
  if (word == "exit" || word == "return") {
    const Token at = in_.peek();
    if (!Args()) return false;
    *id = Emit(word == "exit" ? kExit : Op::kReturn, 0);
    const uint32_t count = static_cast<uint32_t>(operands_.size());
    if (f_.num_edges(*id) > 0) {
      edges_.push_back({*id, 0, count, at});
    } else if (count > 0) {
      return in_.Fail(at, "a loop's end takes no arguments");
    }
    return true;
  }
  if (word == "rethrow") {
    RegionId region;
    if (!Label(&region)) return false;
    *id = Emit(Op::kRethrow, region.index);
    return true;
  }
  *known = false;
  return true;
}

bool TextParser::Branch(Op op, ValueId* id) {
  if (op == Op::kBrTable) return Table(id);
  const Token at = in_.peek();
  RegionId target;
  if (!Label(&target)) return false;
  uint32_t imm = target.index;
  if (op == Op::kBrOnCast || op == Op::kBrOnCastFail) {
    ValueType from, to;
    if (!in_.RefType(&from) || !in_.RefType(&to)) return false;
    imm = static_cast<uint32_t>(f_.cast_branches.size());
    const uint32_t flags =
        (from.nullable() ? 1u : 0u) | (to.nullable() ? 2 : 0);
    f_.cast_branches.push_back({target, flags, {from.heap(), to.heap()}});
  }
  size_t own = 0;
  if (op != Op::kBr) {
    operands_.emplace_back();
    if (!Value(&operands_.back())) return false;
    own = 1;
  }
  if (!Args()) return false;
  *id = Emit(op, imm);
  edges_.push_back({*id, 0, static_cast<uint32_t>(operands_.size() - own), at});
  return true;
}

bool TextParser::Table(ValueId* id) {
  const Token at = in_.peek();
  BranchTable table;
  operands_.emplace_back();
  if (!Value(&operands_.back()) || !in_.Expect("(")) return false;
  while (!in_.Accept(")")) {
    RegionId target;
    if (!Label(&target)) return false;
    const auto found =
        std::find(table.targets.begin(), table.targets.end(), target);
    table.labels.push_back(
        static_cast<uint32_t>(found - table.targets.begin()));
    if (found == table.targets.end()) table.targets.push_back(target);
  }
  std::vector<uint32_t> counts(table.targets.size(), 0);
  size_t next = 0;
  while (in_.peek().kind == TokenKind::kLabel) {
    const Token label = in_.peek();
    RegionId target;
    if (!Label(&target)) return false;
    while (next < counts.size() && table.targets[next] != target) ++next;
    if (next == counts.size()) {
      return in_.Fail(label, "targets with arguments are out of order");
    }
    const size_t before = operands_.size();
    if (!Args()) return false;
    counts[next++] = static_cast<uint32_t>(operands_.size() - before);
  }
  const uint32_t index = static_cast<uint32_t>(f_.branch_tables.size());
  f_.branch_tables.push_back(std::move(table));
  *id = Emit(Op::kBrTable, index);
  for (uint32_t e = 0; e < counts.size(); ++e) {
    edges_.push_back({*id, e, counts[e], at});
  }
  return true;
}

bool TextParser::Operation(const std::vector<Name>& names) {
  operands_.clear();
  const Token at = in_.Next();
  if (at.kind != TokenKind::kWord) return in_.Fail(at, "expected an operator");
  ValueId id;
  bool known = false;
  if (!IrOperation(at.text, &known, &id)) return false;
  if (known) return Bind(id, names, at) && in_.ExpectNewline();
  const Op op = wasm::OpFromText(at.text);
  switch (op) {
    case Op::kCount:
    case Op::kNop:
    case Op::kDrop:
    case Op::kElse:
    case Op::kEnd:
    case Op::kCatch:
    case Op::kCatchAll:
    case Op::kDelegate:
      return in_.Fail(at, "the SSA form has no such operator");
    case Op::kBlock:
    case Op::kLoop:
    case Op::kIf:
    case Op::kTry:
    case Op::kTryTable:
      if (!names.empty()) return in_.Fail(at, "a region has no results");
      return Region(op) && in_.ExpectNewline();
    default:
      break;
  }
  if (IsBranch(op)) {
    if (!Branch(op, &id) || !Bind(id, names, at)) return false;
  } else if (!PlainOperation(op, names, at)) {
    return false;
  }
  return in_.ExpectNewline();
}

bool TextParser::Line() {
  if (in_.Accept("}")) return CloseArm();
  std::vector<Name> names;
  return Results(&names) && Operation(names);
}

// Every edge has as many arguments as its target takes.
bool TextParser::CheckEdges() {
  for (const Edge& edge : edges_) {
    const uint32_t arity = f_.arity(f_.edge_target(edge.inst, edge.edge));
    ImplicitTypes(module_, f_, edge.inst, edge.edge, &types_);
    if (edge.count + types_.size() != arity) {
      return in_.Fail(edge.at, absl::StrCat("the target takes ", arity,
                                            " values, the branch brings ",
                                            edge.count + types_.size()));
    }
  }
  for (uint32_t r = 1; r < f_.num_regions(); ++r) {
    // Of try_table all values are implicit.
    if (f_.region(RegionId(r)).kind != RegionKind::kTryTable) continue;
    for (const Handler& handler : f_.region(RegionId(r)).handlers) {
      const bool has_tag = handler.kind == CatchClause::kCatch ||
                           handler.kind == CatchClause::kCatchRef;
      if (has_tag && handler.tag >= module_.tags.size()) {
        return in_.Fail("a tag of a try_table is out of range");
      }
    }
  }
  return true;
}

absl::Status TextParser::Run() {
  f_.Clear();
  if (!Header()) return in_.status();
  const RegionId root = f_.NewRegion(RegionKind::kFunction, 1);
  open_.push_back({root, 0, BodyId()});
  labels_[0] = root;
  body_ = f_.root_body();
  while (!open_.empty()) {
    if (in_.peek().kind == TokenKind::kEnd) {
      in_.Fail("expected '}'");
      return in_.status();
    }
    if (!Line()) return in_.status();
  }
  CheckEdges();
  return in_.status();
}

absl::Status ParseFunction(const Module& module, absl::string_view text,
                           Function* function) {
  return TextParser(module, text, function).Run();
}

}  // namespace weft::ir
