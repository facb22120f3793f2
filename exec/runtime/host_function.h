// A function of the host as the interpreter calls it.
#ifndef WEFT_EXEC_RUNTIME_HOST_FUNCTION_H_
#define WEFT_EXEC_RUNTIME_HOST_FUNCTION_H_

#include <cstdint>

#include "exec/runtime/context.h"
#include "exec/runtime/types.h"

namespace weft::exec {

// How a call ended.
enum class Outcome : uint8_t {
  kReturned,
  kTrapped,  // Context::trap says why.
  kThrew,    // Context::exception is on its way.
  kExited,   // The host asked for the end of the activation (proc_exit).
};

// Called with the arguments in `slots`, laid out as a callee's frame; leaves
// the results there. References in it are roots of nothing: whoever allocates
// roots them first. `caller` is null when the host called it. May enter the
// interpreter again; Context::activation has where the guest stands.
struct HostFunction {
  Outcome (*call)(void* data, Context& context, InstanceData* caller,
                  Slot* slots) = nullptr;
  void* data = nullptr;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_HOST_FUNCTION_H_
