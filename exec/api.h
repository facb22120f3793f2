// The executor, for embedders. In short:
//
//   exec::Engine engine;
//   auto module = exec::Module::Compile(engine, bytes);
//   auto store = exec::Store::New(engine);
//   exec::Linker linker(engine);
//   linker.DefineFunc("env", "log", {{wasm::ValueType::kI32}, {}},
//                     [](exec::Caller&, absl::Span<const exec::Val> args,
//                        absl::Span<exec::Val>) {
//                       Log(args[0].i32());
//                       return exec::HostResult::Ok();
//                     });
//   auto instantiated = linker.Instantiate(**store, *module);
//   auto run = instantiated->instance.GetFunc(**store, "run");
//   exec::Val result;
//   auto call = run->Call(**store, {exec::Val::I32(7)}, {&result, 1});
//
// An absl::Status says that the host has used the library wrongly, that a
// module is not valid, or that a limit is reached. What a guest does to itself,
// a trap, an exception, is a CallResult.
#ifndef WEFT_EXEC_API_H_
#define WEFT_EXEC_API_H_

#include "exec/call.h"       // IWYU pragma: export
#include "exec/engine.h"     // IWYU pragma: export
#include "exec/externs.h"    // IWYU pragma: export
#include "exec/heap_view.h"  // IWYU pragma: export
#include "exec/instance.h"   // IWYU pragma: export
#include "exec/linker.h"     // IWYU pragma: export
#include "exec/module.h"     // IWYU pragma: export
#include "exec/store.h"      // IWYU pragma: export
#include "exec/trap.h"       // IWYU pragma: export
#include "exec/value.h"      // IWYU pragma: export

#endif  // WEFT_EXEC_API_H_
