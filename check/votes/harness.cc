#include "check/votes/harness.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "check/random.h"
#include "check/trace.h"
#include "check/votes/make_value.h"
#include "check/votes/observe.h"

namespace weft::check::votes {
namespace {

using wasm::CatchClause;
using wasm::ExternalKind;
using wasm::HeapType;
using wasm::Op;
using wasm::SubType;
using wasm::ValueType;

constexpr size_t kMaxCallees = 10;
// Sets of arguments for each; the first is all zeros.
constexpr uint32_t kVectors = 3;

class DriverMaker {
 public:
  DriverMaker(const wasm::Module& subject, uint64_t seed)
      : subject_(subject), seed_(seed), maker_(subject) {}

  absl::StatusOr<Harness> Make();

 private:
  void ImportHost();
  void ImportExport(const wasm::Export& e);
  void AddStep(uint32_t number, const Callee& callee, wasm::FuncIndex func,
               uint32_t vector);

  const wasm::Module& subject_;
  const uint64_t seed_;
  ModuleMaker maker_;
  LogFuncs log_;
  wasm::TagIndex tag_ = 0;
  VisibleState state_;
  std::vector<wasm::TagIndex> tags_;
};

void DriverMaker::ImportHost() {
  const auto import = [this](absl::string_view name, ValueType param) {
    return maker_.ImportFunc("host", name, maker_.FuncType({param}, {}));
  };
  log_.word = import("word", ValueType::kI64);
  log_.any = import("any", ValueType::Ref(HeapType::kAny, true));
  log_.external = import("extern", ValueType::Ref(HeapType::kExtern, true));
  log_.func = import("func", ValueType::Ref(HeapType::kFunc, true));
  tag_ = maker_.ImportTag("host", "tag", maker_.FuncType({}, {}));
  tags_.push_back(tag_);
  for (const wasm::Import& i : subject_.imports) {
    if (i.kind != ExternalKind::kTag) continue;
    tags_.push_back(
        maker_.ImportTag("host", i.field, subject_.tags[i.index].type));
  }
}

void DriverMaker::ImportExport(const wasm::Export& e) {
  switch (e.kind) {
    case ExternalKind::kFunc:
      return;
    case ExternalKind::kTable:
      state_.tables.push_back(
          maker_.ImportTable("guest", e.name, subject_.tables[e.index].type));
      return;
    case ExternalKind::kMemory:
      state_.memories.push_back(maker_.ImportMemory(
          "guest", e.name, subject_.memories[e.index].type));
      return;
    case ExternalKind::kGlobal:
      state_.globals.push_back(
          maker_.ImportGlobal("guest", e.name, subject_.globals[e.index].type));
      return;
    case ExternalKind::kTag:
      tags_.push_back(
          maker_.ImportTag("guest", e.name, subject_.tags[e.index].type));
      return;
  }
}

void DriverMaker::AddStep(uint32_t number, const Callee& callee,
                          wasm::FuncIndex func, uint32_t vector) {
  const SubType& type = subject_.types[callee.type];
  ByteSource source(Mix(Mix(seed_, NameHash(callee.name)), vector));
  const CatchClause all{CatchClause::kCatchAllRef, wasm::kNoIndex, 0};
  Code code;
  LogConstant(log_, kStep | uint64_t{number} << 32, &code);
  code.Begin(Op::kBlock, ValueType::Ref(HeapType::kExn, true));
  code.BeginTry({&all, 1});
  for (const ValueType param : type.params) {
    if (vector == 0) {
      MakeZero(param, &code);
    } else {
      MakeValue(param, tag_, source, &code);
    }
  }
  code.Call(func);
  for (size_t i = type.results.size(); i-- > 0;) {
    LogTop(maker_, log_, type.results[i], &code);
  }
  LogConstant(log_, kReturned, &code);
  code.Do(Op::kReturn).End().Do(Op::kUnreachable).End();
  code.Call(log_.exception);
  LogConstant(log_, kThrew, &code);
  const wasm::FuncIndex step = maker_.DeclareFunc(maker_.FuncType({}, {}));
  maker_.Define(step, code);
  maker_.Export(absl::StrCat(number), ExternalKind::kFunc, step);
}

absl::StatusOr<Harness> DriverMaker::Make() {
  ImportHost();
  const std::vector<Callee> callees = CalleesOf(subject_);
  std::vector<wasm::FuncIndex> funcs;
  for (const Callee& callee : callees) {
    funcs.push_back(maker_.ImportFunc("guest", callee.name, callee.type));
  }
  for (const wasm::Export& e : subject_.exports) ImportExport(e);
  wasm::TableType again;
  again.element = ValueType::Ref(HeapType::kFunc, true);
  again.limits.min = callees.size();
  const wasm::TableIndex table = maker_.ImportTable("host", "again", again);
  if (!funcs.empty()) maker_.Fill(table, funcs);
  log_.exception = maker_.DeclareFunc(
      maker_.FuncType({ValueType::Ref(HeapType::kExn, true)}, {}));
  DefineExceptionLog(log_, tags_, &maker_);
  maker_.Export("state", ExternalKind::kFunc,
                AddStateLog(log_, state_, &maker_));
  Harness harness;
  for (uint32_t vector = 0; vector < kVectors; ++vector) {
    for (size_t i = 0; i < callees.size(); ++i) {
      AddStep(harness.steps++, callees[i], funcs[i], vector);
    }
  }
  auto bytes = maker_.Write();
  if (!bytes.ok()) return bytes.status();
  harness.driver = *std::move(bytes);
  return harness;
}

}  // namespace

std::vector<Callee> CalleesOf(const wasm::Module& subject) {
  std::vector<Callee> callees;
  for (const wasm::Export& e : subject.exports) {
    if (e.kind != ExternalKind::kFunc || callees.size() == kMaxCallees) {
      continue;
    }
    const wasm::TypeIndex type = subject.funcs[e.index].type;
    const std::vector<ValueType>& params = subject.types[type].params;
    if (std::all_of(params.begin(), params.end(),
                    [](ValueType p) { return p.is_defaultable(); })) {
      callees.push_back({std::string(e.name), type});
    }
  }
  return callees;
}

absl::StatusOr<Harness> MakeDriver(const wasm::Module& subject, uint64_t seed) {
  return DriverMaker(subject, seed).Make();
}

absl::StatusOr<Harness> MakeHarness(const wasm::Module& subject,
                                    uint64_t seed) {
  auto host = MakeHost(subject, seed);
  if (!host.ok()) return host.status();
  auto harness = MakeDriver(subject, seed);
  if (!harness.ok()) return harness.status();
  harness->host = *std::move(host);
  return harness;
}

}  // namespace weft::check::votes
