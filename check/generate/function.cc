#include "check/generate/function.h"

#include <algorithm>

namespace weft::check::generate {

using wasm::Feature;

void FunctionMaker::Make(wasm::FuncIndex func, uint32_t max_bytes) {
  if (CopyOfOther(func)) return;
  Begin(func, max_bytes);
  Prologue();
  while (HasRoom() && cost_ < cost_limit_) Statement();
  Results();
  Finish(func);
}

void FunctionMaker::Begin(wasm::FuncIndex func, uint32_t max_bytes) {
  const wasm::SubType& type = plan_.TypeOf(func);
  func_ = func;
  result_types_ = TypeList(type.results);
  has_depth_ = !type.params.empty() && type.params[0] == ValueType::kI32;
  num_params_ = type.params.size();
  ops_.clear();
  limit_ = max_bytes;
  locals_.clear();
  labels_.clear();
  set_log_.clear();
  set_marks_.clear();
  for (ValueType param : type.params) locals_.push_back({.type = param});
  if (has_depth_) locals_[0].use = Use::kFixed;
  level_ = 0;
  cost_ = 0;
  cost_limit_ = func == plan_.start ? 500 : source_.OneIn(8) ? 4000 : 1200;
  mult_ = 1;
  guarded_ = 0;
  has_nan_ = false;
  try_depth_ = 0;
  last_set_ = wasm::kNoIndex;
  constant_ = 0;
  last_condition_ = wasm::kNoIndex;
  witness_ = wasm::kNoIndex;
  Push(result_types_);
  Innermost().canonical = true;
}

// Locals to work with, and references that are there from the beginning.
void FunctionMaker::Prologue() {
  for (uint32_t n = source_.Below(limit_ < 64 ? 2 : 4); n > 0; --n) {
    const ValueType type = RandomType(plan_, source_, true);
    NewLocal(type);
  }
  if (limit_ < 100 || plan_.struct_types.empty()) return;
  for (uint32_t n = source_.Below(3); n > 0; --n) {
    const ValueType type = RandomRef(false);
    if (type.nullable() || TopOf(plan_, type.heap()) != HeapType::kAny) {
      continue;
    }
    const uint32_t local = NewLocal(type);
    Value(type);
    Set(local);
  }
}

// What the function has done, as far as its results can tell.
void FunctionMaker::Results() {
  // Some code behind the end of room.
  limit_ = ops_.size() + 12;
  for (ValueType type : Types(result_types_)) {
    Value(type, Nan::kCanonical);
    Digest(type);
  }
  if (source_.OneIn(10)) {
    Do(Op::kReturn);
    if (source_.OneIn(2)) DeadCode();
  }
  Do(Op::kEnd);
}

// Mixes locals into the number on top, so that what they hold is seen.
void FunctionMaker::Digest(ValueType type) {
  const bool is_64 = type == ValueType::kI64;
  if (!is_64 && type != ValueType::kI32) return;
  if (witness_ != wasm::kNoIndex) {
    Get(witness_);
    if (is_64) Do(Op::kI64ExtendI32U);
    Do(is_64 ? Op::kI64Add : Op::kI32Add);
  }
  for (uint32_t n = 2 + source_.Below(3); n > 0; --n) {
    const bool other_width = source_.OneIn(3);
    const ValueType from =
        is_64 == other_width ? ValueType::kI32 : ValueType::kI64;
    const uint32_t local = LocalToRead(from);
    if (local == wasm::kNoIndex) continue;
    Get(local);
    if (other_width) Do(is_64 ? Op::kI64ExtendI32U : Op::kI32WrapI64);
    static constexpr Op kMix[2][3] = {{Op::kI32Add, Op::kI32Xor, Op::kI32Sub},
                                      {Op::kI64Add, Op::kI64Xor, Op::kI64Sub}};
    Do(source_.Pick(kMix[is_64]));
  }
}

void FunctionMaker::Finish(wasm::FuncIndex func) {
  wasm::ByteWriter& out = plan_.code;
  PlannedFunc& planned = plan_.funcs[func];
  planned.body.begin = static_cast<uint32_t>(out.size());
  const size_t n = locals_.size();
  uint32_t runs = 0;
  for (size_t i = num_params_; i < n; ++i) {
    runs += i == num_params_ || !(locals_[i].type == locals_[i - 1].type);
  }
  out.U32(runs);
  for (size_t i = num_params_; i < n;) {
    size_t end = i;
    while (end < n && locals_[end].type == locals_[i].type) ++end;
    out.U32(static_cast<uint32_t>(end - i));
    wasm::WriteValueType(locals_[i].type, &out);
    i = end;
  }
  if (constant_ != 0) {
    planned.constant =
        static_cast<uint32_t>(out.size() - planned.body.begin + constant_);
  }
  out.Bytes(ops_.bytes());
  planned.body.end = static_cast<uint32_t>(out.size());
  planned.cost = static_cast<uint32_t>(std::min<uint64_t>(cost_ + 1, 1 << 20));
  planned.guarded_calls = guarded_;
}

// Makes the body a copy of that of another function of the type, which is what
// merging looks for.
bool FunctionMaker::CopyOfOther(wasm::FuncIndex func) {
  if (!source_.OneIn(10)) return false;
  for (size_t i = func + 1; i < plan_.funcs.size(); ++i) {
    const PlannedFunc other = plan_.funcs[i];
    if (other.type != plan_.funcs[func].type || other.is_import) continue;
    PlannedFunc& planned = plan_.funcs[func];
    const std::vector<uint8_t>& code = plan_.code.bytes();
    const std::vector<uint8_t> copy(code.begin() + other.body.begin,
                                    code.begin() + other.body.end);
    planned.body.begin = static_cast<uint32_t>(code.size());
    plan_.code.Bytes(copy);
    planned.body.end = static_cast<uint32_t>(plan_.code.size());
    if (other.constant != 0 && source_.OneIn(2)) {
      // Nearly the same. One byte holds seven bits.
      plan_.code.mutable_bytes()[planned.body.begin + other.constant] =
          static_cast<uint8_t>(source_.Bits(7));
    }
    planned.cost = other.cost;
    planned.guarded_calls = other.guarded_calls;
    return true;
  }
  return false;
}

// -- Constants and locals -----------------------------------------------------

void FunctionMaker::I32(uint32_t value) {
  Do(Op::kI32Const);
  ops_.S64(static_cast<int32_t>(value));
}

void FunctionMaker::I64(uint64_t value) {
  Do(Op::kI64Const);
  ops_.S64(static_cast<int64_t>(value));
}

void FunctionMaker::Constant(ValueType type) {
  const size_t before = ops_.size();
  WriteConstant(type, source_, &ops_);
  const bool is_integer = type == ValueType::kI32 || type == ValueType::kI64;
  if (is_integer && ops_.size() == before + 2) constant_ = before + 1;
  cost_ += mult_;
  has_nan_ = false;
}

uint32_t FunctionMaker::NewLocal(ValueType type, Use use, uint32_t bound) {
  Local local;
  local.type = type;
  local.use = use;
  local.bound = bound;
  local.is_set = type.is_defaultable();
  locals_.push_back(local);
  return static_cast<uint32_t>(locals_.size() - 1);
}

uint32_t FunctionMaker::LocalToRead(ValueType type) {
  const uint32_t n = static_cast<uint32_t>(locals_.size());
  if (n == 0) return wasm::kNoIndex;
  const uint32_t first = source_.Below(n);
  for (uint32_t i = 0; i < n; ++i) {
    const uint32_t l = first + i < n ? first + i : first + i - n;
    if (locals_[l].is_set && IsSubtype(plan_, locals_[l].type, type)) return l;
  }
  return wasm::kNoIndex;
}

uint32_t FunctionMaker::LocalToSet(ValueType type) {
  const uint32_t n = static_cast<uint32_t>(locals_.size());
  if (n == 0) return wasm::kNoIndex;
  const uint32_t first = source_.Below(n);
  for (uint32_t i = 0; i < n; ++i) {
    const uint32_t l = first + i < n ? first + i : first + i - n;
    if (locals_[l].use == Use::kAny &&
        IsSubtype(plan_, type, locals_[l].type)) {
      return l;
    }
  }
  return wasm::kNoIndex;
}

void FunctionMaker::MarkSet(uint32_t local) {
  if (locals_[local].is_set) return;
  locals_[local].is_set = true;
  set_log_.push_back(local);
}

void FunctionMaker::Set(uint32_t local) {
  if (locals_[local].use == Use::kAny) last_set_ = local;
  Do(Op::kLocalSet, local);
  MarkSet(local);
}

void FunctionMaker::Tee(uint32_t local) {
  Do(Op::kLocalTee, local);
  MarkSet(local);
}

void FunctionMaker::Sink(ValueType type) {
  if (source_.OneIn(12)) return Do(Op::kDrop);
  if (source_.OneIn(8) && !plan_.globals.empty()) {
    const uint32_t n = static_cast<uint32_t>(plan_.globals.size());
    const uint32_t global = source_.Below(n);
    const wasm::GlobalType& wanted = plan_.globals[global].type;
    if (wanted.is_mutable && IsSubtype(plan_, type, wanted.value)) {
      Canonicalize(type);
      return Do(Op::kGlobalSet, global);
    }
  }
  uint32_t local = LocalToSet(type);
  if (local == wasm::kNoIndex) {
    if (locals_.size() > 30) return Do(Op::kDrop);
    local = NewLocal(source_.OneIn(4) ? type : type.AsNullable());
  }
  Set(local);
}

void FunctionMaker::SinkAll(Types types) {
  for (size_t i = types.size(); i > 0; --i) {
    has_nan_ = true;
    Sink(types[i - 1]);
  }
}

void FunctionMaker::Convert(ValueType have, ValueType want) {
  if (have == ValueType::kNone && want == ValueType::kNone) return;
  if (have == ValueType::kNone) return Leaf(want);
  if (want == ValueType::kNone) return Sink(have);
  if (IsSubtype(plan_, have, want)) return;
  Sink(have);
  Leaf(want);
}

// -- Labels -------------------------------------------------------------------

void FunctionMaker::WriteBlockType(Types params, Types results) {
  wasm::BlockType type;
  if (params.empty() && results.size() == 1) {
    type.kind = wasm::BlockType::kValue;
    type.value = results[0];
  } else if (!params.empty() || !results.empty()) {
    type.kind = wasm::BlockType::kTypeIndex;
    type.index = FuncTypeOf(&plan_, params, results);
  }
  wasm::WriteBlockType(type, &ops_);
}

void FunctionMaker::Open(Op op, Types params, Types results) {
  Do(op);
  WriteBlockType(params, results);
  Push(op == Op::kLoop ? params : results);
}

void FunctionMaker::Push(Types branch_types) {
  Label& label = labels_.emplace_back();
  label.types = TypeList(branch_types);
  set_marks_.push_back(static_cast<uint32_t>(set_log_.size()));
}

void FunctionMaker::Pop() {
  while (set_log_.size() > set_marks_.back()) {
    locals_[set_log_.back()].is_set = false;
    set_log_.pop_back();
  }
  set_marks_.pop_back();
  labels_.pop_back();
  last_condition_ = wasm::kNoIndex;
}

void FunctionMaker::NextArm(Op op) {
  Do(op);
  while (set_log_.size() > set_marks_.back()) {
    locals_[set_log_.back()].is_set = false;
    set_log_.pop_back();
  }
}

uint32_t FunctionMaker::AnyLabel() {
  const uint32_t n = static_cast<uint32_t>(labels_.size());
  // Near ones more often. The function's label is never closed.
  uint32_t depth = source_.Below(source_.OneIn(2) ? std::min(n, 2u) : n);
  while (LabelAt(depth).is_closed) ++depth;
  return depth;
}

uint32_t FunctionMaker::LabelOf(ValueType type) {
  const uint32_t n = static_cast<uint32_t>(labels_.size());
  for (uint32_t depth = 0; depth < n; ++depth) {
    const Label& label = LabelAt(depth);
    if (!label.is_closed && label.types.size == 1 &&
        IsSubtype(plan_, label.types.types[0], type)) {
      return depth;
    }
  }
  return wasm::kNoIndex;
}

}  // namespace weft::check::generate
