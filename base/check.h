// Checks of invariants. A failure is a defect of weft, never of its input, and
// ends the process.
#ifndef WEFT_BASE_CHECK_H_
#define WEFT_BASE_CHECK_H_

namespace weft {

// What a failed check does. It must not return; any thread may call it.
using CheckHandler = void (*)(const char* file, int line, const char* text);

// Replaces the handler of the process, which is one that says "file:line:
// broken invariant: text" on standard error, as assert does. Only main calls
// it, before it does anything else.
void SetCheckHandler(CheckHandler handler);

// Calls the handler; should that return, aborts.
[[noreturn]] void CheckFailed(const char* file, int line, const char* text);

}  // namespace weft

#define WEFT_CHECK(condition)                        \
  (__builtin_expect(static_cast<bool>(condition), 1) \
       ? static_cast<void>(0)                        \
       : ::weft::CheckFailed(__FILE__, __LINE__, #condition))

#ifdef NDEBUG
#define WEFT_DCHECK(condition) \
  (true ? static_cast<void>(0) : static_cast<void>(condition))
#else
#define WEFT_DCHECK(condition) WEFT_CHECK(condition)
#endif

#endif  // WEFT_BASE_CHECK_H_
