// Temporary files and child processes that must not outlive the process,
// whatever ends it.
//
// The one piece of process-global state in tools/: a signal handler can reach
// nothing else.
#ifndef WEFT_TOOLS_TEMPORARIES_H_
#define WEFT_TOOLS_TEMPORARIES_H_

#include <string>

namespace weft::tools {

// Remembers `path` for RemoveTemporaries, before the file is created. Returns
// a slot for ForgetTemporary, or -1 when the path is too long or too many are
// remembered: then the file must not be created.
int RememberTemporary(const std::string& path);

// Call when the file has been renamed or removed.
void ForgetTemporary(int slot);

// Remembers the process group of a child for RemoveTemporaries. Returns a slot
// for ForgetChild, or -1 when too many are remembered.
int RememberChild(int process_group);

// Call when the group has ended, before its leader is waited for.
void ForgetChild(int slot);

// Unlinks and kills what is remembered. Safe in a signal handler and in any
// thread.
void RemoveTemporaries();

// From now on a signal that ends the process (INT, TERM, HUP, QUIT, XCPU)
// removes temporaries first; one that was ignored stays ignored. PIPE and XFSZ
// become errors of write. Only main calls it.
void InstallSignalHandlers();

}  // namespace weft::tools

#endif  // WEFT_TOOLS_TEMPORARIES_H_
