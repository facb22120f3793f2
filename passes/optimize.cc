// Consecutive function passes share one visit; module passes are barriers.
#include "passes/optimize.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/validator.h"
#include "passes/link.h"
#include "passes/merge_duplicate_functions.h"
#include "passes/module_state.h"
#include "passes/pack_memory.h"
#include "passes/remove_unused.h"
#include "passes/reorder.h"
#include "passes/visit.h"

namespace weft::passes {

namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

constexpr absl::string_view kSectionNames[] = {
    "custom", "type",  "import",  "function", "table", "memory",     "global",
    "export", "start", "element", "code",     "data",  "data count", "tag"};

// Bytes of every section with its header, by id; the module is known to be
// well-formed.
void MeasureSections(wasm::ByteSpan bytes, bool after,
                     std::vector<SectionReport>* sections) {
  if (sections->empty()) {
    for (absl::string_view name : kSectionNames) {
      sections->push_back({std::string(name), 0, 0});
    }
  }
  wasm::ByteReader reader(bytes.subspan(8), 8);
  while (reader.remaining() > 0) {
    const size_t left = reader.remaining();
    uint8_t id = 0;
    uint32_t size = 0;
    wasm::ByteSpan content;
    if (!reader.ReadByte(&id) || !reader.ReadU32(&size) ||
        !reader.ReadBytes(size, &content) || id >= sections->size()) {
      return;
    }
    uint64_t& sum = after ? (*sections)[id].after : (*sections)[id].before;
    sum += left - reader.remaining();
  }
}

// Everything but custom sections, and the preamble.
uint64_t NonCustomBytes(const std::vector<SectionReport>& sections,
                        bool after) {
  uint64_t sum = 8;
  for (size_t i = 1; i < sections.size(); ++i) {
    sum += after ? sections[i].after : sections[i].before;
  }
  return sum;
}

absl::StatusOr<uint64_t> CountOperators(int threads, ModuleState* state) {
  const absl::StatusOr<const ModuleSummary*> summary = state->Summary(threads);
  if (!summary.ok()) return summary.status();
  uint64_t count = 0;
  for (uint32_t f = 0; f < state->module().funcs.size(); ++f) {
    if (state->is_kept(IndexSpace::kFuncs, f) &&
        !state->module().funcs[f].is_import()) {
      count += (*summary)->operators(f);
    }
  }
  return count;
}

absl::StatusOr<uint64_t> RunModulePass(PassId pass,
                                       const OptimizeOptions& options,
                                       ModuleState* state) {
  const ModulePassOptions module_options{options.threads};
  switch (pass) {
    case PassId::kRemoveUnused:
      return RemoveUnused(module_options, state);
    case PassId::kMergeDuplicateFunctions:
      return MergeDuplicateFunctions(module_options, state);
    case PassId::kPackMemory: {
      PackMemoryOptions pack;
      pack.threads = options.threads;
      return PackMemory(pack, state);
    }
    case PassId::kReorder:
      return Reorder(module_options, state);
    case PassId::kRoundtripSsa:
    case PassId::kGvn:
    case PassId::kRules:
    case PassId::kDce:
    case PassId::kSimplifyBranches:
    case PassId::kCount:
      break;
  }
  return absl::InternalError("not a module pass");
}

absl::Status RunPasses(const OptimizeOptions& options, ModuleState* state,
                       OptimizeReport* report) {
  const std::vector<PassId>& passes = options.passes;
  for (size_t i = 0; i < passes.size();) {
    size_t end = i;
    while (end < passes.size() &&
           InfoOf(passes[end]).scope == PassScope::kFunction) {
      ++end;
    }
    if (end > i) {
      const absl::Status status =
          VisitBodies(absl::MakeConstSpan(passes).subspan(i, end - i), options,
                      state, report);
      if (!status.ok()) return status;
      i = end;
      continue;
    }
    const Clock::time_point start = Clock::now();
    const absl::StatusOr<uint64_t> changes =
        RunModulePass(passes[i], options, state);
    if (!changes.ok()) return changes.status();
    report->passes.push_back({passes[i], SecondsSince(start), *changes});
    ++i;
  }
  return absl::OkStatus();
}

// An error about the output is a defect of ours, whatever the reader calls it.
absl::Status CheckOutput(wasm::ByteSpan bytes, const OptimizeOptions& options) {
  const absl::StatusOr<wasm::Module> module =
      wasm::ReadModule(bytes, {options.features});
  absl::Status status = module.status();
  if (status.ok()) status = wasm::ValidateAll(*module, options.threads);
  if (status.ok()) return status;
  return absl::InternalError(
      absl::StrCat("the output does not validate: ", status.message()));
}

}  // namespace

absl::StatusOr<std::vector<uint8_t>> Optimize(wasm::ByteSpan input,
                                              const OptimizeOptions& options,
                                              OptimizeReport* report) {
  OptimizeReport unused;
  if (report == nullptr) report = &unused;
  *report = OptimizeReport();
  const Clock::time_point start = Clock::now();
  absl::StatusOr<wasm::Module> module =
      wasm::ReadModule(input, {options.features});
  if (!module.ok()) return module.status();
  absl::Status status = RefuseRelocatable(*module);
  if (status.ok()) status = wasm::ValidateAll(*module, options.threads);
  if (!status.ok()) return status;

  report->bytes_before = input.size();
  MeasureSections(input, false, &report->sections);
  report->bodies = module->funcs.size() - module->num_imported_funcs;
  ModuleState state(*std::move(module));
  absl::StatusOr<uint64_t> operators = CountOperators(options.threads, &state);
  if (!operators.ok()) return operators.status();
  report->instructions_before = *operators;
  status = RunPasses(options, &state, report);
  if (!status.ok()) return status;
  operators = CountOperators(options.threads, &state);
  if (!operators.ok()) return operators.status();
  report->instructions_after = *operators;

  LinkOptions link;
  link.threads = options.threads;
  absl::StatusOr<Linked> linked = Link(state, link);
  if (!linked.ok()) return linked.status();
  if (options.validate) {
    status = CheckOutput(linked->bytes, options);
    if (!status.ok()) return status;
  }
  MeasureSections(linked->bytes, true, &report->sections);
  report->warnings = std::move(linked->warnings);
  report->bytes_after = linked->bytes.size();
  if (options.fallback && NonCustomBytes(report->sections, true) >
                              NonCustomBytes(report->sections, false)) {
    report->warnings.push_back("the input was smaller and is kept as it is");
    report->bytes_after = input.size();
    linked->bytes.assign(input.begin(), input.end());
    for (SectionReport& section : report->sections) {
      section.after = section.before;
    }
  }
  report->seconds = SecondsSince(start);
  return std::move(linked->bytes);
}

}  // namespace weft::passes
