#include <map>
#include <memory>
#include <numeric>
#include <vector>

#include "check/reduce/calls.h"
#include "check/reduce/reduce_module.h"
#include "ir/wasm/locals.h"

namespace weft::check::reducing {
namespace {

using wasm::FuncIndex;
using wasm::kNoIndex;
using wasm::Operator;

// Local `local` goes; `into` stands for it, kNoIndex when it is not used.
struct LocalStep {
  FuncIndex func;
  uint32_t local;
  uint32_t into;
};

// The body with locals renumbered by `map`, where kNoIndex means gone.
Bytes WithLocals(const DecodedBody& body, const std::vector<uint32_t>& map,
                 const std::vector<bool>& gone) {
  std::vector<wasm::ValueType> types;
  for (uint32_t i = body.num_params; i < body.locals.size(); ++i) {
    if (!gone[i]) types.push_back(body.locals[i]);
  }
  wasm::ByteWriter out;
  wasm::WriteLocals(types, &out);
  for (Operator op : body.ops) {
    if (NamesLocal(op)) op.index[0] = map[op.index[0]];
    WriteOperator(op, &out);
  }
  return out.Take();
}

Bytes TakeSteps(const DecodedBody& body, absl::Span<const LocalStep> steps) {
  std::vector<bool> gone(body.locals.size());
  std::vector<uint32_t> into(body.locals.size());
  std::iota(into.begin(), into.end(), 0);
  for (const LocalStep& step : steps) {
    gone[step.local] = true;
    into[step.local] = step.into;
  }
  std::vector<uint32_t> map(body.locals.size());
  uint32_t next = 0;
  for (uint32_t i = 0; i < map.size(); ++i) {
    // Those that stand for others come before them.
    map[i] = !gone[i] ? next++ : into[i] == kNoIndex ? 0 : map[into[i]];
  }
  return WithLocals(body, map, gone);
}

Plan PlanLocals(const Subject& subject, std::vector<LocalStep> steps) {
  const auto shared =
      std::make_shared<std::vector<LocalStep>>(std::move(steps));
  return {shared->size(), [&subject, shared](size_t begin, size_t end) {
            Draft draft(subject);
            while (begin < end) {
              const FuncIndex func = (*shared)[begin].func;
              size_t stop = begin;
              while (stop < end && (*shared)[stop].func == func) ++stop;
              draft.bodies[func] = TakeSteps(
                  subject.bodies()[func],
                  absl::MakeConstSpan(*shared).subspan(begin, stop - begin));
              begin = stop;
            }
            return draft.Write();
          }};
}

std::vector<bool> UsedLocals(const DecodedBody& body) {
  std::vector<bool> used(body.locals.size());
  for (const Operator& op : body.ops) {
    if (NamesLocal(op)) used[op.index[0]] = true;
  }
  return used;
}

}  // namespace

Plan PlanUnusedLocals(const Subject& subject) {
  std::vector<LocalStep> steps;
  const std::vector<DecodedBody>& bodies = subject.bodies();
  for (FuncIndex func = 0; func < bodies.size(); ++func) {
    const std::vector<bool> used = UsedLocals(bodies[func]);
    for (uint32_t i = bodies[func].num_params; i < used.size(); ++i) {
      if (!used[i]) steps.push_back({func, i, kNoIndex});
    }
  }
  return PlanLocals(subject, std::move(steps));
}

Plan PlanMergeLocals(const Subject& subject) {
  std::vector<LocalStep> steps;
  const std::vector<DecodedBody>& bodies = subject.bodies();
  for (FuncIndex func = 0; func < bodies.size(); ++func) {
    std::map<uint32_t, uint32_t> first;  // By the bits of the type.
    for (uint32_t i = 0; i < bodies[func].locals.size(); ++i) {
      const auto [it, is_first] =
          first.try_emplace(bodies[func].locals[i].bits(), i);
      if (!is_first && i >= bodies[func].num_params) {
        steps.push_back({func, i, it->second});
      }
    }
  }
  return PlanLocals(subject, std::move(steps));
}

}  // namespace weft::check::reducing
