#include "check/campaign/investigate.h"

#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "check/campaign/isolate.h"
#include "check/operators.h"
#include "check/reduce/reduce.h"
#include "check/trace.h"
#include "ir/wasm/op.h"
#include "ir/wasm/operator.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/printer.h"

namespace weft::check {
namespace {

// Exit code of a process that found nothing; those of defects follow.
// Sanitizers and failed checks have others.
constexpr int kFirstExit = 100;
// Characters of a shape.
constexpr size_t kMaxShape = 2000;

// A predicate over modules and pipelines.
using Shows = std::function<bool(absl::Span<const uint8_t>, const Pipeline&)>;

// The shortest beginning of the pipeline that shows it, then without each of
// its other passes that is not needed.
Pipeline Shorten(const Pair& pair, const Shows& shows) {
  Pipeline pipeline = pair.pipeline;
  std::vector<passes::PassId>& passes = pipeline.passes;
  const std::vector<passes::PassId> all = passes;
  for (size_t n = 0; n < all.size(); ++n) {
    passes.assign(all.begin(), all.begin() + static_cast<ptrdiff_t>(n));
    if (shows(pair.before, pipeline)) break;
    passes = all;
  }
  for (size_t i = passes.size(); i-- > 0;) {
    const std::vector<passes::PassId> kept = passes;
    passes.erase(passes.begin() + static_cast<ptrdiff_t>(i));
    if (!shows(pair.before, pipeline)) passes = kept;
  }
  return pipeline;
}

std::string ShapeOf(absl::Span<const uint8_t> bytes) {
  const auto module =
      wasm::ReadModule(bytes, {.features = wasm::FeatureSet::All()});
  if (!module.ok()) return "";
  std::string shape;
  ForEachOperator(*module, [&shape](const wasm::Operator& op) {
    absl::StrAppend(&shape, shape.empty() ? "" : " ", wasm::InfoOf(op.op).text);
    return shape.size() <= kMaxShape;
  });
  return shape;
}

std::string WhatText(const PairResult& result) {
  return result.defect == Defect::kDifferent
             ? DifferenceText(result.diff.difference)
             : result.message;
}

}  // namespace

Defect TryIsolated(const PairOptions& options, absl::Span<const uint8_t> module,
                   const Pipeline& pipeline, double hang_seconds,
                   std::string* what) {
  const IsolatedEnd end = RunIsolated(
      [&] {
        PairChecker checker(options);
        return kFirstExit +
               static_cast<int>(checker.Check(module, pipeline).defect);
      },
      hang_seconds);
  if (what != nullptr) *what = EndText(end);
  switch (end.kind) {
    case IsolatedEnd::Kind::kNotStarted:
      return Defect::kNone;
    case IsolatedEnd::Kind::kHang:
      return Defect::kHang;
    case IsolatedEnd::Kind::kSignal:
      return Defect::kCrash;
    case IsolatedEnd::Kind::kExited:
      return end.number < kFirstExit ||
                     end.number > kFirstExit + static_cast<int>(Defect::kHang)
                 ? Defect::kCrash
                 : static_cast<Defect>(end.number - kFirstExit);
  }
  return Defect::kNone;
}

Finding Investigate(const PairOptions& options, const Pair& pair, Defect defect,
                    const InvestigateOptions& investigate) {
  PairChecker checker(options);
  const Shows shows = [&](absl::Span<const uint8_t> module,
                          const Pipeline& pipeline) {
    if (investigate.isolated) {
      return TryIsolated(options, module, pipeline, investigate.hang_seconds) ==
             defect;
    }
    return checker.Check(module, pipeline).defect == defect;
  };
  Finding finding;
  finding.defect = defect;
  finding.seed = options.seed;
  finding.number = pair.number;
  finding.module = pair.before;
  finding.pipeline = pair.pipeline;
  // What is not reproducible may not show again.
  if (defect != Defect::kNotReproducible) {
    finding.pipeline = Shorten(pair, shows);
    if (!finding.pipeline.passes.empty()) {
      finding.pass =
          std::string(passes::InfoOf(finding.pipeline.passes.back()).name);
    }
    if (!investigate.reduces || investigate.reduces(finding.pass)) {
      ReduceOptions reduce;
      reduce.seconds = investigate.seconds;
      auto reduced = Reduce(
          pair.before,
          [&](absl::Span<const uint8_t> module) {
            return shows(module, finding.pipeline);
          },
          reduce, nullptr);
      if (reduced.ok()) finding.module = *std::move(reduced);
    }
  }
  if (investigate.isolated) {
    TryIsolated(options, finding.module, finding.pipeline,
                investigate.hang_seconds, &finding.what);
  } else {
    finding.what = WhatText(checker.Check(finding.module, finding.pipeline));
  }
  finding.shape = absl::StrCat(DefectText(defect), " ", finding.pass, ": ",
                               ShapeOf(finding.module));
  return finding;
}

std::string TestCaseText(const Finding& finding) {
  std::string text = absl::StrCat(
      ";; ", DefectText(finding.defect),
      finding.pass.empty() ? "" : absl::StrCat(" after ", finding.pass), "\n",
      ";; options: ", PipelineText(finding.pipeline), "\n");
  if (finding.seed != 0) {
    absl::StrAppend(&text, ";; weft fuzz: seed ", finding.seed, ", pair ",
                    finding.number, "\n");
  }
  std::string what = finding.what;
  for (size_t at = 0; (at = what.find('\n', at)) != std::string::npos; ++at) {
    what[at] = ' ';
  }
  if (!what.empty()) absl::StrAppend(&text, ";; ", what, "\n");
  const auto module =
      wasm::ReadModule(finding.module, {.features = wasm::FeatureSet::All()});
  if (!module.ok()) return text;
  const auto printed = wasm::PrintModuleText(*module, {});
  return absl::StrCat(text, printed.ok() ? *printed : "");
}

}  // namespace weft::check
