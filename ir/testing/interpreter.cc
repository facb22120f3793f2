#include "ir/testing/interpreter.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ir/testing/evaluate.h"
#include "ir/wasm/locals.h"

namespace weft::ir::testing {

using wasm::BlockType;
using wasm::HeapType;
using wasm::InfoOf;
using wasm::Module;
using wasm::OpClass;
using wasm::Operator;

namespace {

constexpr size_t kMemoryBytes = 65536;
// References: a kind above bit 40, an index or payload below.
constexpr uint64_t kI31Ref = uint64_t{1} << 40;
constexpr uint64_t kStructRef = uint64_t{2} << 40;
constexpr uint64_t kExnRef = uint64_t{3} << 40;
constexpr uint64_t kFuncRef = uint64_t{4} << 40;
constexpr uint64_t kKindMask = uint64_t{7} << 40;

struct Decoded {
  Operator op;
  std::vector<uint32_t> labels;
  std::vector<wasm::CatchClause> catches;
  size_t end = 0;            // Of a region: its end or delegate.
  size_t other = 0;          // Of an if: its else, or 0.
  std::vector<size_t> arms;  // Of a try: its catches.
};

struct Exception {
  uint32_t tag;
  std::vector<uint64_t> values;
};

struct Frame {
  size_t at = 0;  // The region's operator; the function has none.
  bool is_function = false;
  bool is_loop = false;
  bool catches = false;  // In the body of a try or try_table.
  size_t height = 0;
  size_t arity = 0;  // Of a branch.
  int exception = -1;
};

class Interpreter {
 public:
  Interpreter(const Module& module, uint32_t func) : module_(module) {
    type_ = &module.func_type(func);
  }

  Outcome Run(wasm::ByteSpan body, absl::Span<const uint64_t> args,
              uint64_t global, int64_t fuel);

 private:
  bool Decode(wasm::ByteSpan body);
  void Match();
  void Step();
  bool StepControl(const Decoded& d);
  bool StepException(const Decoded& d);
  bool StepReference(const Decoded& d);
  bool StepMemory(const Decoded& d);
  bool StepNumeric(const Decoded& d);
  void Open(const Decoded& d);
  void Branch(uint32_t depth);
  void Return();
  void Throw(int exception);
  bool CatchIn(size_t frame, const Exception& exception, int number);
  void Call(uint32_t func);
  bool Test(uint64_t ref, HeapType heap, bool null) const;
  void Trap() { Finish(Outcome::kTrapped); }
  void Finish(Outcome::Kind kind) {
    outcome_.kind = kind;
    done_ = true;
  }

  void Push(uint64_t v) { stack_.push_back(v); }
  uint64_t Pop() {
    const uint64_t v = stack_.back();
    stack_.pop_back();
    return v;
  }
  uint32_t Pop32() { return static_cast<uint32_t>(Pop()); }
  std::vector<uint64_t> PopMany(size_t n) {
    std::vector<uint64_t> values(stack_.end() - static_cast<long>(n),
                                 stack_.end());
    stack_.resize(stack_.size() - n);
    return values;
  }

  const Module& module_;
  const wasm::SubType* type_;
  std::vector<Decoded> code_;
  std::vector<uint64_t> locals_;
  std::vector<uint64_t> stack_;
  std::vector<Frame> frames_;
  std::vector<Exception> exceptions_;
  size_t pc_ = 0;
  uint64_t structs_ = 0;
  bool done_ = false;
  Outcome outcome_;
};

bool Interpreter::Decode(wasm::ByteSpan body) {
  wasm::ByteReader reader(body, 0);
  Types types = type_->params;
  if (!wasm::ReadLocals(&reader, &types).ok()) return false;
  for (const ValueType& type : types) {
    locals_.push_back(type.is_ref() ? kNullValue : 0);
  }
  wasm::OperatorReader operators(reader.rest(), 0, module_.features);
  while (!operators.done()) {
    Decoded d;
    if (!operators.Read(&d.op).ok()) return false;
    d.labels.assign(d.op.labels.begin(), d.op.labels.end());
    d.catches.assign(d.op.catches.begin(), d.op.catches.end());
    code_.push_back(std::move(d));
  }
  Match();
  return true;
}

// Finds the ends and arms of regions.
void Interpreter::Match() {
  std::vector<size_t> open;
  for (size_t i = 0; i < code_.size(); ++i) {
    switch (code_[i].op.op) {
      case Op::kBlock:
      case Op::kLoop:
      case Op::kIf:
      case Op::kTry:
      case Op::kTryTable:
        open.push_back(i);
        break;
      case Op::kElse:
        code_[open.back()].other = i;
        break;
      case Op::kCatch:
      case Op::kCatchAll:
        code_[open.back()].arms.push_back(i);
        break;
      case Op::kEnd:
      case Op::kDelegate:
        if (open.empty()) break;
        code_[open.back()].end = i;
        for (size_t arm : code_[open.back()].arms) code_[arm].end = i;
        if (code_[open.back()].other != 0) {
          code_[code_[open.back()].other].end = i;
        }
        open.pop_back();
        break;
      default:
        break;
    }
  }
}

void Interpreter::Open(const Decoded& d) {
  Frame frame;
  frame.at = pc_;
  frame.is_loop = d.op.op == Op::kLoop;
  frame.catches = d.op.op == Op::kTry || d.op.op == Op::kTryTable;
  const BlockType& type = d.op.block_type;
  size_t params = 0;
  size_t results = type.kind == BlockType::kValue ? 1 : 0;
  if (type.kind == BlockType::kTypeIndex) {
    params = module_.types[type.index].params.size();
    results = module_.types[type.index].results.size();
  }
  bool taken = true;
  if (d.op.op == Op::kIf) taken = Pop32() != 0;
  frame.height = stack_.size() - params;
  frame.arity = frame.is_loop ? params : results;
  frames_.push_back(frame);
  if (taken) {
    ++pc_;
  } else if (d.other != 0) {
    pc_ = d.other + 1;
  } else {
    pc_ = d.end;
  }
}

void Interpreter::Return() {
  outcome_.values = PopMany(type_->results.size());
  Finish(Outcome::kReturned);
}

void Interpreter::Branch(uint32_t depth) {
  const size_t index = frames_.size() - 1 - depth;
  const Frame frame = frames_[index];
  if (frame.is_function) return Return();
  const std::vector<uint64_t> values = PopMany(frame.arity);
  stack_.resize(frame.height);
  stack_.insert(stack_.end(), values.begin(), values.end());
  if (frame.is_loop) {
    frames_.resize(index + 1);
    pc_ = frame.at + 1;
  } else {
    frames_.resize(index);
    pc_ = code_[frame.at].end + 1;
  }
}

// Tries the handlers of one frame.
bool Interpreter::CatchIn(size_t index, const Exception& exception,
                          int number) {
  const Frame frame = frames_[index];
  const Decoded& d = code_[frame.at];
  if (d.op.op == Op::kTryTable) {
    for (const wasm::CatchClause& clause : d.catches) {
      if (clause.has_tag() && clause.tag != exception.tag) continue;
      frames_.resize(index);
      stack_.resize(frame.height);
      if (clause.has_tag()) {
        stack_.insert(stack_.end(), exception.values.begin(),
                      exception.values.end());
      }
      if (clause.has_ref()) Push(kExnRef | static_cast<uint64_t>(number));
      Branch(clause.label);
      return true;
    }
    return false;
  }
  for (size_t arm : d.arms) {
    const Operator& op = code_[arm].op;
    if (op.op == Op::kCatch && op.index[0] != exception.tag) continue;
    frames_.resize(index + 1);
    frames_[index].catches = false;
    frames_[index].exception = number;
    stack_.resize(frame.height);
    if (op.op == Op::kCatch) {
      stack_.insert(stack_.end(), exception.values.begin(),
                    exception.values.end());
    }
    pc_ = arm + 1;
    return true;
  }
  return false;
}

void Interpreter::Throw(int number) {
  const Exception exception = exceptions_[static_cast<size_t>(number)];
  for (size_t i = frames_.size(); i-- > 0;) {
    const Frame& frame = frames_[i];
    if (!frame.catches) continue;
    if (CatchIn(i, exception, number)) return;
    const Decoded& d = code_[frame.at];
    if (code_[d.end].op.op == Op::kDelegate) {
      // Goes on with the target itself.
      i = i - 1 - code_[d.end].op.index[0] + 1;
    }
  }
  outcome_.tag = exception.tag;
  outcome_.values = exception.values;
  Finish(Outcome::kThrew);
}

void Interpreter::Call(uint32_t func) {
  ++pc_;
  const uint32_t v = Pop32();
  switch (func) {
    case kFuncTrace:
      outcome_.trace.push_back(v);
      if (v >= 1000 && v < 1003) {
        const uint32_t tag = v - 1000;
        std::vector<uint64_t> values = {v, uint64_t{3} * v};
        values.resize(tag);
        exceptions_.push_back({tag, std::move(values)});
        Throw(static_cast<int>(exceptions_.size()) - 1);
      }
      return;
    case kFuncOne:
      return Push(v + 1);
    case kFuncPair:
      Push(v);
      return Push(v + 1);
    default:
      outcome_.unsupported = "call";
      return Finish(Outcome::kUnsupported);
  }
}

// The operators of control but exceptions; true when `d` was one.
bool Interpreter::StepControl(const Decoded& d) {
  const Operator& op = d.op;
  switch (op.op) {
    case Op::kBlock:
    case Op::kLoop:
    case Op::kIf:
    case Op::kTry:
    case Op::kTryTable:
      Open(d);
      return true;
    case Op::kElse:
    case Op::kCatch:
    case Op::kCatchAll:
      pc_ = d.end;  // Of an arm that fell through.
      return true;
    case Op::kEnd:
    case Op::kDelegate:
      if (frames_.back().is_function) {
        Return();
      } else {
        frames_.pop_back();
        ++pc_;
      }
      return true;
    case Op::kBr:
      Branch(op.index[0]);
      return true;
    case Op::kBrIf:
      if (Pop32() != 0) {
        Branch(op.index[0]);
      } else {
        ++pc_;
      }
      return true;
    case Op::kBrTable: {
      const size_t i = Pop32();
      Branch(d.labels[std::min(i, d.labels.size() - 1)]);
      return true;
    }
    case Op::kReturn:
      Return();
      return true;
    case Op::kUnreachable:
      Trap();
      return true;
    case Op::kCall:
      Call(op.index[0]);
      return true;
    default:
      return StepException(d);
  }
}

bool Interpreter::StepException(const Decoded& d) {
  switch (d.op.op) {
    case Op::kThrow: {
      const uint32_t tag = d.op.index[0];
      const size_t n = module_.types[module_.tags[tag].type].params.size();
      exceptions_.push_back({tag, PopMany(n)});
      Throw(static_cast<int>(exceptions_.size()) - 1);
      return true;
    }
    case Op::kThrowRef: {
      const uint64_t ref = Pop();
      if (ref == kNullValue) {
        Trap();
      } else {
        Throw(static_cast<int>(ref & 0xffffffff));
      }
      return true;
    }
    case Op::kRethrow:
      Throw(frames_[frames_.size() - 1 - d.op.index[0]].exception);
      return true;
    default:
      return false;
  }
}

bool Interpreter::Test(uint64_t ref, HeapType heap, bool null) const {
  if (ref == kNullValue) return null;
  const uint64_t kind = ref & kKindMask;
  if (heap.is_defined()) {
    return kind == kStructRef && (ref >> 32 & 0xff) == heap.index();
  }
  switch (heap.abstract()) {
    case HeapType::kI31:
      return kind == kI31Ref;
    case HeapType::kStruct:
      return kind == kStructRef;
    case HeapType::kAny:
    case HeapType::kEq:
      return kind == kI31Ref || kind == kStructRef;
    default:
      return false;
  }
}

// Instructions on references, branches included; true when `d` was one.
bool Interpreter::StepReference(const Decoded& d) {
  const Operator& op = d.op;
  ++pc_;
  switch (op.op) {
    case Op::kRefNull:
      Push(kNullValue);
      return true;
    case Op::kRefFunc:
      Push(kFuncRef | op.index[0]);
      return true;
    case Op::kRefIsNull:
      Push(Pop() == kNullValue);
      return true;
    case Op::kRefAsNonNull:
      if (stack_.back() == kNullValue) Trap();
      return true;
    case Op::kRefI31:
      Push(kI31Ref | (Pop() & 0x7fffffff));
      return true;
    case Op::kI31GetU: {
      const uint64_t ref = Pop();
      if (ref == kNullValue) Trap();
      Push(ref & 0x7fffffff);
      return true;
    }
    case Op::kStructNewDefault:
      Push(kStructRef | uint64_t{op.index[0]} << 32 | structs_++);
      return true;
    case Op::kRefTest:
    case Op::kRefTestNull:
      Push(Test(Pop(), op.heap[0], op.op == Op::kRefTestNull));
      return true;
    case Op::kRefCast:
    case Op::kRefCastNull:
      if (!Test(stack_.back(), op.heap[0], op.op == Op::kRefCastNull)) Trap();
      return true;
    case Op::kBrOnNull:
      if (stack_.back() == kNullValue) {
        Pop();
        Branch(op.index[0]);
      }
      return true;
    case Op::kBrOnNonNull:
      if (stack_.back() != kNullValue) {
        Branch(op.index[0]);
      } else {
        Pop();
      }
      return true;
    case Op::kBrOnCast:
    case Op::kBrOnCastFail: {
      const bool is = Test(stack_.back(), op.heap[1], (op.index[0] & 2) != 0);
      if (is == (op.op == Op::kBrOnCast)) Branch(op.index[1]);
      return true;
    }
    default:
      --pc_;
      return false;
  }
}

bool Interpreter::StepMemory(const Decoded& d) {
  const wasm::OpInfo& info = InfoOf(d.op.op);
  if (info.access_bytes == 0 || info.access_bytes > 8 || info.prefix != 0) {
    return false;
  }
  ++pc_;
  const bool is_store = (info.effects & wasm::kWritesMemory) != 0;
  uint64_t value = is_store ? Pop() : 0;
  const uint64_t address = Pop32() + d.op.mem.offset;
  if (address + info.access_bytes > kMemoryBytes) {
    Trap();
    return true;
  }
  uint8_t* at = outcome_.memory.data() + address;
  if (is_store) {
    std::memcpy(at, &value, info.access_bytes);
  } else {
    std::memcpy(&value, at, info.access_bytes);
    Push(value);  // Unsigned loads only.
  }
  return true;
}

bool Interpreter::StepNumeric(const Decoded& d) {
  bool trapped = false;
  if (!EvaluateNumeric(d.op, &stack_, &trapped)) return false;
  if (trapped) Trap();
  ++pc_;
  return true;
}

void Interpreter::Step() {
  const Decoded& d = code_[pc_];
  switch (d.op.op) {
    case Op::kNop:
      ++pc_;
      return;
    case Op::kDrop:
      Pop();
      ++pc_;
      return;
    case Op::kLocalGet:
      Push(locals_[d.op.index[0]]);
      ++pc_;
      return;
    case Op::kLocalSet:
      locals_[d.op.index[0]] = Pop();
      ++pc_;
      return;
    case Op::kLocalTee:
      locals_[d.op.index[0]] = stack_.back();
      ++pc_;
      return;
    case Op::kGlobalGet:
      Push(outcome_.globals[d.op.index[0]]);
      ++pc_;
      return;
    case Op::kGlobalSet:
      outcome_.globals[d.op.index[0]] = Pop();
      ++pc_;
      return;
    case Op::kSelect:
    case Op::kSelectTyped: {
      const bool first = Pop32() != 0;
      const uint64_t b = Pop();
      if (!first) stack_.back() = b;
      ++pc_;
      return;
    }
    default:
      break;
  }
  if (StepControl(d) || StepReference(d) || StepMemory(d) || StepNumeric(d)) {
    return;
  }
  outcome_.unsupported = std::string(InfoOf(d.op.op).text);
  Finish(Outcome::kUnsupported);
}

Outcome Interpreter::Run(wasm::ByteSpan body, absl::Span<const uint64_t> args,
                         uint64_t global, int64_t fuel) {
  outcome_.memory.assign(kMemoryBytes, 0);
  for (const wasm::Global& g : module_.globals) {
    outcome_.globals.push_back(g.type.value.is_ref() ? kNullValue : 0);
  }
  outcome_.globals[kGlobalI32] = global;
  outcome_.globals[kGlobalConst] = 7;
  if (!Decode(body)) {
    Finish(Outcome::kUnsupported);
    return outcome_;
  }
  for (size_t i = 0; i < args.size(); ++i) locals_[i] = args[i];
  Frame function;
  function.is_function = true;
  function.arity = type_->results.size();
  frames_.push_back(function);
  while (!done_) {
    if (--fuel < 0) Finish(Outcome::kOutOfFuel);
    if (!done_) Step();
  }
  // Structs are told apart only by their type: some may have gone unmade.
  auto anonymous = [](uint64_t& v) {
    if ((v & kKindMask) == kStructRef && v != kNullValue) v &= ~0xffffffffull;
  };
  for (size_t i = 0; i < outcome_.values.size(); ++i) {
    const bool is_ref =
        outcome_.kind == Outcome::kReturned && type_->results[i].is_ref();
    if (is_ref) anonymous(outcome_.values[i]);
  }
  anonymous(outcome_.globals[kGlobalAny]);
  return outcome_;
}

}  // namespace

std::string ToString(const Outcome& outcome) {
  constexpr absl::string_view kKinds[] = {"returned", "trapped", "threw",
                                          "out of fuel", "unsupported "};
  std::string text(kKinds[outcome.kind]);
  absl::StrAppend(&text, outcome.unsupported);
  if (outcome.kind == Outcome::kThrew) absl::StrAppend(&text, " ", outcome.tag);
  for (uint64_t v : outcome.values) absl::StrAppend(&text, " ", v);
  absl::StrAppend(&text, "\n  trace");
  for (uint32_t v : outcome.trace) absl::StrAppend(&text, " ", v);
  absl::StrAppend(&text, "\n  globals");
  for (uint64_t v : outcome.globals) absl::StrAppend(&text, " ", v);
  uint64_t hash = 0;
  for (uint8_t byte : outcome.memory) hash = hash * 31 + byte;
  absl::StrAppend(&text, "\n  memory ", hash, "\n");
  return text;
}

Outcome Interpret(const Module& module, uint32_t func, wasm::ByteSpan body,
                  absl::Span<const uint64_t> args, uint64_t global,
                  int64_t fuel) {
  return Interpreter(module, func).Run(body, args, global, fuel);
}

}  // namespace weft::ir::testing
