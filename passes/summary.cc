// Bodies are dealt out in chunks of neighbours of about equal bytes; each chunk
// fills a pool of its own, and the pools are joined in order. Within a body all
// mentions are gathered as (kind, index) in one integer, sorted and counted:
// O(n log n) in the mentions, which are a tenth of the operators.
#include "passes/summary.h"

#include <algorithm>
#include <utility>

#include "ir/wasm/locals.h"
#include "ir/wasm/operator.h"
#include "third_party/parallel_for.h"

namespace weft::passes {
namespace {

using wasm::ImmediateKind;
using wasm::Op;
using wasm::Operator;
using wasm::ValueType;

constexpr size_t kChunkBytes = 1 << 16;

void Mix(uint64_t value, uint64_t* hash) {
  *hash = (*hash ^ value) * 0x9e3779b97f4a7c15u;
  *hash ^= *hash >> 29;
}

bool IsIndirectCall(Op op) {
  return op == Op::kCallIndirect || op == Op::kReturnCallIndirect;
}

// Visits what one operator refers to.
class Scanner {
 public:
  explicit Scanner(const wasm::Module& module) : module_(module) {}

  std::vector<uint64_t>& mentions() { return mentions_; }
  uint64_t hash() const { return hash_; }
  void Clear() {
    mentions_.clear();
    hash_ = 0;
  }

  void Visit(const Operator& op) {
    Mix(static_cast<uint64_t>(op.op));
    int num_index = 0;
    int num_heap = 0;
    for (ImmediateKind kind : wasm::InfoOf(op.op).immediates) {
      VisitImmediate(kind, op, &num_index, &num_heap);
    }
  }

  void VisitType(ValueType type) {
    if (type.is_ref() && type.heap().is_defined()) {
      Note(UseKind::kSignedType, type.heap().index());
      Mix(type.nullable() ? 1 : 2);
      MixType(type.heap().index());
    } else {
      Mix(type.bits());
    }
  }

  void Mix(uint64_t value) { passes::Mix(value, &hash_); }

 private:
  void Note(UseKind kind, uint32_t index) {
    mentions_.push_back(static_cast<uint64_t>(kind) << 32 | index);
  }
  void NoteAndMix(UseKind kind, uint32_t index) {
    Note(kind, index);
    Mix(index);
  }
  void MixType(wasm::TypeIndex type) {
    Mix(type < module_.canonical_types.size() ? module_.canonical_types[type]
                                              : type);
  }
  void VisitHeap(wasm::HeapType heap) {
    if (heap.is_defined()) {
      Note(UseKind::kSignedType, heap.index());
      MixType(heap.index());
    } else {
      Mix(heap.bits());
    }
  }
  void VisitBlockType(const wasm::BlockType& type) {
    Mix(type.kind);
    if (type.kind == wasm::BlockType::kTypeIndex) {
      Note(UseKind::kSignedType, type.index);
      MixType(type.index);
    } else if (type.kind == wasm::BlockType::kValue) {
      VisitType(type.value);
    }
  }

  void VisitImmediate(ImmediateKind kind, const Operator& op, int* num_index,
                      int* num_heap);

  const wasm::Module& module_;
  std::vector<uint64_t> mentions_;
  uint64_t hash_ = 0;
};

void Scanner::VisitImmediate(ImmediateKind kind, const Operator& op,
                             int* num_index, int* num_heap) {
  switch (kind) {
    case ImmediateKind::kFunc:
      Note(op.op == Op::kRefFunc ? UseKind::kRefFunc : UseKind::kCall,
           op.index[(*num_index)++]);
      return;
    case ImmediateKind::kType: {
      const uint32_t type = op.index[(*num_index)++];
      Note(IsIndirectCall(op.op) ? UseKind::kIndirectType : UseKind::kType,
           type);
      MixType(type);
      return;
    }
    case ImmediateKind::kTable:
      NoteAndMix(IsIndirectCall(op.op) || op.op == Op::kTableSize
                     ? UseKind::kTableCall
                     : UseKind::kTable,
                 op.index[(*num_index)++]);
      return;
    case ImmediateKind::kMemory:
      NoteAndMix(UseKind::kMemory, op.index[(*num_index)++]);
      return;
    case ImmediateKind::kGlobal:
      NoteAndMix(
          op.op == Op::kGlobalSet ? UseKind::kGlobalSet : UseKind::kGlobalGet,
          op.index[(*num_index)++]);
      return;
    case ImmediateKind::kTag:
      NoteAndMix(UseKind::kTag, op.index[(*num_index)++]);
      return;
    case ImmediateKind::kData:
      NoteAndMix(op.op == Op::kDataDrop ? UseKind::kDataDrop : UseKind::kData,
                 op.index[(*num_index)++]);
      return;
    case ImmediateKind::kElem:
      NoteAndMix(op.op == Op::kElemDrop ? UseKind::kElemDrop : UseKind::kElem,
                 op.index[(*num_index)++]);
      return;
    case ImmediateKind::kLabel:
    case ImmediateKind::kLocal:
    case ImmediateKind::kField:
    case ImmediateKind::kCount:
    case ImmediateKind::kLane:
    case ImmediateKind::kCastFlags:
    case ImmediateKind::kOrdering:
      Mix(op.index[(*num_index)++]);
      return;
    case ImmediateKind::kBlockType:
      VisitBlockType(op.block_type);
      return;
    case ImmediateKind::kLabelTable:
      Mix(op.labels.size());
      for (uint32_t label : op.labels) Mix(label);
      return;
    case ImmediateKind::kMemArg:
      NoteAndMix(UseKind::kMemory, op.mem.memory);
      Mix(op.mem.offset);
      Mix(op.mem.align_log2);
      return;
    case ImmediateKind::kLanes16:
    case ImmediateKind::kV128:
      Mix(op.value);
      Mix(op.value_high);
      return;
    case ImmediateKind::kI32:
    case ImmediateKind::kI64:
    case ImmediateKind::kF32:
    case ImmediateKind::kF64:
      Mix(op.value);
      return;
    case ImmediateKind::kHeapType:
      VisitHeap(op.heap[(*num_heap)++]);
      return;
    case ImmediateKind::kValueTypes:
      Mix(op.types.size());
      for (ValueType type : op.types) VisitType(type);
      return;
    case ImmediateKind::kCatches:
      Mix(op.catches.size());
      for (const wasm::CatchClause& clause : op.catches) {
        Mix(clause.kind);
        if (clause.has_tag()) NoteAndMix(UseKind::kTag, clause.tag);
        Mix(clause.label);
      }
      return;
  }
}

// One chunk of neighbouring functions and what was found in them.
struct Chunk {
  wasm::FuncIndex begin = 0;
  wasm::FuncIndex end = 0;
  std::vector<Use> pool;
  absl::Status status;
};

// Appends the sorted mentions as uses to `*pool` and sets the ends.
void CountMentions(std::vector<uint64_t>* mentions, std::vector<Use>* pool,
                   FunctionSummary* summary) {
  std::sort(mentions->begin(), mentions->end());
  summary->begin = static_cast<uint32_t>(pool->size());
  size_t next = 0;
  for (int kind = 0; kind < kUseKinds; ++kind) {
    const size_t first = pool->size();
    for (; next < mentions->size(); ++next) {
      const uint64_t mention = (*mentions)[next];
      if (mention >> 32 != static_cast<uint64_t>(kind)) break;
      const auto index = static_cast<uint32_t>(mention);
      if (pool->size() > first && pool->back().index == index) {
        ++pool->back().count;
      } else {
        pool->push_back({index, 1});
      }
    }
    summary->ends[kind] = static_cast<uint32_t>(pool->size());
  }
}

// Neighbouring groups of one type count as one, as the writer joins them.
void VisitLocals(absl::Span<const wasm::LocalGroup> groups, Scanner* scanner) {
  wasm::LocalGroup run;
  const auto flush = [&] {
    if (run.count == 0) return;
    scanner->Mix(run.count);
    scanner->VisitType(run.type);
  };
  for (const wasm::LocalGroup& group : groups) {
    if (group.count == 0) continue;
    if (group.type == run.type) {
      run.count += group.count;
      continue;
    }
    flush();
    run = group;
  }
  flush();
}

absl::Status Summarize(const wasm::Module& module, wasm::FuncIndex func,
                       Scanner* scanner, std::vector<Use>* pool,
                       FunctionSummary* summary) {
  const wasm::Function& function = module.funcs[func];
  scanner->Clear();
  wasm::ByteReader reader(function.body, function.body_offset);
  std::vector<wasm::LocalGroup> groups;
  absl::Status status = wasm::ReadLocals(&reader, module.features, &groups);
  if (!status.ok()) return status;
  VisitLocals(groups, scanner);
  wasm::OperatorReader operators(reader.rest(), reader.offset(),
                                 module.features);
  Operator op;
  uint32_t count = 0;
  while (!operators.done()) {
    if (!operators.TryRead(&op)) return operators.status();
    scanner->Visit(op);
    ++count;
  }
  summary->operators = count;
  summary->hash = scanner->hash();
  CountMentions(&scanner->mentions(), pool, summary);
  return absl::OkStatus();
}

std::vector<Chunk> MakeChunks(const wasm::Module& module) {
  std::vector<Chunk> chunks;
  size_t bytes = kChunkBytes;
  for (wasm::FuncIndex i = module.num_imported_funcs; i < module.funcs.size();
       ++i) {
    if (bytes >= kChunkBytes) {
      chunks.emplace_back().begin = i;
      bytes = 0;
    }
    bytes += module.funcs[i].body.size() + 1;
    chunks.back().end = i + 1;
  }
  return chunks;
}

}  // namespace

uint64_t ModuleSummary::total_operators() const {
  uint64_t total = 0;
  for (const FunctionSummary& f : funcs_) total += f.operators;
  return total;
}

absl::StatusOr<ModuleSummary> SummarizeModule(const wasm::Module& module,
                                              int threads) {
  ModuleSummary result;
  result.funcs_.resize(module.funcs.size());
  std::vector<Chunk> chunks = MakeChunks(module);
  ParallelFor(chunks.size(), threads, [&](size_t i) {
    Chunk& chunk = chunks[i];
    Scanner scanner(module);
    for (wasm::FuncIndex func = chunk.begin; func < chunk.end; ++func) {
      chunk.status =
          Summarize(module, func, &scanner, &chunk.pool, &result.funcs_[func]);
      if (!chunk.status.ok()) return;
    }
  });
  size_t total = 0;
  for (const Chunk& chunk : chunks) {
    if (!chunk.status.ok()) return chunk.status;
    total += chunk.pool.size();
  }
  result.pool_.reserve(total);
  for (Chunk& chunk : chunks) {
    const auto base = static_cast<uint32_t>(result.pool_.size());
    for (wasm::FuncIndex func = chunk.begin; func < chunk.end; ++func) {
      FunctionSummary& summary = result.funcs_[func];
      summary.begin += base;
      for (uint32_t& end : summary.ends) end += base;
    }
    result.pool_.insert(result.pool_.end(), chunk.pool.begin(),
                        chunk.pool.end());
    std::vector<Use>().swap(chunk.pool);
  }
  return result;
}

absl::Status AppendExprUses(const wasm::Module& module,
                            const wasm::ConstExpr& expr,
                            std::vector<ExprUse>* uses) {
  Scanner scanner(module);
  wasm::OperatorReader operators(expr.code, expr.offset, module.features,
                                 "constant expression");
  Operator op;
  while (!operators.done()) {
    if (!operators.TryRead(&op)) return operators.status();
    scanner.Visit(op);
  }
  for (uint64_t mention : scanner.mentions()) {
    uses->push_back(
        {static_cast<UseKind>(mention >> 32), static_cast<uint32_t>(mention)});
  }
  return absl::OkStatus();
}

void AppendTypeUse(ValueType type, std::vector<ExprUse>* uses) {
  if (type.is_ref() && type.heap().is_defined()) {
    uses->push_back({UseKind::kSignedType, type.heap().index()});
  }
}

}  // namespace weft::passes
