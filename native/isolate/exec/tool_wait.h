#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"

namespace codecell::isolate {

// How long a cell has only waited for tools. Its thread writes, any thread reads.
class ToolWait {
 public:
  void Begin() { since_.store(Now(), std::memory_order_relaxed); }
  void End() {
    const int64_t since = since_.exchange(kNotWaiting, std::memory_order_relaxed);
    if (since != kNotWaiting) total_.fetch_add(Now() - since, std::memory_order_relaxed);
  }

  // The wait that continues counts too.
  double milliseconds() const {
    const int64_t since = since_.load(std::memory_order_relaxed);
    const int64_t going_on = since == kNotWaiting ? 0 : Now() - since;
    return static_cast<double>(total_.load(std::memory_order_relaxed) + going_on) / 1e6;
  }

 private:
  static constexpr int64_t kNotWaiting = -1;

  static int64_t Now() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               base::Clock::now().time_since_epoch())
        .count();
  }

  std::atomic<int64_t> total_{0};  // Nanoseconds of the waits that are over.
  std::atomic<int64_t> since_{kNotWaiting};
};

}  // namespace codecell::isolate
