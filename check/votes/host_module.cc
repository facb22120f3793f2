// The host's half of a harness.
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "check/random.h"
#include "check/trace.h"
#include "check/votes/harness.h"
#include "check/votes/make_value.h"
#include "check/votes/observe.h"

namespace weft::check::votes {
namespace {

using wasm::ExternalKind;
using wasm::HeapType;
using wasm::Op;
using wasm::SubType;
using wasm::ValueType;

// The log's memory: index, and where words about the host lie in it.
constexpr wasm::MemoryIndex kLog = 0;
constexpr uint64_t kUsedAt = 0;
constexpr uint64_t kCallsAt = 4;
constexpr uint64_t kDepthAt = 8;
constexpr uint64_t kLogPages = 16;
// The table of functions to call, and the tag without values.
constexpr wasm::TableIndex kAgain = 0;
constexpr wasm::TagIndex kOwnTag = 0;
// Calls of the host at which it looks at memories, and at anything.
constexpr uint32_t kLookAtAll = 6;
constexpr uint32_t kLookAtSome = 48;

class HostMaker {
 public:
  HostMaker(const wasm::Module& subject, uint64_t seed)
      : subject_(subject),
        seed_(seed),
        maker_(subject),
        callees_(CalleesOf(subject)) {}

  absl::StatusOr<std::vector<uint8_t>> Make();

 private:
  absl::Status Provide(const wasm::Import& import);
  void ProvideGlobal(const wasm::Import& import, ByteSource& source);
  void DefineWord();
  void DefineFunc(wasm::FuncIndex func, uint32_t number, const SubType& type,
                  ByteSource& source);
  void LookAround(wasm::LocalIndex call, Code* code);
  // What the function does besides, at one call in `period`.
  void Act(wasm::LocalIndex call, ByteSource& source, Code* code);
  bool Action(uint32_t kind, ByteSource& source, Code* code);
  bool WriteMemory(ByteSource& source, Code* code);
  bool GrowMemory(ByteSource& source, Code* code);
  bool WriteGlobal(ByteSource& source, Code* code);
  bool WriteTable(ByteSource& source, Code* code);
  bool Reenter(ByteSource& source, Code* code);
  void Answer(ValueType type, wasm::LocalIndex call, ByteSource& source,
              Code* code);

  const wasm::Module& subject_;
  const uint64_t seed_;
  ModuleMaker maker_;
  const std::vector<Callee> callees_;
  LogFuncs log_;
  wasm::FuncIndex look_ = 0;
  VisibleState state_;
  std::vector<wasm::TagIndex> tags_ = {kOwnTag};
};

// Adds everything but functions.
absl::Status HostMaker::Provide(const wasm::Import& import) {
  ByteSource source(Mix(seed_, NameHash(import.field)));
  uint32_t index = 0;
  switch (import.kind) {
    case ExternalKind::kFunc:
      return absl::OkStatus();
    case ExternalKind::kTable: {
      const wasm::TableType& type = subject_.tables[import.index].type;
      if (!type.element.is_defaultable()) {
        return absl::UnimplementedError("a table without null");
      }
      index = maker_.AddTable(type);
      state_.tables.push_back(index);
      break;
    }
    case ExternalKind::kMemory:
      index = maker_.AddMemory(subject_.memories[import.index].type);
      state_.memories.push_back(index);
      break;
    case ExternalKind::kGlobal: {
      const wasm::GlobalType& type = subject_.globals[import.index].type;
      if (!type.value.is_defaultable()) {
        return absl::UnimplementedError("a global without null");
      }
      Code init;
      // A constant expression makes no exceptions.
      if (type.value.is_ref() && type.value.heap() == HeapType::kExn) {
        MakeZero(type.value, &init);
      } else {
        MakeValue(type.value, kOwnTag, source, &init);
      }
      index = maker_.AddGlobal(type, init);
      state_.globals.push_back(index);
      break;
    }
    case ExternalKind::kTag:
      index = maker_.AddTag(subject_.tags[import.index].type);
      tags_.push_back(index);
      break;
  }
  maker_.Export(import.field, import.kind, index);
  return absl::OkStatus();
}

// (func (param $word i64)), with a local for where it goes.
void HostMaker::DefineWord() {
  Code code(1);
  const wasm::LocalIndex used = code.AddLocal(ValueType::kI32);
  code.I32(0).Access(Op::kI32Load, kLog, kUsedAt).Tee(used);
  code.I32(kMaxLogBytes).Do(Op::kI32GeU).Begin(Op::kIf);
  code.Do(Op::kUnreachable).End();
  code.Get(used).Get(0).Access(Op::kI64Store, kLog, kLogBegin);
  code.I32(0).Get(used).I32(8).Do(Op::kI32Add);
  code.Access(Op::kI32Store, kLog, kUsedAt);
  maker_.Define(log_.word, code);
}

void HostMaker::LookAround(wasm::LocalIndex call, Code* code) {
  code->Get(call).I32(kLookAtSome).Do(Op::kI32LtU).Begin(Op::kIf);
  code->Get(call).I32(kLookAtAll).Do(Op::kI32LtU).Call(look_).End();
}

bool HostMaker::WriteMemory(ByteSource& source, Code* code) {
  if (state_.memories.empty()) return false;
  const wasm::MemoryIndex memory =
      source.Pick(absl::MakeConstSpan(state_.memories));
  const wasm::MemoryType& type = maker_.module().memories[memory].type;
  if (type.limits.min == 0) return false;
  code->Constant(type.limits.is_64 ? ValueType::kI64 : ValueType::kI32,
                 source.Below(64));
  code->I32(source.Below(256)).Access(Op::kI32Store8, memory, 0);
  return true;
}

bool HostMaker::GrowMemory(ByteSource& source, Code* code) {
  if (state_.memories.empty()) return false;
  const wasm::MemoryIndex memory =
      source.Pick(absl::MakeConstSpan(state_.memories));
  const wasm::MemoryType& type = maker_.module().memories[memory].type;
  if (!type.limits.has_max) return false;
  code->Constant(type.limits.is_64 ? ValueType::kI64 : ValueType::kI32, 1);
  code->Do(Op::kMemoryGrow, memory).Do(Op::kDrop);
  return true;
}

bool HostMaker::WriteGlobal(ByteSource& source, Code* code) {
  if (state_.globals.empty()) return false;
  const wasm::GlobalIndex global =
      source.Pick(absl::MakeConstSpan(state_.globals));
  const wasm::GlobalType& type = maker_.module().globals[global].type;
  if (!type.is_mutable) return false;
  MakeValue(type.value, kOwnTag, source, code);
  code->Do(Op::kGlobalSet, global);
  return true;
}

bool HostMaker::WriteTable(ByteSource& source, Code* code) {
  if (state_.tables.empty()) return false;
  const wasm::TableIndex table =
      source.Pick(absl::MakeConstSpan(state_.tables));
  const wasm::TableType& type = maker_.module().tables[table].type;
  if (type.limits.min == 0) return false;
  code->Constant(type.limits.is_64 ? ValueType::kI64 : ValueType::kI32, 0);
  MakeValue(type.element, kOwnTag, source, code);
  code->Do(Op::kTableSet, table);
  return true;
}

// Calls an export with zeros, unless it is called from such a call.
bool HostMaker::Reenter(ByteSource& source, Code* code) {
  if (callees_.empty()) return false;
  const uint32_t entry = source.Below(static_cast<uint32_t>(callees_.size()));
  const SubType& type = subject_.types[callees_[entry].type];
  code->Begin(Op::kBlock);
  code->I32(entry).Do(Op::kTableGet, kAgain).Do(Op::kRefIsNull);
  code->Do(Op::kBrIf, 0);
  code->I32(0).Access(Op::kI32Load, kLog, kDepthAt).Do(Op::kBrIf, 0);
  code->I32(0).I32(1).Access(Op::kI32Store, kLog, kDepthAt);
  for (const ValueType param : type.params) MakeZero(param, code);
  code->I32(entry).Do(Op::kTableGet, kAgain);
  code->Heap(Op::kRefCast, HeapType::Defined(callees_[entry].type));
  code->Do(Op::kCallRef, callees_[entry].type);
  for (size_t i = type.results.size(); i-- > 0;) {
    LogTop(maker_, log_, type.results[i], code);
  }
  LogConstant(log_, kReentered, code);
  code->I32(0).I32(0).Access(Op::kI32Store, kLog, kDepthAt);
  code->End();
  return true;
}

bool HostMaker::Action(uint32_t kind, ByteSource& source, Code* code) {
  switch (kind) {
    case 0:
    case 1:
      return WriteMemory(source, code);
    case 2:
      return GrowMemory(source, code);
    case 3:
      return WriteGlobal(source, code);
    case 4:
      return WriteTable(source, code);
    case 5:
    case 6:
    case 7:
      return Reenter(source, code);
    case 8: {
      // Of a tag without values.
      code->Do(Op::kThrow, kOwnTag);
      return true;
    }
    default:
      code->Do(Op::kUnreachable);
      return true;
  }
}

void HostMaker::Act(wasm::LocalIndex call, ByteSource& source, Code* code) {
  static constexpr uint32_t kPeriods[] = {2, 3, 5, 7, 11};
  for (uint32_t n = source.Below(4); n > 0; --n) {
    const uint32_t kind = source.Below(10);
    const uint32_t period = source.Pick(kPeriods) * (kind >= 8 ? 5 : 1);
    code->Get(call).I32(period).Do(Op::kI32RemU);
    code->I32(source.Below(period)).Do(Op::kI32Eq).Begin(Op::kIf);
    // Without a memory, say, something else.
    if (!Action(kind, source, code)) Reenter(source, code);
    code->End();
  }
}

// One of four values.
void HostMaker::Answer(ValueType type, wasm::LocalIndex call,
                       ByteSource& source, Code* code) {
  const auto choose = [&](uint32_t bit) {
    code->Get(call).I32(bit).Do(Op::kI32And).Begin(Op::kIf, type);
  };
  const auto value = [&] { MakeValue(type, kOwnTag, source, code); };
  choose(1);
  for (int half = 0; half < 2; ++half) {
    if (half == 1) code->Do(Op::kElse);
    choose(2);
    value();
    code->Do(Op::kElse);
    value();
    code->End();
  }
  code->End();
}

void HostMaker::DefineFunc(wasm::FuncIndex func, uint32_t number,
                           const SubType& type, ByteSource& source) {
  Code code(static_cast<uint32_t>(type.params.size()));
  const wasm::LocalIndex call = code.AddLocal(ValueType::kI32);
  LogConstant(log_, kHostCall | uint64_t{number} << 32, &code);
  for (uint32_t i = 0; i < type.params.size(); ++i) {
    LogLocal(maker_, log_, type.params[i], i, &code);
  }
  code.I32(0);
  code.I32(0).Access(Op::kI32Load, kLog, kCallsAt).Tee(call);
  code.I32(1).Do(Op::kI32Add).Access(Op::kI32Store, kLog, kCallsAt);
  LookAround(call, &code);
  Act(call, source, &code);
  for (const ValueType result : type.results) {
    Answer(result, call, source, &code);
  }
  maker_.Define(func, code);
}

absl::StatusOr<std::vector<uint8_t>> HostMaker::Make() {
  wasm::MemoryType log;
  log.limits.min = kLogPages;
  maker_.Export("log", ExternalKind::kMemory, maker_.AddMemory(log));
  wasm::TableType again;
  again.element = ValueType::Ref(HeapType::kFunc, true);
  again.limits.min = callees_.size();
  maker_.Export("again", ExternalKind::kTable, maker_.AddTable(again));
  maker_.Export("tag", ExternalKind::kTag,
                maker_.AddTag(maker_.FuncType({}, {})));
  absl::flat_hash_set<absl::string_view> names;
  for (const wasm::Import& import : subject_.imports) {
    if (import.module != "env" || !names.insert(import.field).second) {
      return absl::UnimplementedError("imports of one name");
    }
    const absl::Status provided = Provide(import);
    if (!provided.ok()) return provided;
  }
  const auto declare = [this](ValueType param) {
    return maker_.DeclareFunc(maker_.FuncType({param}, {}));
  };
  log_.word = declare(ValueType::kI64);
  log_.any = declare(ValueType::Ref(HeapType::kAny, true));
  log_.external = declare(ValueType::Ref(HeapType::kExtern, true));
  log_.func = declare(ValueType::Ref(HeapType::kFunc, true));
  log_.exception = declare(ValueType::Ref(HeapType::kExn, true));
  maker_.Export("word", ExternalKind::kFunc, log_.word);
  maker_.Export("any", ExternalKind::kFunc, log_.any);
  maker_.Export("extern", ExternalKind::kFunc, log_.external);
  maker_.Export("func", ExternalKind::kFunc, log_.func);
  DefineWord();
  DefineReferenceLogs(log_, static_cast<uint32_t>(subject_.types.size()),
                      &maker_);
  DefineExceptionLog(log_, tags_, &maker_);
  look_ = AddStateLog(log_, state_, &maker_);
  maker_.Export("state", ExternalKind::kFunc, look_);
  for (const wasm::Import& import : subject_.imports) {
    if (import.kind != ExternalKind::kFunc) continue;
    const wasm::TypeIndex index = subject_.funcs[import.index].type;
    const SubType& type = subject_.types[index];
    for (const ValueType result : type.results) {
      if (!result.is_defaultable()) {
        return absl::UnimplementedError("a result without null");
      }
    }
    ByteSource source(Mix(seed_, NameHash(import.field)));
    const wasm::FuncIndex func = maker_.DeclareFunc(index);
    DefineFunc(func, import.index, type, source);
    maker_.Export(import.field, ExternalKind::kFunc, func);
  }
  return maker_.Write();
}

}  // namespace

absl::StatusOr<std::vector<uint8_t>> MakeHost(const wasm::Module& subject,
                                              uint64_t seed) {
  return HostMaker(subject, seed).Make();
}

}  // namespace weft::check::votes
