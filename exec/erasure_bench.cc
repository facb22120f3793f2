// What the erased Store costs and saves against a store that is a template of
// the embedder's type: a host function that reaches its data through TypedStore
// beside one that knows its address and type, as it would in a template; and
// the bytes of code that a template would repeat per type.
#include <chrono>
#include <cstdint>
#include <cstdio>

#include "base/check.h"
#include "exec/testing.h"
#include "exec/testing_symbols.h"

namespace weft::exec {
namespace {

struct Data {
  uint64_t calls = 0;
};

// Of a call of `func` by a guest.
double NsPerCall(Store& store, const Func& func, const Module& module) {
  constexpr uint32_t kCalls = 2000000;
  const Instance instance =
      Instance::New(store, module, {Extern(func)})->instance;
  const Func run = instance.GetFunc(store, "run").value();
  const auto begin = std::chrono::steady_clock::now();
  WEFT_CHECK(run.Call(store, {Val::I32(kCalls)}, {})->returned());
  const std::chrono::duration<double, std::nano> taken =
      std::chrono::steady_clock::now() - begin;
  return taken.count() / kCalls;
}

void Run() {
  Engine engine;
  const Module module = testing::CompileText(engine, R"(
      (module (import "" "" (func $f (param i32) (result i32)))
        (func (export "run") (param i32)
          (loop $l
            (br_if $l (local.tee 0 (call $f (local.get 0))))))))")
                            .value();
  const FuncType type = {{wasm::ValueType::kI32}, {wasm::ValueType::kI32}};
  auto store = TypedStore<Data>::New(engine, Data()).value();
  Data* const known = &TypedStore<Data>::From(*store)->data();
  const Func erased =
      Func::New(*store, type,
                [](Caller& caller, absl::Span<const Val> args,
                   absl::Span<Val> results) {
                  ++TypedStore<Data>::From(caller.store())->data().calls;
                  results[0] = Val::I32(args[0].i32() - 1);
                  return HostResult::Ok();
                })
          .value();
  const Func direct = Func::New(*store, type,
                                [known](Caller&, absl::Span<const Val> args,
                                        absl::Span<Val> results) {
                                  ++known->calls;
                                  results[0] = Val::I32(args[0].i32() - 1);
                                  return HostResult::Ok();
                                })
                          .value();
  for (int i = 0; i < 5; ++i) {
    std::printf("host call: erased %.1f ns, typed %.1f ns\n",
                NsPerCall(*store, erased, module),
                NsPerCall(*store, direct, module));
  }
  uint64_t bytes = 0;
  for (const testing::FunctionSymbol& symbol : testing::FunctionSymbols()) {
    if (symbol.name.find("weft::exec::") != std::string::npos) {
      bytes += symbol.bytes;
    }
  }
  std::printf("code of the executor: %llu bytes\n",
              static_cast<unsigned long long>(bytes));
}

}  // namespace
}  // namespace weft::exec

int main() { weft::exec::Run(); }
