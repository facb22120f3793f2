#include "exec/testing.h"

#include "ir/wasm/text/parser.h"

namespace weft::exec::testing {

absl::StatusOr<Module> CompileText(const Engine& engine,
                                   absl::string_view text) {
  auto bytes = wasm::ParseModuleText(text);
  if (!bytes.ok()) return bytes.status();
  return Module::Compile(engine, *std::move(bytes));
}

Module ExecTest::Compile(absl::string_view text) {
  auto module = CompileText(engine_, text);
  EXPECT_TRUE(module.ok()) << module.status();
  return module.ok() ? *module : CompileText(engine_, "(module)").value();
}

Instance ExecTest::Instantiate(absl::string_view text) {
  auto made = linker_.Instantiate(*store_, Compile(text));
  EXPECT_TRUE(made.ok()) << made.status();
  if (!made.ok()) return Instance();
  EXPECT_TRUE(made->start.returned()) << TrapText(made->start.trap);
  return made->instance;
}

std::string ExecTest::LinkError(absl::string_view text) {
  auto made = linker_.Instantiate(*store_, Compile(text));
  return std::string(made.status().message());
}

TrapKind ExecTest::InstantiateTrap(absl::string_view text) {
  auto made = linker_.Instantiate(*store_, Compile(text));
  EXPECT_TRUE(made.ok()) << made.status();
  return made.ok() ? made->start.trap.kind : TrapKind::kNone;
}

CallResult ExecTest::Call(const Instance& instance, absl::string_view name,
                          std::vector<Val> args, size_t num_results) {
  results_.assign(num_results, Val());
  auto func = instance.GetFunc(*store_, name);
  EXPECT_TRUE(func.ok()) << func.status();
  if (!func.ok()) return CallResult();
  auto result = func->Call(*store_, args, absl::MakeSpan(results_));
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : CallResult();
}

uint64_t ExecTest::Call1(const Instance& instance, absl::string_view name,
                         std::vector<Val> args) {
  const CallResult result = Call(instance, name, std::move(args), 1);
  EXPECT_TRUE(result.returned()) << TrapText(result.trap);
  return result.returned() ? results_[0].low() : ~uint64_t{0};
}

Val ExecTest::GlobalOf(const Instance& instance, absl::string_view name) {
  auto global = instance.GetGlobal(*store_, name);
  EXPECT_TRUE(global.ok()) << global.status();
  auto val = global.ok() ? global->Get(*store_) : Val();
  EXPECT_TRUE(val.ok()) << val.status();
  return val.ok() ? *val : Val();
}

}  // namespace weft::exec::testing
