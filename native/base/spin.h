#pragma once

#include <algorithm>
#include <thread>

#include "base/clock.h"
#include "base/scheduling.h"

namespace codecell::base {

// Checks a condition in a loop for a moment before its thread goes to sleep: where the condition is
// about to hold, that takes less time than to be woken. After checks in vain it skips more and more
// of them. For one thread.
class Spin {
 public:
  explicit Spin(Clock::duration max_wait) : max_wait_(max_wait) {}

  // Whether `is_there` has become true.
  template <typename IsThere>
  bool Until(IsThere&& is_there) {
    static const bool is_alone = ProcessorCount() == 1;
    if (is_alone) return false;
    if (skipped_ < skip_) {
      ++skipped_;
      return false;
    }
    const Clock::time_point deadline = Clock::now() + max_wait_;
    bool found = is_there();
    while (!found && Clock::now() < deadline) {
      std::this_thread::yield();  // The thread that is waited for may need this processor.
      found = is_there();
    }
    skipped_ = 0;
    skip_ = found ? 0 : std::min(kMaxSkipped, skip_ * 2 + 1);
    return found;
  }

 private:
  static constexpr int kMaxSkipped = 63;

  const Clock::duration max_wait_;
  int skip_ = 0;  // Times not to look.
  int skipped_ = 0;
};

}  // namespace codecell::base
