// Operators that write down what a host can see: values, and the state of
// memories, globals and tables. The log is words of 64 bits.
#ifndef WEFT_CHECK_VOTES_OBSERVE_H_
#define WEFT_CHECK_VOTES_OBSERVE_H_

#include <cstdint>
#include <vector>

#include "check/votes/module_maker.h"
#include "ir/wasm/types.h"

namespace weft::check::votes {

// Words that say what follows, or what a reference is.
enum LogWord : uint64_t {
  kNull = 0x10,
  kI31,  // Its bits follow.
  kStruct,
  kArray,
  kOtherAny,
  kExtern,     // What any.convert_extern makes of it follows.
  kFunc,       // A set of function types of the module that it has.
  kException,  // Number of the tag among those that are known, and payload.
  kPrivateException,
  kHostCall = 0x100,  // | import << 32; arguments follow.
  kState,
  kStep,  // | number << 32
  kReturned,
  kThrew,
  kReentered,
};

// Functions that log, as a module knows them. Each takes a value: an i64, a
// reference of one hierarchy.
struct LogFuncs {
  wasm::FuncIndex word = 0;
  wasm::FuncIndex any = 0;
  wasm::FuncIndex external = 0;
  wasm::FuncIndex func = 0;
  // Of the module's own; see DefineExceptionLog.
  wasm::FuncIndex exception = 0;
};

// Logs a constant.
void LogConstant(const LogFuncs& log, uint64_t word, Code* code);
// Logs the value of a local of `type`, or the one on the stack. Exceptions
// within exceptions are told from null only, unless `follow`.
void LogLocal(const ModuleMaker& maker, const LogFuncs& log,
              wasm::ValueType type, wasm::LocalIndex local, Code* code,
              bool follow = true);
void LogTop(const ModuleMaker& maker, const LogFuncs& log, wasm::ValueType type,
            Code* code, bool follow = true);

// Defines the bodies of functions that log references of the hierarchies of
// any, extern, func. `types`: so many types of the module are the subject's.
void DefineReferenceLogs(const LogFuncs& log, uint32_t types,
                         ModuleMaker* maker);
// The same for exceptions, of which those of `tags` are known.
void DefineExceptionLog(const LogFuncs& log,
                        const std::vector<wasm::TagIndex>& tags,
                        ModuleMaker* maker);

struct VisibleState {
  std::vector<wasm::MemoryIndex> memories;
  std::vector<wasm::GlobalIndex> globals;
  std::vector<wasm::TableIndex> tables;
};

// Adds a function that logs the state; of memories the contents of their first
// MiB only if its parameter, an i32, is not zero.
wasm::FuncIndex AddStateLog(const LogFuncs& log, const VisibleState& state,
                            ModuleMaker* maker);

}  // namespace weft::check::votes

#endif  // WEFT_CHECK_VOTES_OBSERVE_H_
