#include "ir/testing/random_code.h"

#include <utility>

namespace weft::ir::testing {

using wasm::HeapType;

namespace {

using Catch = wasm::CatchClause;

const ValueType kAny = Nullable(HeapType::kAny);
const ValueType kSomeAny = NonNull(HeapType::kAny);
const ValueType kSomeI31 = NonNull(HeapType::kI31);
const ValueType kSomeExn = NonNull(HeapType::kExn);

constexpr int kMaxDepth = 7;

class Generator {
 public:
  Generator(uint64_t seed, const RandomOptions& options, TestModule* module)
      : state_(seed * 0x9e3779b97f4a7c15u + 1),
        options_(options),
        module_(*module),
        budget_(options.statements) {}

  RandomFunction Make();

 private:
  struct Label {
    Types types;          // Of a branch.
    bool closed = false;  // To branches: its values cannot be made.
  };

  uint32_t Random(uint32_t n) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<uint32_t>(state_ >> 33) % n;
  }
  bool Chance(uint32_t percent) { return Random(100) < percent; }
  ValueType AnyType();
  Types SomeTypes(uint32_t max);

  // Each leaves what its name says on the stack.
  void Value(ValueType type);
  void Values(const Types& types) {
    for (ValueType type : types) Value(type);
  }
  void Leaf(ValueType type);
  void I32Value();
  void I64Value();
  void ReferenceValue(ValueType type);
  bool LocalOf(ValueType type, uint32_t* local);
  void BlockValue(ValueType type);
  void BranchValue(ValueType type);
  void HandlerValue(ValueType type);

  void Statements(uint32_t count);
  void Statement();
  void SetLocal();
  void Trace();
  void IfStatement();
  void LoopStatement();
  void BlockStatement();
  void BranchStatement();
  void TableStatement();
  void ReferenceBranch();
  void MultiValueStatement();
  void TryTableStatement();
  void CaughtValues(bool has_i64);
  void LegacyTry();
  void Leave();
  void Store();

  void OpenBlock(Op op, const Types& params, const Types& results);
  void CloseScope();
  void OpenScope(Types branch);
  uint32_t AnyLabel();
  void Guard();
  void Drops(size_t n) {
    while (n-- > 0) code_.Drop();
  }

  uint64_t state_;
  const RandomOptions& options_;
  TestModule& module_;
  int budget_;
  int depth_ = 0;
  RandomFunction out_;
  Code& code_ = out_.code;
  Types all_;  // Parameters and locals.
  std::vector<bool> initialized_;
  std::vector<std::vector<bool>> saved_;
  std::vector<Label> labels_;  // The function's first.
};

ValueType Generator::AnyType() {
  const uint32_t n = Random(options_.references ? 20 : 14);
  if (n < 10) return kI32;
  if (n < 14) return kI64;
  if (n < 17) return kAny;
  return n < 19 ? kSomeAny : kSomeI31;
}

Types Generator::SomeTypes(uint32_t max) {
  Types types;
  for (uint32_t n = Random(max + 1); n > 0; --n) types.push_back(AnyType());
  return types;
}

// -- Scopes -------------------------------------------------------------------

// The depth of a label that branches may go to.
uint32_t Generator::AnyLabel() {
  const uint32_t n = static_cast<uint32_t>(labels_.size());
  uint32_t depth = Random(n);
  while (labels_[n - 1 - depth].closed) ++depth;
  return depth;
}

void Generator::OpenScope(Types branch) {
  labels_.push_back({std::move(branch), false});
  saved_.push_back(initialized_);
  ++depth_;
}

void Generator::CloseScope() {
  labels_.pop_back();
  initialized_ = saved_.back();
  saved_.pop_back();
  --depth_;
}

void Generator::OpenBlock(Op op, const Types& params, const Types& results) {
  if (params.empty() && results.empty()) {
    code_.Open(op);
  } else if (params.empty() && results.size() == 1) {
    code_.Open(op, results[0]);
  } else {
    code_.OpenType(op, module_.Type(params, results));
  }
  OpenScope(op == Op::kLoop ? params : results);
}

void Generator::Guard() {
  code_.Do(Op::kGlobalGet, kGlobalI32).Do(Op::kI32Eqz).If();
  code_.Do(Op::kUnreachable).End();
  code_.Do(Op::kGlobalGet, kGlobalI32).I32(1).Do(Op::kI32Sub);
  code_.Do(Op::kGlobalSet, kGlobalI32);
}

// -- Values -------------------------------------------------------------------

bool Generator::LocalOf(ValueType type, uint32_t* local) {
  const uint32_t n = static_cast<uint32_t>(all_.size());
  const uint32_t start = Random(n);
  for (uint32_t i = 0; i < n; ++i) {
    const uint32_t l = (start + i) % n;
    const bool fits =
        all_[l] == type ||
        (type == kAny && (all_[l] == kSomeAny || all_[l] == kSomeI31)) ||
        (type == kSomeAny && all_[l] == kSomeI31);
    if (fits && initialized_[l]) {
      *local = l;
      return true;
    }
  }
  return false;
}

void Generator::Leaf(ValueType type) {
  uint32_t local;
  if (Chance(75) && LocalOf(type, &local)) {
    code_.Get(local);
  } else if (type == kI32) {
    code_.I32(static_cast<int32_t>(Random(6)));
  } else if (type == kI64) {
    code_.I64(Random(4));
  } else if (type == kAny && Chance(40)) {
    code_.RefNull(HeapType::kAny);
  } else if (type != kSomeI31 && Chance(30)) {
    code_.Do(Op::kStructNewDefault, kTypeStruct);
  } else {
    code_.I32(static_cast<int32_t>(Random(9))).Do(Op::kRefI31);
  }
}

void Generator::Value(ValueType type) {
  if (depth_ > kMaxDepth || Chance(35)) return Leaf(type);
  ++depth_;
  uint32_t local;
  switch (Random(12)) {
    case 0:
      BlockValue(type);
      break;
    case 1:
      BranchValue(type);
      break;
    case 2:
      // Statements while the value waits on the stack.
      Value(type);
      if (budget_ > 0) Statements(1 + Random(2));
      break;
    case 3:
      Value(type);
      Value(type);
      Value(kI32);
      if (type.is_ref()) {
        wasm::Operator select;
        select.op = Op::kSelectTyped;
        select.types = absl::MakeConstSpan(&type, 1);
        code_.Do(select);
      } else {
        code_.Do(Op::kSelect);
      }
      break;
    case 4:
      Value(type);
      if (LocalOf(type, &local) && all_[local] == type) code_.Tee(local);
      break;
    case 5:
      HandlerValue(type);
      break;
    default:
      if (type == kI32) {
        I32Value();
      } else if (type == kI64) {
        I64Value();
      } else {
        ReferenceValue(type);
      }
      break;
  }
  --depth_;
}

void Generator::I32Value() {
  static constexpr Op kBinary[] = {
      Op::kI32Add, Op::kI32Sub, Op::kI32Mul, Op::kI32And, Op::kI32Or,
      Op::kI32Xor, Op::kI32Shl, Op::kI32Eq,  Op::kI32LtS, Op::kI32GtU,
      Op::kI32Ne,  Op::kI32LeS, Op::kI32Add, Op::kI32Sub, Op::kI32DivU};
  switch (Random(10)) {
    case 0:
      Value(kI32);
      code_.Do(Op::kCall, kFuncOne);
      return;
    case 1:
      Value(kI64);
      code_.Do(Chance(50) ? Op::kI32WrapI64 : Op::kI64Eqz);
      return;
    case 2:
      if (!options_.references) break;
      Value(kAny);
      if (Chance(50)) {
        code_.Do(Op::kRefIsNull);
      } else {
        code_.Heap(Op::kRefTest, HeapType::kI31);
      }
      return;
    case 3:
      if (!options_.references) break;
      Value(kSomeI31);
      code_.Do(Op::kI31GetU);
      return;
    case 4:
      if (!options_.memory) break;
      Value(kI32);
      code_.I32(60).Do(Op::kI32And);
      code_.Mem(Chance(70) ? Op::kI32Load : Op::kI32Load8U, Random(3) * 4);
      return;
    case 5:
      Value(kI32);
      code_.Do(Op::kI32Eqz);
      return;
    case 6:
      Value(kI32);
      code_.Do(Op::kCall, kFuncPair).Do(kBinary[Random(9)]);
      return;
    default:
      break;
  }
  Value(kI32);
  Value(kI32);
  code_.Do(kBinary[Random(15)]);
}

void Generator::I64Value() {
  if (Chance(40)) {
    Value(kI32);
    code_.Do(Op::kI64ExtendI32U);
    return;
  }
  Value(kI64);
  Value(kI64);
  code_.Do(Chance(50) ? Op::kI64Add : Op::kI64Mul);
}

void Generator::ReferenceValue(ValueType type) {
  if (type == kAny) {
    if (Chance(30)) {
      code_.Do(Op::kGlobalGet, kGlobalAny);
    } else {
      Value(Chance(50) ? kSomeAny : kSomeI31);
    }
  } else if (type == kSomeAny) {
    if (Chance(50)) {
      Value(kAny);
      code_.Do(Op::kRefAsNonNull);
    } else {
      Value(kSomeI31);
    }
  } else if (Chance(50)) {
    Value(kAny);
    code_.Heap(Op::kRefCast, HeapType::kI31);
  } else {
    Value(kI32);
    code_.Do(Op::kRefI31);
  }
}

void Generator::BlockValue(ValueType type) {
  const uint32_t kind = Random(3);
  if (kind == 2) Value(kI32);
  OpenBlock(kind == 0   ? Op::kBlock
            : kind == 1 ? Op::kLoop
                        : Op::kIf,
            {}, {type});
  if (kind == 1) Guard();
  if (Chance(60)) Statements(1 + Random(2));
  Value(type);
  if (kind == 2) {
    CloseScope();
    code_.Else();
    OpenScope({type});
    if (Chance(40)) Statements(1);
    Value(type);
  }
  CloseScope();
  code_.End();
}

// A value that a conditional branch leaves behind.
void Generator::BranchValue(ValueType type) {
  for (uint32_t depth = 0; depth < labels_.size(); ++depth) {
    const Label& label = labels_[labels_.size() - 1 - depth];
    if (label.closed || label.types != Types{type}) continue;
    Value(type);
    Value(kI32);
    code_.BrIf(depth);
    return;
  }
  Leaf(type);
}

// block (try_table (catch) ... ) as a value.
void Generator::HandlerValue(ValueType type) {
  if (!options_.exceptions || type != kI32) return Leaf(type);
  OpenBlock(Op::kBlock, {}, {kI32});
  const uint32_t target = Random(2);
  code_.TryTable({{Catch::kCatch, kTagI32, target == 0 ? 0u : 0u}});
  OpenScope({});
  Statements(1 + Random(3));
  CloseScope();
  code_.End();
  Value(kI32);
  CloseScope();
  code_.End();
}

// -- Statements ---------------------------------------------------------------

void Generator::Statements(uint32_t count) {
  for (uint32_t i = 0; i < count && budget_ > 0; ++i) Statement();
}

void Generator::Statement() {
  --budget_;
  if (depth_ > kMaxDepth) return SetLocal();
  ++depth_;
  switch (Random(22)) {
    case 0:
    case 1:
      Trace();
      break;
    case 2:
      IfStatement();
      break;
    case 3:
    case 4:
      LoopStatement();
      break;
    case 5:
      BlockStatement();
      break;
    case 6:
    case 7:
    case 8:
      BranchStatement();
      break;
    case 9:
      TableStatement();
      break;
    case 10:
      ReferenceBranch();
      break;
    case 11:
      MultiValueStatement();
      break;
    case 12:
      TryTableStatement();
      break;
    case 13:
      LegacyTry();
      break;
    case 14:
      if (Chance(30)) Leave();
      break;
    case 15:
      Store();
      break;
    case 16:
      Value(AnyType());
      code_.Drop();
      break;
    default:
      SetLocal();
      break;
  }
  --depth_;
}

void Generator::SetLocal() {
  const uint32_t local = Random(static_cast<uint32_t>(all_.size()));
  Value(all_[local]);
  if (Chance(85)) {
    code_.Set(local);
  } else {
    code_.Tee(local).Drop();
  }
  initialized_[local] = true;
}

void Generator::Trace() {
  if (options_.exceptions && Chance(25)) {
    // Throws where the low bits say so.
    Value(kI32);
    code_.I32(3).Do(Op::kI32And).I32(1000).Add();
  } else {
    Value(kI32);
  }
  code_.Do(Op::kCall, kFuncTrace);
}

void Generator::Store() {
  if (!options_.memory) return Trace();
  Value(kI32);
  code_.I32(60).Do(Op::kI32And);
  Value(kI32);
  code_.Mem(Chance(70) ? Op::kI32Store : Op::kI32Store8, Random(3) * 4);
}

void Generator::IfStatement() {
  Value(kI32);
  OpenBlock(Op::kIf, {}, {});
  Statements(1 + Random(3));
  CloseScope();
  if (Chance(50)) {
    code_.Else();
    OpenScope({});
    Statements(1 + Random(3));
    CloseScope();
  }
  code_.End();
}

void Generator::LoopStatement() {
  const Types params = Chance(50) ? Types() : SomeTypes(2);
  const Types results = Chance(70) ? Types() : SomeTypes(2);
  Values(params);
  OpenBlock(Op::kLoop, params, results);
  Guard();
  Drops(params.size());
  Statements(1 + Random(4));
  if (Chance(70)) {
    Values(params);
    Value(kI32);
    code_.BrIf(0);
    Drops(params.size());
  }
  Values(results);
  CloseScope();
  code_.End();
  Drops(results.size());
}

void Generator::BlockStatement() {
  OpenBlock(Op::kBlock, {}, {});
  Statements(1 + Random(4));
  CloseScope();
  code_.End();
}

void Generator::MultiValueStatement() {
  const Types params = SomeTypes(2);
  const Types results = SomeTypes(3);
  Values(params);
  const bool is_if = Chance(40);
  if (is_if) Value(kI32);
  OpenBlock(is_if ? Op::kIf : Op::kBlock, params, results);
  Drops(params.size());
  Statements(1 + Random(3));
  Values(results);
  if (is_if) {
    CloseScope();
    code_.Else();
    OpenScope(results);
    Drops(params.size());
    Values(results);
  }
  CloseScope();
  code_.End();
  for (size_t i = results.size(); i-- > 0;) {
    uint32_t local;
    if (LocalOf(results[i], &local) && all_[local] == results[i]) {
      code_.Set(local);
    } else {
      code_.Drop();
    }
  }
}

void Generator::BranchStatement() {
  const uint32_t depth = AnyLabel();
  const Types types = labels_[labels_.size() - 1 - depth].types;
  Values(types);
  if (Chance(20)) {
    code_.Br(depth);
    return;
  }
  Value(kI32);
  code_.BrIf(depth);
  Drops(types.size());
}

void Generator::TableStatement() {
  const uint32_t n = static_cast<uint32_t>(labels_.size());
  const Types types = labels_[n - 1 - AnyLabel()].types;
  std::vector<uint32_t> same;
  for (uint32_t depth = 0; depth < n; ++depth) {
    const Label& label = labels_[n - 1 - depth];
    if (!label.closed && label.types == types) same.push_back(depth);
  }
  std::vector<uint32_t> table;
  for (uint32_t i = 1 + Random(4); i > 0; --i) {
    table.push_back(same[Random(static_cast<uint32_t>(same.size()))]);
  }
  // Control goes on when the condition is zero.
  Value(kI32);
  code_.If();
  OpenScope({});
  for (uint32_t& depth : table) ++depth;
  Values(types);
  Value(kI32);
  code_.BrTable(table);
  CloseScope();
  code_.End();
}

void Generator::ReferenceBranch() {
  if (!options_.references) return SetLocal();
  const uint32_t n = static_cast<uint32_t>(labels_.size());
  const uint32_t depth = AnyLabel();
  const Types types = labels_[n - 1 - depth].types;
  if (types.empty() || !types.back().is_ref() || Chance(30)) {
    Values(types);
    Value(kAny);
    code_.Do(Op::kBrOnNull, depth);
    uint32_t local;
    if (LocalOf(kSomeAny, &local) && all_[local] == kSomeAny) {
      code_.Set(local);
    } else {
      code_.Drop();
    }
    return Drops(types.size());
  }
  const Types rest(types.begin(), types.end() - 1);
  Values(rest);
  Value(kAny);
  if (types.back() == kSomeI31) {
    code_.BrCast(Op::kBrOnCast, depth, kAny, kSomeI31).Drop();
  } else if (types.back() == kSomeAny) {
    code_.Do(Op::kBrOnNonNull, depth);
  } else if (Chance(50)) {
    code_.BrCast(Op::kBrOnCastFail, depth, kAny, kSomeI31).Do(Op::kI31GetU);
    code_.Do(Op::kCall, kFuncTrace);
  } else {
    code_.BrCast(Op::kBrOnCast, depth, kAny, Nullable(HeapType::kStruct));
    code_.Do(Op::kGlobalSet, kGlobalAny);
  }
  Drops(rest.size());
}

// A block around a try_table whose clause brings values of one kind.
void Generator::TryTableStatement() {
  if (!options_.exceptions) return BlockStatement();
  static const struct {
    Catch::Kind kind;
    uint32_t tag;
    Types values;
  } kClauses[] = {{Catch::kCatch, kTagEmpty, {}},
                  {Catch::kCatch, kTagI32, {kI32}},
                  {Catch::kCatch, kTagI32I64, {kI32, kI64}},
                  {Catch::kCatchRef, kTagI32, {kI32, kSomeExn}},
                  {Catch::kCatchAll, wasm::kNoIndex, {}},
                  {Catch::kCatchAllRef, wasm::kNoIndex, {kSomeExn}}};
  const auto& clause = kClauses[Random(6)];
  const bool to_loop = Chance(20) && clause.values.empty();
  OpenBlock(to_loop ? Op::kLoop : Op::kBlock, {},
            to_loop ? Types() : clause.values);
  // Only the clause branches there: a reference to an exception is not made.
  labels_.back().closed = true;
  if (to_loop) Guard();
  std::vector<Catch> catches = {{clause.kind, clause.tag, 0}};
  if (Chance(30) && clause.kind == Catch::kCatch && clause.values.empty()) {
    catches.push_back({Catch::kCatchAll, wasm::kNoIndex, 0});
  }
  code_.TryTable(catches);
  OpenScope({});
  Statements(2 + Random(4));
  CloseScope();
  code_.End();
  if (to_loop) {
    CloseScope();
    code_.End();
    return;
  }
  // Falling through: around the handler's part.
  for (ValueType type : clause.values) {
    if (type == kSomeExn) {
      code_.RefNull(HeapType::kExn).Do(Op::kRefAsNonNull);
    } else {
      Value(type);
    }
  }
  CloseScope();
  code_.End();
  for (size_t i = clause.values.size(); i-- > 0;) {
    if (clause.values[i] == kSomeExn && Chance(30)) {
      code_.Do(Op::kThrowRef);
      return;
    }
    code_.Drop();
  }
  Trace();
}

// What an arm receives: an i32, and an i64 on top of it.
void Generator::CaughtValues(bool has_i64) {
  uint32_t local;
  if (has_i64) {
    if (Chance(50) && LocalOf(kI64, &local)) {
      code_.Set(local);
    } else {
      code_.Do(Op::kI32WrapI64);
      if (Chance(50)) Statements(1);
      code_.Add();
    }
  }
  switch (Random(4)) {
    case 0:
      code_.Drop();
      return;
    case 1:
      // Used above something else.
      if (!LocalOf(kI32, &local)) break;
      code_.Set(local).I32(10).Get(local).Do(Op::kI32Sub);
      break;
    case 2:
      Value(kI32);
      code_.Do(Op::kI32Sub);
      break;
    default:
      break;
  }
  code_.Do(Op::kCall, kFuncOne).Do(Op::kCall, kFuncTrace);
}

void Generator::LegacyTry() {
  if (!options_.legacy_exceptions) return BlockStatement();
  code_.Open(Op::kTry);
  OpenScope({});
  Statements(2 + Random(4));
  CloseScope();
  if (Chance(20)) {
    const uint32_t depth = Random(static_cast<uint32_t>(labels_.size()));
    code_.Do(Op::kDelegate, depth);
    return;
  }
  for (uint32_t arms = 1 + Random(2); arms > 0; --arms) {
    code_.Do(Op::kCatch, arms);
    OpenScope({});
    CaughtValues(arms == 2);
    Statements(1 + Random(2));
    if (Chance(20)) code_.Do(Op::kRethrow, 0);
    CloseScope();
  }
  if (Chance(40)) {
    code_.Do(Op::kCatchAll);
    OpenScope({});
    Statements(1 + Random(2));
    if (Chance(20)) code_.Do(Op::kRethrow, 0);
    CloseScope();
  }
  code_.End();
}

void Generator::Leave() {
  switch (Random(3)) {
    case 0:
      Values(out_.results);
      code_.Do(Op::kReturn);
      return;
    case 1:
      code_.Do(Op::kUnreachable);
      return;
    default:
      if (!options_.exceptions) return;
      Value(kI32);
      code_.Do(Op::kThrow, kTagI32);
      return;
  }
}

RandomFunction Generator::Make() {
  out_.params = {kI32, kI32, kI64};
  for (uint32_t n = Random(3); n > 0; --n) out_.results.push_back(AnyType());
  for (uint32_t n = 2 + Random(5); n > 0; --n) {
    out_.locals.push_back(AnyType());
  }
  all_ = out_.params;
  all_.insert(all_.end(), out_.locals.begin(), out_.locals.end());
  for (size_t i = 0; i < all_.size(); ++i) {
    initialized_.push_back(all_[i].is_defaultable());
  }
  labels_.push_back({out_.results, false});
  Statements(static_cast<uint32_t>(budget_));
  Values(out_.results);
  return std::move(out_);
}

}  // namespace

RandomFunction MakeRandomFunction(uint64_t seed, const RandomOptions& options,
                                  TestModule* module) {
  return Generator(seed, options, module).Make();
}

}  // namespace weft::ir::testing
