// Liveness of locals as a backward data-flow problem over a list of events
// (local accesses and control operators of the reachable code). Structured
// control gives each label's set in one pass but for back edges; passes repeat
// until no loop header changes, which takes at most the nesting depth of loops
// plus one. Sets are bit rows over the locals that cross a label at all
// (the "semi-pruned" choice of Briggs et al., 1998).
#include "ir/local_liveness.h"

#include <algorithm>

#include "ir/wasm/operator.h"

namespace weft::ir {

using wasm::Op;
using wasm::OpClass;

namespace {

constexpr uint32_t kNoBit = 0xffffffffu;
// 256 MiB of sets at most: about the largest bodies that toolchains emit.
constexpr size_t kMaxSetWords = size_t{1} << 23;
// Beyond this many passes, headers take everything that is ever read.
constexpr int kMaxPasses = 12;

void Union(uint64_t* into, const uint64_t* from, size_t words) {
  for (size_t i = 0; i < words; ++i) into[i] |= from[i];
}

}  // namespace

// Turns operators into events, leaving out unreachable ones.
class LocalLiveness::Scanner {
 public:
  explicit Scanner(LocalLiveness* out) : out_(*out) {
    frames_.push_back({0, false});
    out_.labels_.push_back({EventKind::kBlock});
    out_.labels_[0].targeted = true;
  }

  absl::Status Run(const wasm::Module& module, wasm::ByteSpan operators,
                   uint32_t offset) {
    wasm::OperatorReader reader(operators, offset, module.features);
    wasm::Operator op;
    while (!reader.done() && !frames_.empty()) {
      if (absl::Status status = reader.Read(&op); !status.ok()) return status;
      if (dead_) {
        Skip(op);
      } else {
        Visit(op);
      }
    }
    return absl::OkStatus();
  }

 private:
  struct Frame {
    uint32_t label;
    bool reached;  // The end, by something other than the last arm's end.
  };

  void Emit(EventKind kind, uint32_t operand = 0) {
    out_.events_.push_back({kind, operand});
  }

  void Open(EventKind kind) {
    const uint32_t label = out_.num_labels();
    out_.labels_.push_back({kind});
    frames_.push_back({label, false});
    Emit(kind, label);
  }

  uint32_t Target(uint32_t depth) {
    Frame& frame = frames_[frames_.size() - 1 - depth];
    out_.labels_[frame.label].targeted = true;
    if (out_.labels_[frame.label].kind != EventKind::kLoop) {
      frame.reached = true;
    }
    return frame.label;
  }

  void Stop() {
    dead_ = true;
    skip_depth_ = 0;
  }

  // delegate names a label that has to exist as a region in the SSA form; its
  // depth counts from outside the try.
  void Delegate(const wasm::Operator& op) {
    const uint32_t label = frames_[frames_.size() - 2 - op.index[0]].label;
    out_.labels_[label].targeted = true;
  }

  // The end of an arm whose end is reachable or not; another arm follows.
  void NextArm(EventKind kind) {
    Frame& frame = frames_.back();
    if (!dead_) frame.reached = true;
    dead_ = false;
    Emit(kind, frame.label);
    if (kind == EventKind::kElse) out_.labels_[frame.label].has_else = true;
  }

  void Close() {
    const Frame frame = frames_.back();
    const Label& label = out_.labels_[frame.label];
    const bool falls_through = label.kind == EventKind::kIf && !label.has_else;
    Emit(EventKind::kEnd, frame.label);
    frames_.pop_back();
    dead_ = dead_ && !frame.reached && !falls_through;
    skip_depth_ = 0;
  }

  void Skip(const wasm::Operator& op) {
    switch (InfoOf(op.op).op_class) {
      case OpClass::kBlock:
      case OpClass::kLoop:
      case OpClass::kIf:
      case OpClass::kTry:
      case OpClass::kTryTable:
        ++skip_depth_;
        return;
      case OpClass::kElse:
        if (skip_depth_ == 0) NextArm(EventKind::kElse);
        return;
      case OpClass::kCatch:
      case OpClass::kCatchAll:
        if (skip_depth_ == 0) NextArm(EventKind::kCatch);
        return;
      case OpClass::kDelegate:
      case OpClass::kEnd:
        if (skip_depth_ > 0) {
          --skip_depth_;
          return;
        }
        if (op.op == wasm::Op::kDelegate) Delegate(op);
        return Close();
      default:
        return;
    }
  }

  void Table(const wasm::Operator& op) {
    auto& pool = out_.table_targets_;
    const uint32_t begin = static_cast<uint32_t>(pool.size());
    pool.push_back(0);
    for (uint32_t depth : op.labels) pool.push_back(Target(depth));
    std::sort(pool.begin() + begin + 1, pool.end());
    pool.erase(std::unique(pool.begin() + begin + 1, pool.end()), pool.end());
    pool[begin] = static_cast<uint32_t>(pool.size() - begin - 1);
    Emit(EventKind::kBrTable, begin);
    Stop();
  }

  // Of try_table: its labels count from outside of it.
  void Catches(const wasm::Operator& op) {
    for (const wasm::CatchClause& clause : op.catches) {
      const uint32_t label = Target(clause.label + 1);
      out_.labels_[label].catches = true;
      Emit(EventKind::kBrIf, label);
    }
  }

  void Visit(const wasm::Operator& op) {
    switch (InfoOf(op.op).op_class) {
      case OpClass::kBlock:
        return Open(EventKind::kBlock);
      case OpClass::kLoop:
        return Open(EventKind::kLoop);
      case OpClass::kIf:
        return Open(EventKind::kIf);
      case OpClass::kTry:
        return Open(EventKind::kTry);
      case OpClass::kTryTable:
        Open(EventKind::kTryTable);
        return Catches(op);
      case OpClass::kElse:
        return NextArm(EventKind::kElse);
      case OpClass::kCatch:
      case OpClass::kCatchAll:
        return NextArm(EventKind::kCatch);
      case OpClass::kDelegate:
        Delegate(op);
        return Close();
      case OpClass::kEnd:
        return Close();
      case OpClass::kBr:
        Emit(EventKind::kBr, Target(op.index[0]));
        return Stop();
      case OpClass::kBrIf:
      case OpClass::kBrOnNull:
      case OpClass::kBrOnNonNull:
        return Emit(EventKind::kBrIf, Target(op.index[0]));
      case OpClass::kBrOnCast:
        return Emit(EventKind::kBrIf, Target(op.index[1]));
      case OpClass::kBrTable:
        return Table(op);
      case OpClass::kUnreachable:
      case OpClass::kReturn:
      case OpClass::kReturnCall:
      case OpClass::kReturnCallIndirect:
      case OpClass::kReturnCallRef:
      case OpClass::kThrow:
      case OpClass::kThrowRef:
      case OpClass::kRethrow:
        Emit(EventKind::kStop);
        return Stop();
      case OpClass::kLocalGet:
        return Emit(EventKind::kGet, op.index[0]);
      case OpClass::kLocalSet:
      case OpClass::kLocalTee:
        return Emit(EventKind::kSet, op.index[0]);
      default:
        return;
    }
  }

  LocalLiveness& out_;
  std::vector<Frame> frames_;
  bool dead_ = false;
  uint32_t skip_depth_ = 0;
};

void LocalLiveness::NumberCrossing(uint32_t num_params, uint32_t num_locals) {
  (void)num_params;  // All locals are assigned at entry, in epoch 0.
  bit_of_local_.assign(num_locals, kNoBit);
  local_of_bit_.clear();
  std::vector<uint32_t> epoch_of(num_locals, 0);
  uint32_t epoch = 0;
  for (const Event& event : events_) {
    switch (event.kind) {
      case EventKind::kGet:
        if (epoch_of[event.operand] != epoch &&
            bit_of_local_[event.operand] == kNoBit) {
          bit_of_local_[event.operand] =
              static_cast<uint32_t>(local_of_bit_.size());
          local_of_bit_.push_back(event.operand);
        }
        break;
      case EventKind::kSet:
        epoch_of[event.operand] = epoch;
        break;
      case EventKind::kLoop:
      case EventKind::kElse:
      case EventKind::kCatch:
      case EventKind::kEnd:
        ++epoch;
        break;
      default:
        break;
    }
  }
}

absl::Status LocalLiveness::Allocate() {
  words_ = (local_of_bit_.size() + 63) / 64;
  const size_t total = words_ * labels_.size();
  if (total > kMaxSetWords) {
    return absl::ResourceExhaustedError(
        "limit local-liveness-bits: too many locals live across labels");
  }
  live_.assign(total, 0);
  assigned_.assign(total, 0);
  const bool has_try =
      std::any_of(labels_.begin(), labels_.end(),
                  [](const Label& l) { return l.kind == EventKind::kTry; });
  try_assigned_.assign(has_try ? total : 0, 0);
  handler_live_.assign(has_try ? total : 0, 0);
  current_.assign(words_, 0);
  return absl::OkStatus();
}

void LocalLiveness::CollectAssigned() {
  std::vector<uint32_t> open = {0};
  for (const Event& event : events_) {
    switch (event.kind) {
      case EventKind::kSet: {
        const uint32_t bit = bit_of_local_[event.operand];
        if (bit != kNoBit) {
          Row(assigned_, open.back())[bit / 64] |= uint64_t{1} << (bit % 64);
        }
        break;
      }
      case EventKind::kBlock:
      case EventKind::kLoop:
      case EventKind::kIf:
      case EventKind::kTry:
      case EventKind::kTryTable:
        open.push_back(event.operand);
        break;
      case EventKind::kCatch:
        // The body's set; later arms only add to it, which is harmless.
        Union(Row(try_assigned_, event.operand), Row(assigned_, event.operand),
              words_);
        break;
      case EventKind::kEnd:
        open.pop_back();
        if (!open.empty()) {
          Union(Row(assigned_, open.back()), Row(assigned_, event.operand),
                words_);
        }
        break;
      default:
        break;
    }
  }
}

bool LocalLiveness::Propagate() {
  bool grew = false;
  uint64_t* cur = current_.data();
  const size_t bytes = words_ * sizeof(uint64_t);
  std::fill(current_.begin(), current_.end(), 0);
  saved_.clear();
  for (size_t i = events_.size(); i-- > 0;) {
    const Event event = events_[i];
    switch (event.kind) {
      case EventKind::kGet: {
        const uint32_t bit = bit_of_local_[event.operand];
        if (bit != kNoBit) cur[bit / 64] |= uint64_t{1} << (bit % 64);
        break;
      }
      case EventKind::kSet: {
        const uint32_t bit = bit_of_local_[event.operand];
        if (bit != kNoBit) cur[bit / 64] &= ~(uint64_t{1} << (bit % 64));
        break;
      }
      case EventKind::kEnd:
        if (labels_[event.operand].kind != EventKind::kLoop) {
          std::memcpy(Row(live_, event.operand), cur, bytes);
        }
        break;
      case EventKind::kElse:
        saved_.insert(saved_.end(), cur, cur + words_);
        std::memcpy(cur, Row(live_, event.operand), bytes);
        break;
      case EventKind::kIf:
        if (labels_[event.operand].has_else) {
          Union(cur, saved_.data() + saved_.size() - words_, words_);
          saved_.resize(saved_.size() - words_);
        } else {
          Union(cur, Row(live_, event.operand), words_);
        }
        break;
      case EventKind::kCatch:
        Union(Row(handler_live_, event.operand), cur, words_);
        std::memcpy(cur, Row(live_, event.operand), bytes);
        break;
      case EventKind::kTry:
        Union(cur, Row(handler_live_, event.operand), words_);
        break;
      case EventKind::kLoop: {
        uint64_t* header = Row(live_, event.operand);
        if (labels_[event.operand].targeted &&
            std::memcmp(header, cur, bytes) != 0) {
          Union(header, cur, words_);
          grew = true;
        }
        break;
      }
      case EventKind::kBr:
        std::memcpy(cur, Row(live_, event.operand), bytes);
        break;
      case EventKind::kBrIf:
        Union(cur, Row(live_, event.operand), words_);
        break;
      case EventKind::kBrTable: {
        std::fill(cur, cur + words_, 0);
        const uint32_t count = table_targets_[event.operand];
        for (uint32_t t = 1; t <= count; ++t) {
          Union(cur, Row(live_, table_targets_[event.operand + t]), words_);
        }
        break;
      }
      case EventKind::kStop:
        std::fill(cur, cur + words_, 0);
        break;
      case EventKind::kBlock:
      case EventKind::kTryTable:
        break;
    }
  }
  return grew;
}

void LocalLiveness::PinHandlerLocals(uint32_t num_locals) {
  pinned_.assign(num_locals, false);
  auto pin = [&](const uint64_t* live, const uint64_t* assigned) {
    for (size_t w = 0; w < words_; ++w) {
      for (uint64_t bits = live[w] & assigned[w]; bits != 0; bits &= bits - 1) {
        pinned_[local_of_bit_[w * 64 + __builtin_ctzll(bits)]] = true;
      }
    }
  };
  for (uint32_t label = 0; label < num_labels(); ++label) {
    if (labels_[label].catches) pin(Row(live_, label), Row(assigned_, label));
    if (labels_[label].kind == EventKind::kTry) {
      pin(Row(handler_live_, label), Row(try_assigned_, label));
    }
  }
}

absl::Status LocalLiveness::Analyse(const wasm::Module& module,
                                    wasm::ByteSpan operators, uint32_t offset,
                                    uint32_t num_params, uint32_t num_locals) {
  events_.clear();
  labels_.clear();
  table_targets_.clear();
  absl::Status status = Scanner(this).Run(module, operators, offset);
  if (!status.ok()) return status;
  NumberCrossing(num_params, num_locals);
  status = Allocate();
  if (!status.ok()) return status;
  if (words_ > 0) {
    CollectAssigned();
    int passes = 0;
    while (Propagate()) {
      if (++passes < kMaxPasses) continue;
      for (uint32_t label = 0; label < num_labels(); ++label) {
        if (labels_[label].kind == EventKind::kLoop) {
          std::fill_n(Row(live_, label), words_, ~uint64_t{0});
        }
      }
      // Headers are at their upper bound: one more pass for the other labels.
      Propagate();
      break;
    }
  }
  PinHandlerLocals(num_locals);
  return absl::OkStatus();
}

void LocalLiveness::Candidates(uint32_t label,
                               std::vector<uint32_t>* locals) const {
  const size_t begin = locals->size();
  const uint64_t* live = Row(live_, label);
  const uint64_t* assigned = Row(assigned_, label);
  for (size_t w = 0; w < words_; ++w) {
    for (uint64_t bits = live[w] & assigned[w]; bits != 0; bits &= bits - 1) {
      const size_t bit = w * 64 + __builtin_ctzll(bits);
      if (bit < local_of_bit_.size()) {
        const uint32_t local = local_of_bit_[bit];
        if (!pinned_[local]) locals->push_back(local);
      }
    }
  }
  std::sort(locals->begin() + begin, locals->end());
}

}  // namespace weft::ir
