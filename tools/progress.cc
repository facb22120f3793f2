#include "tools/progress.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/text.h"

namespace weft::tools {
namespace {

constexpr double kQuietSeconds = 1;
constexpr double kSecondsBetween = 0.1;
// To the line's start, and erase to its end.
constexpr absl::string_view kErase = "\r\x1b[K";

}  // namespace

ProgressLine::ProgressLine(const Environment& env, bool quiet,
                           std::function<double()> seconds)
    : env_(env),
      enabled_(env.stderr_is_terminal && !quiet),
      seconds_(std::move(seconds)),
      next_update_(seconds_() + kQuietSeconds) {}

ProgressLine::~ProgressLine() { Erase(); }

void ProgressLine::Update(size_t done, size_t all) {
  if (all == 0 || !IsTime()) return;
  PrintError(env_, absl::StrCat(kErase, "weft: ", WithThousands(done), " of ",
                                WithThousands(all), " functions (",
                                100 * uint64_t{done} / all, " %)"));
}

void ProgressLine::Show(absl::string_view text) {
  if (IsTime()) PrintError(env_, absl::StrCat(kErase, "weft: ", text));
}

bool ProgressLine::IsTime() {
  if (!enabled_) return false;
  const double now = seconds_();
  if (now < next_update_) return false;
  next_update_ = now + kSecondsBetween;
  visible_ = true;
  return true;
}

void ProgressLine::Erase() {
  if (visible_) PrintError(env_, kErase);
  visible_ = false;
}

double SteadySeconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

}  // namespace weft::tools
