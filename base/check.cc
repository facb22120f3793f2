#include "base/check.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace weft {

namespace {

void Report(const char* file, int line, const char* text) {
  std::fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, text);
}

constinit std::atomic<CheckHandler> check_handler = Report;

}  // namespace

void SetCheckHandler(CheckHandler handler) { check_handler.store(handler); }

void CheckFailed(const char* file, int line, const char* text) {
  check_handler.load()(file, line, text);
  std::abort();
}

}  // namespace weft
