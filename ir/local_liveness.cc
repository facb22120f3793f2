// Liveness of locals as a backward data-flow problem over a list of events
// (local accesses and control operators of the reachable code). Structured
// control gives each label's set in one pass but for back edges; passes repeat
// until no loop header changes, which takes at most the nesting depth of loops
// plus one. Sets are over the locals that cross a label at all (the
// "semi-pruned" choice of Briggs et al., 1998), and share what they have in
// common.
#include "ir/local_liveness.h"

#include <algorithm>
#include <utility>

#include "ir/wasm/operator.h"

namespace weft::ir {

using wasm::Op;
using wasm::OpClass;

namespace {

constexpr uint32_t kNoBit = 0xffffffffu;
// Nodes of sets at a time, 128 MiB, and looked at in all: about a second.
constexpr size_t kMaxNodes = size_t{1} << 21;
constexpr size_t kMaxWork = size_t{1} << 27;
// Assigned locals, counted once for every label that they are assigned in.
constexpr size_t kMaxAssigned = size_t{1} << 24;
// Beyond this many passes, headers take everything that is ever read.
constexpr int kMaxPasses = 12;

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

// All locals are assigned at entry, in epoch 0.
void LocalLiveness::NumberCrossing(uint32_t num_locals) {
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

LocalLiveness::Range LocalLiveness::StoreAssigned(std::vector<uint32_t>* bits) {
  std::sort(bits->begin(), bits->end());
  bits->erase(std::unique(bits->begin(), bits->end()), bits->end());
  const uint32_t begin = static_cast<uint32_t>(assigned_.size());
  assigned_.insert(assigned_.end(), bits->begin(), bits->end());
  return {begin, static_cast<uint32_t>(assigned_.size())};
}

absl::Status LocalLiveness::CollectAssigned() {
  assigned_.clear();
  assigned_of_.assign(labels_.size(), {});
  guarded_of_.assign(labels_.size(), {});
  std::vector<std::vector<uint32_t>> open(1);
  for (const Event& event : events_) {
    switch (event.kind) {
      case EventKind::kSet: {
        const uint32_t bit = bit_of_local_[event.operand];
        if (bit != kNoBit) open.back().push_back(bit);
        break;
      }
      case EventKind::kBlock:
      case EventKind::kLoop:
      case EventKind::kIf:
      case EventKind::kTry:
      case EventKind::kTryTable:
        open.emplace_back();
        break;
      case EventKind::kCatch:
        // What later arms add does no harm.
        guarded_of_[event.operand] = StoreAssigned(&open.back());
        break;
      case EventKind::kEnd: {
        assigned_of_[event.operand] = StoreAssigned(&open.back());
        std::vector<uint32_t> inner = std::move(open.back());
        open.pop_back();
        if (open.empty()) break;
        std::vector<uint32_t>& outer = open.back();
        if (outer.empty()) {
          outer = std::move(inner);
        } else {
          outer.insert(outer.end(), inner.begin(), inner.end());
        }
        break;
      }
      default:
        break;
    }
    if (assigned_.size() > kMaxAssigned) {
      return absl::ResourceExhaustedError(
          "limit assigned-locals: too many locals are assigned in nested "
          "blocks");
    }
  }
  is_candidate_.assign(assigned_.size(), 0);
  return absl::OkStatus();
}

void LocalLiveness::NumberLoops() {
  header_of_.assign(labels_.size(), 0);
  uint32_t next = 0;
  for (size_t label = 0; label < labels_.size(); ++label) {
    if (labels_[label].kind == EventKind::kLoop && labels_[label].targeted) {
      header_of_[label] = next++;
    }
  }
  headers_.assign(next, SharedSet(&pool_));
}

// What is live where a branch to `label` goes.
const SharedSet& LocalLiveness::Target(uint32_t label) const {
  if (labels_[label].kind == EventKind::kLoop) {
    return headers_[header_of_[label]];
  }
  return open_[open_of_[label]].at_end;
}

// Notes which of the locals assigned within `label` are in `live`.
void LocalLiveness::Mark(uint32_t label, const SharedSet& live) {
  const Range range = assigned_of_[label];
  for (uint32_t i = range.begin; i < range.end; ++i) {
    is_candidate_[i] = live.Contains(assigned_[i]);
  }
}

void LocalLiveness::CloseLabel(uint32_t label) {
  const SharedSet none(&pool_);
  OpenLabel open{none, none, none};
  if (labels_[label].kind != EventKind::kLoop) {
    open.at_end = current_;
    Mark(label, current_);
  }
  open_of_[label] = static_cast<uint32_t>(open_.size());
  open_.push_back(std::move(open));
}

// The walk has come to the operator that opens the innermost open label.
void LocalLiveness::OpenLabelAt(const Event& event, bool* grew) {
  const OpenLabel& open = open_.back();
  switch (event.kind) {
    case EventKind::kIf:
      current_.Union(labels_[event.operand].has_else ? open.else_arm
                                                     : open.at_end);
      break;
    case EventKind::kTry: {
      current_.Union(open.handlers);
      const Range guarded = guarded_of_[event.operand];
      for (uint32_t i = guarded.begin; i < guarded.end; ++i) {
        const uint32_t bit = assigned_[i];
        if (open.handlers.Contains(bit)) pinned_[local_of_bit_[bit]] = true;
      }
      break;
    }
    case EventKind::kLoop: {
      if (!labels_[event.operand].targeted) break;
      SharedSet& header = headers_[header_of_[event.operand]];
      *grew |= header.Union(current_);
      Mark(event.operand, header);
      break;
    }
    default:
      break;
  }
  open_.pop_back();
}

absl::StatusOr<bool> LocalLiveness::Propagate() {
  bool grew = false;
  open_.clear();
  open_of_.assign(labels_.size(), 0);
  current_.clear();
  for (size_t i = events_.size(); i-- > 0;) {
    const Event event = events_[i];
    switch (event.kind) {
      case EventKind::kGet: {
        const uint32_t bit = bit_of_local_[event.operand];
        if (bit != kNoBit) current_.Insert(bit);
        break;
      }
      case EventKind::kSet: {
        const uint32_t bit = bit_of_local_[event.operand];
        if (bit != kNoBit) current_.Erase(bit);
        break;
      }
      case EventKind::kEnd:
        CloseLabel(event.operand);
        if (pool_.num_nodes() > kMaxNodes || pool_.work() > kMaxWork) {
          return absl::ResourceExhaustedError(
              "limit local-liveness: too many locals live across labels");
        }
        break;
      case EventKind::kElse:
        open_.back().else_arm = current_;
        current_ = open_.back().at_end;
        break;
      case EventKind::kCatch:
        open_.back().handlers.Union(current_);
        current_ = open_.back().at_end;
        break;
      case EventKind::kBr:
        current_ = Target(event.operand);
        break;
      case EventKind::kBrIf:
        current_.Union(Target(event.operand));
        break;
      case EventKind::kBrTable: {
        current_.clear();
        const uint32_t count = table_targets_[event.operand];
        for (uint32_t t = 1; t <= count; ++t) {
          current_.Union(Target(table_targets_[event.operand + t]));
        }
        break;
      }
      case EventKind::kStop:
        current_.clear();
        break;
      case EventKind::kBlock:
      case EventKind::kLoop:
      case EventKind::kIf:
      case EventKind::kTryTable:
      case EventKind::kTry:
        OpenLabelAt(event, &grew);
        break;
    }
  }
  return grew;
}

absl::Status LocalLiveness::Analyse(const wasm::Module& module,
                                    wasm::ByteSpan operators, uint32_t offset,
                                    uint32_t num_locals) {
  events_.clear();
  labels_.clear();
  table_targets_.clear();
  absl::Status status = Scanner(this).Run(module, operators, offset);
  if (!status.ok()) return status;
  NumberCrossing(num_locals);
  const uint32_t bits = static_cast<uint32_t>(local_of_bit_.size());
  current_.clear();
  headers_.clear();
  open_.clear();
  pool_.Reset(bits);
  pinned_.assign(num_locals, false);
  status = CollectAssigned();
  if (!status.ok() || bits == 0) return status;
  NumberLoops();
  for (int passes = 0;; ++passes) {
    const absl::StatusOr<bool> grew = Propagate();
    if (!grew.ok()) return grew.status();
    if (!*grew) break;
    // Far from a fixed point, headers take everything.
    if (passes == kMaxPasses) {
      SharedSet all(&pool_);
      for (uint32_t bit = 0; bit < bits; ++bit) all.Insert(bit);
      std::fill(headers_.begin(), headers_.end(), all);
    }
  }
  for (uint32_t label = 0; label < num_labels(); ++label) {
    if (!labels_[label].catches) continue;
    const Range range = assigned_of_[label];
    for (uint32_t i = range.begin; i < range.end; ++i) {
      if (is_candidate_[i]) pinned_[local_of_bit_[assigned_[i]]] = true;
    }
  }
  return absl::OkStatus();
}

void LocalLiveness::Candidates(uint32_t label,
                               std::vector<uint32_t>* locals) const {
  const size_t begin = locals->size();
  const Range range = assigned_of_[label];
  for (uint32_t i = range.begin; i < range.end; ++i) {
    const uint32_t local = local_of_bit_[assigned_[i]];
    if (is_candidate_[i] && !pinned_[local]) locals->push_back(local);
  }
  std::sort(locals->begin() + begin, locals->end());
}

}  // namespace weft::ir
