#include "passes/visit.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <numeric>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "ir/lift.h"
#include "ir/lower.h"
#include "ir/text_printer.h"
#include "ir/type_lookup.h"
#include "ir/verifier.h"
#include "ir/wasm/locals.h"
#include "ir/wasm/validator.h"
#include "ir/wasm/writer.h"
#include "passes/dce.h"
#include "passes/function_pass.h"
#include "passes/gvn.h"
#include "passes/rules.h"
#include "passes/simplify_branches.h"
#include "third_party/parallel_for.h"

namespace weft::passes {

namespace {

using Clock = std::chrono::steady_clock;

// Round trips until the bytes repeat.
constexpr int kMaxRoundTrips = 16;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

bool RunNothing(const FunctionContext&, ir::Function*) { return false; }

FunctionPass Implementation(PassId pass) {
  switch (pass) {
    case PassId::kRoundtripSsa:
      return RunNothing;
    case PassId::kGvn:
      return Gvn;
    case PassId::kRules:
      return Rules;
    case PassId::kDce:
      return Dce;
    case PassId::kSimplifyBranches:
      return SimplifyBranches;
    case PassId::kRemoveUnused:
    case PassId::kMergeDuplicateFunctions:
    case PassId::kPackMemory:
    case PassId::kReorder:
    case PassId::kCount:
      break;
  }
  WEFT_CHECK(false);
  return nullptr;
}

// What became of a body.
enum class Outcome : uint8_t {
  kUnchanged,
  kReplaced,
  kKept,  // It had grown.
  kOverBudget,
  kInvalid,  // What came out did not validate: a defect of ours.
};

struct Result {
  Outcome outcome = Outcome::kUnchanged;
  uint32_t old_bytes = 0;
  std::vector<uint8_t> body;
  std::vector<wasm::BranchHint> hints;
  std::string text;  // Of the SSA form, where options ask for it.
};

// All that one thread needs, kept from body to body.
class Worker {
 public:
  Worker(const wasm::ModuleContext& context, const ir::TypeLookup& types,
         absl::Span<const PassId> passes, const OptimizeOptions& options)
      : module_(context.module()),
        passes_(passes),
        options_(options),
        context_{module_, options.for_size},
        lowerer_(module_, types),
        validator_(context),
        repeats_(std::find(passes.begin(), passes.end(),
                           PassId::kRoundtripSsa) != passes.end()) {
    for (PassId pass : passes) {
      reports_.push_back({pass, 0, 0});
      implementations_.push_back(Implementation(pass));
    }
  }

  const std::vector<PassReport>& reports() const { return reports_; }

  // `hints` are those of the body.
  Result Work(wasm::FuncIndex func, absl::Span<const wasm::BranchHint> hints) {
    Result result;
    old_.clear();
    moves_.clear();
    if (!wasm::ReencodeBody(module_, func, {}, &old_,
                            hints.empty() ? nullptr : &moves_)
             .ok()) {
      result.outcome = Outcome::kInvalid;
      return result;
    }
    result.old_bytes = static_cast<uint32_t>(old_.size());
    text_.clear();
    const std::vector<wasm::BranchHint> old_hints =
        MoveHints(hints, module_.funcs[func].body_offset, moves_);
    result.outcome = Transform(func, old_.bytes(), old_hints, true, &new_);
    if (result.outcome == Outcome::kReplaced && repeats_) {
      result.outcome = Settle(func);
    }
    result.text = text_;
    if (result.outcome != Outcome::kReplaced) return result;
    if (new_.bytes() == old_.bytes()) {
      result.outcome = Outcome::kUnchanged;
      return result;
    }
    if (options_.fallback && new_.size() > old_.size()) {
      result.outcome = Outcome::kKept;
      return result;
    }
    result.body = new_.bytes();
    result.hints = hints_;
    return result;
  }

 private:
  // Lifts `body`, runs the passes and, with `inject`, what was injected, lowers
  // into `*out` and hints_ and validates that. kReplaced when all went well.
  Outcome Transform(wasm::FuncIndex func, wasm::ByteSpan body,
                    absl::Span<const wasm::BranchHint> hints, bool inject,
                    wasm::ByteWriter* out) {
    out->clear();
    if (!lifter_.Lift(module_, func, body, 0, &function_, hints).ok()) {
      return Outcome::kOverBudget;
    }
    Check(func, "lift");
    if (text_.empty()) Print(func, "");
    for (size_t i = 0; i < implementations_.size(); ++i) {
      const Clock::time_point start = Clock::now();
      if (implementations_[i](context_, &function_)) ++reports_[i].changes;
      reports_[i].seconds += SecondsSince(start);
      Check(func, InfoOf(passes_[i]).name);
      Print(func, InfoOf(passes_[i]).name);
    }
    if (inject && options_.injected) {
      options_.injected(context_, &function_);
      Check(func, "what was injected");
    }
    if (!lowerer_.Lower(&function_, out, &hints_).ok())
      return Outcome::kOverBudget;
    if (options_.validate && !validator_.Validate(func, out->bytes(), 0).ok()) {
      return Outcome::kInvalid;
    }
    return Outcome::kReplaced;
  }

  // In checked builds a broken invariant names the pass that broke it.
  void Check(wasm::FuncIndex func, absl::string_view after) {
#ifdef NDEBUG
    (void)func;
    (void)after;
#else
    const absl::Status status = ir::Verify(module_, function_);
    if (status.ok()) return;
    const std::string text = absl::StrCat("function ", func, " after ", after,
                                          ": ", status.message());
    CheckFailed(__FILE__, __LINE__, text.c_str());
#endif
  }

  void Print(wasm::FuncIndex func, absl::string_view after) {
    if (!options_.print_ir || options_.print_after != after) return;
    absl::StrAppend(&text_, ";; function ", func,
                    after.empty() ? "" : absl::StrCat(", after ", after), "\n");
    ir::PrintFunction(module_, function_, &text_);
  }

  // Repeats the round trip until the bytes come again. Of several forms that
  // follow each other in a circle the shortest, and of these the first in
  // order of bytes, is the one to stay.
  Outcome Settle(wasm::FuncIndex func) {
    struct Form {
      std::vector<uint8_t> bytes;
      std::vector<wasm::BranchHint> hints;
    };
    std::vector<Form> forms = {{new_.bytes(), hints_}};
    for (int i = 0; i < kMaxRoundTrips; ++i) {
      const Outcome outcome =
          Transform(func, forms.back().bytes, forms.back().hints, false, &new_);
      if (outcome != Outcome::kReplaced) return outcome;
      const auto seen = std::find_if(
          forms.begin(), forms.end(),
          [&](const Form& form) { return form.bytes == new_.bytes(); });
      if (seen != forms.end()) {
        const auto best = std::min_element(
            seen, forms.end(), [](const Form& a, const Form& b) {
              return a.bytes.size() != b.bytes.size()
                         ? a.bytes.size() < b.bytes.size()
                         : a.bytes < b.bytes;
            });
        new_.mutable_bytes() = best->bytes;
        hints_ = best->hints;
        break;
      }
      forms.push_back({new_.bytes(), hints_});
    }
    return Outcome::kReplaced;
  }

  const wasm::Module& module_;
  absl::Span<const PassId> passes_;
  const OptimizeOptions& options_;
  FunctionContext context_;
  ir::Lifter lifter_;
  ir::Lowerer lowerer_;
  ir::Function function_;
  wasm::BodyValidator validator_;
  bool repeats_;
  std::vector<FunctionPass> implementations_;
  std::vector<PassReport> reports_;
  std::string text_;
  std::vector<wasm::OperatorMove> moves_;
  std::vector<wasm::BranchHint> hints_;  // Of new_.
  wasm::ByteWriter old_;
  wasm::ByteWriter new_;
};

// Workers at rest; as many as threads ever work at once.
class WorkerPool {
 public:
  template <typename Make>
  std::unique_ptr<Worker> Take(Make make) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<Worker> worker = std::move(idle_.back());
        idle_.pop_back();
        return worker;
      }
    }
    return make();
  }
  void Return(std::unique_ptr<Worker> worker) {
    std::lock_guard<std::mutex> lock(mutex_);
    idle_.push_back(std::move(worker));
  }
  std::vector<std::unique_ptr<Worker>>& idle() { return idle_; }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Worker>> idle_;
};

// Functions that were merged are one: exports and segments may name any of
// them, and bodies any other. What one is declared as, all are.
void DeclareMerged(const ModuleState& state, wasm::ModuleContext* context) {
  const auto funcs = static_cast<uint32_t>(state.module().funcs.size());
  const auto stands_for = [&](uint32_t func) {
    return state.Resolve(IndexSpace::kFuncs, func);
  };
  for (uint32_t func = 0; func < funcs; ++func) {
    if (context->IsDeclared(func)) context->DeclareFunc(stands_for(func));
  }
  for (uint32_t func = 0; func < funcs; ++func) {
    if (context->IsDeclared(stands_for(func))) context->DeclareFunc(func);
  }
}

// Large bodies first, so that threads finish together; or shuffled.
std::vector<wasm::FuncIndex> Schedule(const ModuleState& state, uint64_t seed) {
  const wasm::Module& module = state.module();
  std::vector<wasm::FuncIndex> funcs;
  for (uint32_t i = module.num_imported_funcs; i < module.funcs.size(); ++i) {
    if (state.is_kept(IndexSpace::kFuncs, i)) funcs.push_back(i);
  }
  if (seed != 0) {
    std::mt19937_64 random(seed);
    for (size_t i = funcs.size(); i > 1; --i) {
      std::swap(funcs[i - 1], funcs[random() % i]);
    }
    return funcs;
  }
  std::sort(funcs.begin(), funcs.end(), [&](uint32_t a, uint32_t b) {
    const size_t x = module.funcs[a].body.size();
    const size_t y = module.funcs[b].body.size();
    return x != y ? x > y : a < b;
  });
  return funcs;
}

// In the order of indices, whatever the schedule was.
void PrintTexts(absl::Span<const wasm::FuncIndex> funcs,
                absl::Span<const Result> results,
                const OptimizeOptions& options) {
  if (!options.print_ir) return;
  std::vector<size_t> order(funcs.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return funcs[a] < funcs[b]; });
  for (size_t i : order) {
    if (!results[i].text.empty()) options.print_ir(results[i].text);
  }
}

void Account(const Result& result, OptimizeReport* report) {
  switch (result.outcome) {
    case Outcome::kUnchanged:
    case Outcome::kReplaced:
      return;
    case Outcome::kKept:
      ++report->bodies_kept;
      report->bytes_kept += result.old_bytes;
      return;
    case Outcome::kOverBudget:
      ++report->bodies_over_budget;
      report->bytes_kept += result.old_bytes;
      return;
    case Outcome::kInvalid:
      ++report->bodies_invalid;
      report->bytes_kept += result.old_bytes;
      return;
  }
}

}  // namespace

absl::Status VisitBodies(absl::Span<const PassId> passes,
                         const OptimizeOptions& options, ModuleState* state,
                         OptimizeReport* report) {
  const std::vector<wasm::FuncIndex> funcs =
      Schedule(*state, options.schedule_seed);
  wasm::ModuleContext context(state->module());
  DeclareMerged(*state, &context);
  const ir::TypeLookup types(state->module(), [state](wasm::TypeIndex type) {
    return state->is_kept(IndexSpace::kTypes, type);
  });
  WorkerPool pool;
  std::vector<Result> results(funcs.size());
  std::atomic<size_t> done = 0;
  std::mutex progress_mutex;
  ParallelFor(funcs.size(), options.threads, [&](size_t i) {
    std::unique_ptr<Worker> worker = pool.Take([&] {
      return std::make_unique<Worker>(context, types, passes, options);
    });
    results[i] = worker->Work(funcs[i], state->hints(funcs[i]));
    pool.Return(std::move(worker));
    const size_t count = ++done;
    if (options.progress && count % 64 == 0) {
      std::lock_guard<std::mutex> lock(progress_mutex);
      options.progress(count, funcs.size());
    }
  });
  PrintTexts(funcs, results, options);
  for (size_t i = 0; i < funcs.size(); ++i) {
    Account(results[i], report);
    if (results[i].outcome == Outcome::kReplaced) {
      state->ReplaceBody(funcs[i], std::move(results[i].body),
                         BodyLocals::kRenumbered, std::move(results[i].hints));
    }
  }
  std::vector<PassReport> sums;
  for (PassId pass : passes) sums.push_back({pass, 0, 0});
  for (const auto& worker : pool.idle()) {
    for (size_t p = 0; p < sums.size(); ++p) {
      sums[p].seconds += worker->reports()[p].seconds;
      sums[p].changes += worker->reports()[p].changes;
    }
  }
  report->passes.insert(report->passes.end(), sums.begin(), sums.end());
  return absl::OkStatus();
}

}  // namespace weft::passes
