// Parallel loops: oneTBB, or plain threads where ThreadSanitizer watches. The
// installed libtbb is not instrumented, so that the sanitizer cannot see how
// it orders threads and would report every loop.
#ifndef WEFT_THIRD_PARTY_PARALLEL_FOR_H_
#define WEFT_THIRD_PARTY_PARALLEL_FOR_H_

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WEFT_PARALLEL_FOR_USES_THREADS 1
#endif
#endif

#ifdef WEFT_PARALLEL_FOR_USES_THREADS
#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>
#else
#include "oneapi/tbb/global_control.h"
#include "oneapi/tbb/parallel_for.h"
#include "oneapi/tbb/task_arena.h"
#endif

namespace weft {

// Calls body(i) once for every i in [0, count), on up to `threads` threads with
// the calling one among them, in no particular order, and returns when all
// calls have returned. `body` is shared by the threads. With one thread the
// calls come in ascending order on the calling thread. REQUIRES: threads >= 1.
template <typename Body>
void ParallelFor(std::size_t count, int threads, const Body& body) {
  if (threads == 1 || count <= 1) {
    for (std::size_t i = 0; i < count; ++i) body(i);
    return;
  }
#ifdef WEFT_PARALLEL_FOR_USES_THREADS
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) body(i);
  };
  std::vector<std::thread> helpers;
  const std::size_t others =
      std::min(count, static_cast<std::size_t>(threads)) - 1;
  for (std::size_t i = 0; i < others; ++i) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();
#else
  // More threads than processors are allowed; oneTBB warns unless told so.
  const tbb::global_control limit(
      tbb::global_control::max_allowed_parallelism,
      static_cast<std::size_t>(threads));
  tbb::task_arena arena(threads);
  arena.execute([&] { tbb::parallel_for(std::size_t{0}, count, body); });
#endif
}

}  // namespace weft

#endif  // WEFT_THIRD_PARTY_PARALLEL_FOR_H_
