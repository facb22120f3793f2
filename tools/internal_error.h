// The end of a process that met a defect of weft.
#ifndef WEFT_TOOLS_INTERNAL_ERROR_H_
#define WEFT_TOOLS_INTERNAL_ERROR_H_

namespace weft::tools {

// From now on a check that fails and a library that aborts remove temporaries,
// say so in one line on standard error and end the process with
// kExitInternal. Signals of a crash (SEGV, BUS, FPE, ILL) remove temporaries
// and end it as before, unless something else handles them. Only main calls
// it.
void InstallInternalErrorHandlers();

// Removes temporaries, writes "weft: MESSAGE\n" and exits with kExitInternal;
// allocates nothing. `message` has at most 1000 bytes.
[[noreturn]] void DieOfInternalError(const char* message);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_INTERNAL_ERROR_H_
