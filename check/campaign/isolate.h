// Runs something that may end or hang the process in a process of its own.
#ifndef WEFT_CHECK_CAMPAIGN_ISOLATE_H_
#define WEFT_CHECK_CAMPAIGN_ISOLATE_H_

#include <functional>
#include <string>

namespace weft::check {

// How a process ended.
struct IsolatedEnd {
  enum class Kind {
    kNotStarted,  // The system has no process to give.
    kExited,
    kSignal,
    kHang,  // Was killed when its time was over.
  };
  Kind kind = Kind::kNotStarted;
  int number = 0;  // What `body` returned (0 to 255), or the signal.
  // The first line that it wrote to standard error, which is where failed
  // checks and sanitizers say what is wrong; at most 500 bytes.
  std::string words;
};

// Calls `body` in a fork. REQUIRES: the process has one thread.
IsolatedEnd RunIsolated(const std::function<int()>& body, double hang_seconds);

// What a person wants to know of an end that is no exit: the words, or the name
// of the signal without any.
std::string EndText(const IsolatedEnd& end);

}  // namespace weft::check

#endif  // WEFT_CHECK_CAMPAIGN_ISOLATE_H_
