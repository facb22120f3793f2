// Whether this build can keep accesses in bounds by guard pages: clang for
// x86-64 Linux without sanitizers, which want to see each access and each
// signal. Elsewhere every memory is Bounds::kExplicit.
#ifndef WEFT_EXEC_RUNTIME_GUARD_SUPPORT_H_
#define WEFT_EXEC_RUNTIME_GUARD_SUPPORT_H_

// WEFT_SANITIZED: 1 under AddressSanitizer, ThreadSanitizer, MemorySanitizer
// or UndefinedBehaviorSanitizer.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WEFT_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer) ||                                     \
    __has_feature(undefined_behavior_sanitizer)
#define WEFT_SANITIZED 1
#endif
#endif
#ifndef WEFT_SANITIZED
#define WEFT_SANITIZED 0
#endif

// WEFT_THREAD_SANITIZED: 1 under ThreadSanitizer, which reports the races of
// guests unless each of their accesses is atomic.
#if defined(__SANITIZE_THREAD__)
#define WEFT_THREAD_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WEFT_THREAD_SANITIZED 1
#endif
#endif
#ifndef WEFT_THREAD_SANITIZED
#define WEFT_THREAD_SANITIZED 0
#endif

#if defined(__clang__) && defined(__x86_64__) && defined(__linux__) && \
    !WEFT_SANITIZED
#define WEFT_CAN_GUARD 1
#else
#define WEFT_CAN_GUARD 0
#endif

namespace weft::exec {

inline constexpr bool kCanGuard = WEFT_CAN_GUARD != 0;

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_GUARD_SUPPORT_H_
