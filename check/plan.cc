#include "check/plan.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "check/trace.h"

namespace weft::check {
namespace {

// Exported functions, those with the smallest hashes first.
std::vector<uint32_t> Shuffled(const Interface& interface,
                               absl::string_view prefix, uint64_t seed) {
  std::vector<std::pair<uint64_t, uint32_t>> order;
  for (uint32_t i = 0; i < interface.exports.size(); ++i) {
    if (interface.exports[i].type.kind != wasm::ExternalKind::kFunc) continue;
    if (!absl::StartsWith(interface.exports[i].name, prefix)) continue;
    order.emplace_back(Mix(seed, NameHash(interface.exports[i].name)), i);
  }
  std::sort(order.begin(), order.end());
  std::vector<uint32_t> out;
  for (const auto& [hash, index] : order) out.push_back(index);
  return out;
}

std::optional<uint32_t> FindFunc(const Interface& interface,
                                 absl::string_view name) {
  for (uint32_t i = 0; i < interface.exports.size(); ++i) {
    const Interface::Export& e = interface.exports[i];
    if (e.name == name && e.type.kind == wasm::ExternalKind::kFunc) return i;
  }
  return std::nullopt;
}

// Sessions of at most `most` calls.
std::vector<PlannedSession> Cut(std::vector<PlannedSession> sessions,
                                size_t most) {
  if (most == 0) return sessions;
  std::vector<PlannedSession> out;
  for (PlannedSession& session : sessions) {
    const std::vector<PlannedCall> calls = std::move(session.calls);
    size_t begin = 0;
    do {
      const size_t end = std::min(calls.size(), begin + most);
      session.calls.assign(calls.begin() + static_cast<ptrdiff_t>(begin),
                           calls.begin() + static_cast<ptrdiff_t>(end));
      out.push_back(session);
      begin = end;
    } while (begin < calls.size());
  }
  return out;
}

}  // namespace

std::vector<PlannedSession> PlanSessions(const Interface& interface,
                                         const DiffOptions& options) {
  std::vector<uint32_t> funcs =
      Shuffled(interface, options.only_prefix, options.seed);
  const uint32_t vectors = 1 + static_cast<uint32_t>(options.runs);
  if (options.max_calls != 0) {
    const size_t most = std::max<size_t>(1, options.max_calls / vectors);
    if (funcs.size() > most) funcs.resize(most);
  }
  std::vector<uint32_t> in_order = funcs;
  std::sort(in_order.begin(), in_order.end());

  std::vector<PlannedSession> out;
  for (const GivenCall& given : options.given) {
    const std::optional<uint32_t> func = FindFunc(interface, given.name);
    if (!func) continue;
    PlannedSession& session = out.emplace_back();
    session.manner = Manner::kPolite;
    session.seed = options.seed;
    session.calls.push_back({*func, 0, &given.args});
  }
  PlannedSession& zeros = out.emplace_back();
  zeros.manner = Manner::kPolite;
  zeros.seed = options.seed;
  for (const uint32_t func : in_order) zeros.calls.push_back({func, 0});
  for (const uint32_t func : in_order) zeros.calls.push_back({func, 1});
  // One export again and again, then the exports in turns.
  PlannedSession& varied = out.emplace_back();
  varied.manner = Manner::kVaried;
  varied.seed = Mix(options.seed, 1);
  for (const uint32_t func : funcs) {
    for (uint32_t v = 2; v < vectors; ++v) varied.calls.push_back({func, v});
  }
  PlannedSession& wild = out.emplace_back();
  wild.manner = Manner::kWild;
  wild.seed = Mix(options.seed, 2);
  for (uint32_t round = 0; round < 1 + vectors / 4; ++round) {
    for (const uint32_t func : funcs) wild.calls.push_back({func, 1 + round});
  }
  for (size_t i = 0;
       i < std::min<size_t>(funcs.size(),
                            static_cast<size_t>(options.fresh_instances));
       ++i) {
    PlannedSession& fresh = out.emplace_back();
    fresh.seed = Mix(options.seed, 3 + i);
    fresh.calls.push_back({funcs[i], 1 + static_cast<uint32_t>(i % 3)});
  }
  return Cut(std::move(out), options.calls_per_session);
}

}  // namespace weft::check
