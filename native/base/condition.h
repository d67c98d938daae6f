#pragma once

#include <cstdint>
#include <mutex>

#include "base/clock.h"

#if defined(__linux__)
#include <pthread.h>
#include <time.h>
#else
#include <condition_variable>
#endif

namespace codecell::base {

// A condition variable whose deadlines are those of Clock. std::condition_variable waits for the
// time of day where glibc is older than 2.30, so a clock that is set back would hold its waits up.
class Condition {
 public:
  Condition();
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;
  ~Condition();

  void NotifyOne();
  void NotifyAll();

  // Until `is_true` is. It is called with the lock held.
  template <typename IsTrue>
  void Wait(std::unique_lock<std::mutex>& lock, IsTrue&& is_true) {
    while (!is_true()) WaitOnce(lock);
  }

  // Until `is_true` is, or the deadline has passed. Whether it is.
  template <typename IsTrue>
  bool WaitUntil(std::unique_lock<std::mutex>& lock, Clock::time_point deadline, IsTrue&& is_true) {
    while (!is_true()) {
      if (!WaitOnceUntil(lock, deadline)) return is_true();
    }
    return true;
  }

  // Until a call of Notify…(), or earlier, for no reason.
  void WaitOnce(std::unique_lock<std::mutex>& lock);
  // Not past the deadline either. False: it has passed.
  bool WaitOnceUntil(std::unique_lock<std::mutex>& lock, Clock::time_point deadline);

 private:
#if defined(__linux__)
  pthread_cond_t condition_;
#else
  std::condition_variable condition_;
#endif
};

#if defined(__linux__)

inline Condition::Condition() {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);  // As Clock is.
  pthread_cond_init(&condition_, &attributes);
  pthread_condattr_destroy(&attributes);
}

inline Condition::~Condition() { pthread_cond_destroy(&condition_); }

inline void Condition::NotifyOne() { pthread_cond_signal(&condition_); }

inline void Condition::NotifyAll() { pthread_cond_broadcast(&condition_); }

inline void Condition::WaitOnce(std::unique_lock<std::mutex>& lock) {
  pthread_cond_wait(&condition_, lock.mutex()->native_handle());
}

inline bool Condition::WaitOnceUntil(std::unique_lock<std::mutex>& lock,
                                     Clock::time_point deadline) {
  const std::chrono::nanoseconds since = deadline.time_since_epoch();
  if (since.count() < 0) return false;
  constexpr int64_t kPerSecond = 1'000'000'000;
  timespec until{};
  until.tv_sec = static_cast<time_t>(since.count() / kPerSecond);
  until.tv_nsec = static_cast<decltype(until.tv_nsec)>(since.count() % kPerSecond);
  pthread_cond_timedwait(&condition_, lock.mutex()->native_handle(), &until);
  return Clock::now() < deadline;
}

#else

inline Condition::Condition() = default;

inline Condition::~Condition() = default;

inline void Condition::NotifyOne() { condition_.notify_one(); }

inline void Condition::NotifyAll() { condition_.notify_all(); }

inline void Condition::WaitOnce(std::unique_lock<std::mutex>& lock) { condition_.wait(lock); }

inline bool Condition::WaitOnceUntil(std::unique_lock<std::mutex>& lock,
                                     Clock::time_point deadline) {
  // The standard library may add to the deadline, which must not overflow.
  const Clock::time_point latest = Clock::now() + std::chrono::hours{24};
  condition_.wait_until(lock, deadline < latest ? deadline : latest);
  return Clock::now() < deadline;
}

#endif

}  // namespace codecell::base
