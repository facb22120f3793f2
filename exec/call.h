// How calls of guests end.
#ifndef WEFT_EXEC_CALL_H_
#define WEFT_EXEC_CALL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "exec/trap.h"
#include "exec/value.h"

namespace weft::exec {

// A function that was being executed.
struct FrameInfo {
  uint32_t instance = 0;    // Number among the store's instances.
  std::string module_name;  // See Module::FuncName.
  uint32_t func = 0;        // Function index in the module.
  std::string func_name;    // From the name section, or empty.
  uint32_t offset = 0;      // Of the operator, from the module's first byte.
};

// Why and where a guest trapped.
struct TrapInfo {
  TrapKind kind = TrapKind::kNone;
  // TrapMessage(kind), or what the host function said.
  std::string message;
  // Innermost first, through all activations; at most
  // StoreOptions::max_backtrace.
  std::vector<FrameInfo> backtrace;
  // Whether there were more.
  bool truncated = false;
};

// How a call ended. None of it is a defect of the host's.
struct CallResult {
  enum Kind : uint8_t {
    kReturned,  // The results are there.
    kTrapped,   // `trap`.
    kThrew,     // `exception` was not caught.
    kExited,    // A host function asked for the end, with `exit_code`.
  };

  Kind kind = kReturned;
  TrapInfo trap;
  Val exception;  // A reference in the hierarchy of exn.
  int exit_code = 0;

  bool returned() const { return kind == kReturned; }
};

// "<message>", then a line per frame: "  at <name> (<module>+0x<offset>)".
std::string TrapText(const TrapInfo& trap);

}  // namespace weft::exec

#endif  // WEFT_EXEC_CALL_H_
