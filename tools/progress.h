// A line on a terminal that shows how far long work has come.
#ifndef WEFT_TOOLS_PROGRESS_H_
#define WEFT_TOOLS_PROGRESS_H_

#include <cstddef>
#include <functional>

#include "absl/strings/string_view.h"
#include "tools/environment.h"

namespace weft::tools {

// Shows nothing in the first second, nor when standard error is not a
// terminal. Used by one thread at a time. The destructor erases the line.
class ProgressLine {
 public:
  // `seconds` is a clock that never goes back.
  ProgressLine(const Environment& env, bool quiet,
               std::function<double()> seconds);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();

  void Update(size_t done, size_t all);
  // Shows `text`, which has no line feed, instead.
  void Show(absl::string_view text);
  void Erase();

 private:
  // Whether it is time to show something.
  bool IsTime();

  const Environment& env_;
  const bool enabled_;
  const std::function<double()> seconds_;
  double next_update_;
  bool visible_ = false;
};

// A clock for it: seconds since an arbitrary start.
double SteadySeconds();

}  // namespace weft::tools

#endif  // WEFT_TOOLS_PROGRESS_H_
