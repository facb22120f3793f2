#include "check/mock_host.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "check/values.h"

namespace weft::check {
namespace {

using exec::CallResult;
using exec::HostResult;
using exec::TrapKind;
using exec::Val;
using wasm::HeapType;
using wasm::ValueType;

constexpr int kMaxReentries = 12;
constexpr int kMaxDepth = 2;
constexpr int kMaxGrows = 3;
constexpr size_t kMaxRemembered = 16;

std::string EndText(const CallResult& result, const Observer& observer,
                    absl::Span<const Val> results) {
  switch (result.kind) {
    case CallResult::kReturned:
      return absl::StrCat("returned ", observer.Text(results));
    case CallResult::kTrapped:
      return absl::StrCat("trap: ", exec::TrapText(result.trap));
    case CallResult::kThrew:
      return absl::StrCat("threw ", observer.Text({&result.exception, 1}));
    case CallResult::kExited:
      break;
  }
  return "exit";
}

}  // namespace

Poison PoisonOf(TrapKind kind) {
  switch (kind) {
    case TrapKind::kAllFuelConsumed:
      return Poison::kFuel;
    case TrapKind::kCallStackExhausted:
      return Poison::kStack;
    case TrapKind::kHeapExhausted:
    case TrapKind::kAllocationSizeTooLarge:
      return Poison::kHeap;
    case TrapKind::kOutOfMemory:
      return Poison::kMemory;
    case TrapKind::kInterrupted:
    case TrapKind::kDeadlineExceeded:
      return Poison::kWait;
    default:
      return Poison::kNone;
  }
}

MockHost::MockHost(exec::Store& store, const Interface& interface,
                   const SessionOptions& options, Trace& trace)
    : store_(store),
      interface_(interface),
      options_(options),
      trace_(trace),
      observer_(store) {}

void MockHost::SetInstance(const exec::Instance& instance) {
  instance_ = instance;
  for (uint32_t i = 0; i < interface_.exports.size(); ++i) {
    const auto value = instance.GetExport(store_, i);
    if (!value.ok()) continue;
    if (const auto* func = std::get_if<exec::Func>(&*value)) {
      exported_funcs_.push_back(*func);
    }
    observer_.Add(interface_.exports[i].name, *value);
  }
}

Val MockHost::Number(ValueType::Kind kind, ByteSource& source) {
  if (objects_ && kind == ValueType::kI32 && source.OneIn(4)) {
    return Val::I32(static_cast<uint32_t>(
        *objects_ + 8 * source.Below(kHostObjectBytes / 16)));
  }
  return InterestingNumber(kind, source);
}

std::optional<Val> MockHost::Argument(ValueType type, ByteSource& source) {
  if (!type.is_ref()) return Number(type.kind(), source);
  if (type.nullable() && source.OneIn(3)) return Val::Zero(type);
  if (!remembered_.empty() && source.OneIn(2)) {
    std::optional<Val> value = Remembered(type, source);
    if (value) return value;
  }
  if (!type.heap().is_defined()) {
    switch (type.heap().abstract()) {
      case HeapType::kAny:
        if (source.OneIn(2)) break;
        [[fallthrough]];
      case HeapType::kEq:
      case HeapType::kI31:
        return Val::I31(static_cast<uint32_t>(
            InterestingBits(ValueType::kI32, source) & 0x7fffffff));
      default:
        break;
    }
  }
  if (type.heap() == HeapType(HeapType::kExtern) ||
      type.heap() == HeapType(HeapType::kAny)) {
    const auto value = store_.NewHostRef(
        source.Below(4), type.heap() == HeapType(HeapType::kAny));
    if (value.ok()) return *value;
  }
  // A function that fits, host or guest.
  const size_t count = exported_funcs_.size();
  const size_t first =
      count == 0 ? 0 : source.Below(static_cast<uint32_t>(count));
  for (size_t i = 0; i < std::min<size_t>(count, 16); ++i) {
    const auto value = exported_funcs_[(first + i) % count].ToVal(store_);
    if (value.ok() && store_.HasType(*value, type)) return *value;
  }
  if (!type.nullable()) return Remembered(type, source);
  return Val::Zero(type);
}

void MockHost::Remember(absl::Span<const Val> values) {
  for (const Val& value : values) {
    if (value.kind() != ValueType::kRef || value.is_null()) continue;
    if (remembered_.size() < kMaxRemembered) {
      remembered_.push_back(value);
    } else {
      remembered_[next_remembered_++ % kMaxRemembered] = value;
    }
  }
}

std::optional<Val> MockHost::Remembered(ValueType type,
                                        ByteSource& source) const {
  const size_t count = remembered_.size();
  if (count == 0) return std::nullopt;
  const size_t first = source.Below(static_cast<uint32_t>(count));
  for (size_t i = 0; i < count; ++i) {
    const Val& value = remembered_[(first + i) % count];
    if (store_.HasType(value, type)) return value;
  }
  return std::nullopt;
}

std::optional<std::vector<Val>> MockHost::Arguments(const exec::FuncType& type,
                                                    uint32_t vector,
                                                    uint64_t seed) {
  ByteSource source(Mix(seed, vector));
  std::vector<Val> args;
  for (const ValueType param : type.params) {
    if (vector == 0 && param.is_defaultable()) {
      args.push_back(Val::Zero(param));
      continue;
    }
    std::optional<Val> value = Argument(param, source);
    if (!value) return std::nullopt;
    args.push_back(*std::move(value));
  }
  return args;
}

CallResult MockHost::Call(const exec::Func& func, const exec::FuncType& type,
                          absl::Span<const Val> args, absl::string_view what,
                          int64_t exported) {
  Hasher hasher;
  observer_.Hash(args, &hasher);
  trace_.Add(EventKind::kCall, hasher.hash(),
             trace_.wants_text() ? absl::StrCat(what, observer_.Text(args))
                                 : std::string());
  if (exported >= 0) trace_.MarkExport(static_cast<uint32_t>(exported));
  std::vector<Val> results(type.results.size());
  absl::StatusOr<CallResult> result =
      func.Call(store_, args, absl::MakeSpan(results));
  if (!result.ok()) {
    CallResult failed;
    failed.kind = CallResult::kTrapped;
    failed.trap.kind = TrapKind::kHostTrap;
    failed.trap.message = result.status().ToString();
    Ended(failed, {});
    return failed;
  }
  Ended(*result, results);
  if (result->returned()) Remember(results);
  return *std::move(result);
}

void MockHost::Ended(const CallResult& result, absl::Span<const Val> results) {
  Hasher hasher;
  hasher.Add(result.kind);
  if (result.kind == CallResult::kTrapped) {
    const Poison poison = PoisonOf(result.trap.kind);
    if (poison == Poison::kStack) stack_exhausted_ = true;
    if (poison != Poison::kNone) {
      poison_ = poison;
      return;
    }
    hasher.Add(static_cast<uint64_t>(result.trap.kind));
  }
  if (result.kind == CallResult::kThrew) {
    observer_.Hash({&result.exception, 1}, &hasher);
  }
  if (result.returned()) observer_.Hash(results, &hasher);
  trace_.Add(EventKind::kEnded, hasher.hash(),
             trace_.wants_text() ? EndText(result, observer_, results)
                                 : std::string());
}

void MockHost::Look(bool all) {
  const uint64_t look_bytes =
      all || options_.look_often ? ~uint64_t{0} : options_.look_bytes;
  if (trace_.events().size() == options_.capture_event) Capture();
  trace_.Add(EventKind::kState, observer_.HashState(look_bytes),
             trace_.wants_text() ? observer_.StateText() : std::string());
}

void MockHost::Capture() {
  for (const auto& [name, memory] : observer_.memories()) {
    const auto bytes = memory.data(store_);
    if (!bytes.ok()) continue;
    captured_.push_back({name, {bytes->begin(), bytes->end()}});
  }
}

HostResult MockHost::Answer(size_t func, absl::Span<const Val> args,
                            absl::Span<Val> results) {
  const uint64_t ordinal = host_calls_++;
  if (ordinal >= options_.max_host_calls) {
    poison_ = Poison::kHost;
    return HostResult::Trap("too many calls of the host");
  }
  Hasher hasher;
  hasher.Add(func);
  observer_.Hash(args, &hasher);
  trace_.Add(EventKind::kHostCall, hasher.hash(),
             trace_.wants_text()
                 ? absl::StrCat("host function ", functions_[func].name,
                                observer_.Text(args))
                 : std::string());
  if (ordinal < 16 || std::has_single_bit(ordinal)) {
    Look(/*all=*/false);
  }
  Remember(args);
  if (options_.manner == Manner::kPolite) return HostResult::Ok();
  Hasher seed;
  seed.Add(options_.seed);
  seed.Add(hasher.hash());
  seed.Add(ordinal);
  ByteSource source(seed.hash());
  std::optional<HostResult> end = Act(source);
  if (end) return *std::move(end);
  FillResults(functions_[func].type, source, results);
  return HostResult::Ok();
}

void MockHost::FillResults(const exec::FuncType& type, ByteSource& source,
                           absl::Span<Val> results) {
  for (size_t i = 0; i < results.size(); ++i) {
    std::optional<Val> value = Argument(type.results[i], source);
    if (value) results[i] = *std::move(value);
  }
}

std::optional<HostResult> MockHost::Act(ByteSource& source) {
  if (source.OneIn(2)) WriteMemory(source);
  if (source.OneIn(3)) WriteGlobal(source);
  if (source.OneIn(6)) WriteTable(source);
  if (options_.manner != Manner::kWild) return std::nullopt;
  switch (source.Below(16)) {
    case 0:
    case 1:
      Grow(source);
      return std::nullopt;
    case 2:
    case 3:
      return Reenter(source);
    case 4:
    case 5:
    case 6:
      return Throw(source);
    case 7:
      return HostResult::Trap("the host traps");
    default:
      return std::nullopt;
  }
}

void MockHost::WriteMemory(ByteSource& source) {
  if (observer_.memories().empty()) return;
  const exec::Memory& memory =
      source.Pick(absl::MakeConstSpan(observer_.memories())).second;
  const auto bytes = memory.data(store_);
  if (!bytes.ok() || bytes->empty()) return;
  const size_t size = std::min<size_t>(bytes->size(), 4096);
  size_t at = source.Below(static_cast<uint32_t>(size));
  if (source.OneIn(2)) {  // Where the guest has written.
    while (at + 1 < size && (*bytes)[at] == 0) ++at;
    if (source.OneIn(2)) {
      at = 0;
      while (at + 1 < size && (*bytes)[at] == 0) ++at;
    }
  }
  for (uint32_t n = 1 + source.Below(8); n > 0 && at < bytes->size(); --n) {
    (*bytes)[at++] = static_cast<uint8_t>(source.Bits(8));
  }
}

void MockHost::WriteGlobal(ByteSource& source) {
  if (observer_.globals().empty()) return;
  const exec::Global& global =
      source.Pick(absl::MakeConstSpan(observer_.globals())).second;
  const auto type = global.type(store_);
  if (!type.ok() || !type->is_mutable) return;
  const std::optional<Val> value = Argument(type->value, source);
  if (value) global.Set(store_, *value).IgnoreError();
}

void MockHost::WriteTable(ByteSource& source) {
  if (observer_.tables().empty()) return;
  const exec::Table& table =
      source.Pick(absl::MakeConstSpan(observer_.tables())).second;
  const auto type = table.type(store_);
  const uint64_t size = table.size(store_).value_or(0);
  if (!type.ok() || size == 0) return;
  const std::optional<Val> value = Argument(type->element, source);
  const uint64_t at =
      source.Below(static_cast<uint32_t>(std::min<uint64_t>(size, 64)));
  if (value) table.Set(store_, at, *value).IgnoreError();
}

void MockHost::Grow(ByteSource& source) {
  if (grows_ >= kMaxGrows) return;
  ++grows_;
  if (!observer_.memories().empty() && source.OneIn(2)) {
    const exec::Memory& memory =
        source.Pick(absl::MakeConstSpan(observer_.memories())).second;
    memory.Grow(store_, 1 + source.Below(2)).status().IgnoreError();
  } else if (!observer_.tables().empty()) {
    const exec::Table& table =
        source.Pick(absl::MakeConstSpan(observer_.tables())).second;
    const auto type = table.type(store_);
    if (!type.ok()) return;
    const std::optional<Val> value = Argument(type->element, source);
    if (!value) return;
    table.Grow(store_, 1 + source.Below(4), *value).status().IgnoreError();
  }
}

std::optional<HostResult> MockHost::Reenter(ByteSource& source) {
  if (exported_funcs_.empty() || depth_ >= kMaxDepth ||
      reentries_ >= kMaxReentries) {
    return std::nullopt;
  }
  ++reentries_;
  const uint32_t index =
      source.Below(static_cast<uint32_t>(exported_funcs_.size()));
  const exec::Func func = exported_funcs_[index];
  const auto type = func.type(store_);
  if (!type.ok()) return std::nullopt;
  const auto args = Arguments(*type, source.Below(3), source.Bits(64));
  if (!args) return std::nullopt;
  ++depth_;
  CallResult result = Call(
      func, *type, *args,
      trace_.wants_text() ? absl::StrCat("host calls exported function ", index)
                          : std::string());
  --depth_;
  if (poison_ != Poison::kNone) return HostResult::From(std::move(result));
  if (result.returned() || source.OneIn(2)) return std::nullopt;
  return HostResult::From(std::move(result));
}

std::optional<HostResult> MockHost::Throw(ByteSource& source) {
  if (observer_.tags().empty()) return std::nullopt;
  const exec::Tag& tag =
      source.Pick(absl::MakeConstSpan(observer_.tags())).second;
  const auto type = tag.type(store_);
  if (!type.ok()) return std::nullopt;
  const auto payload = Arguments(*type, 1, source.Bits(64));
  if (!payload) return std::nullopt;
  const auto exception = tag.NewException(store_, *payload);
  if (!exception.ok()) return std::nullopt;
  return HostResult::Throw(*exception);
}

}  // namespace weft::check
