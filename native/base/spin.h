#pragma once

#include <sched.h>

#include <algorithm>

#include "base/clock.h"
#include "base/thread.h"

namespace codecell::base {

// Looks for something for a moment before its owner goes to sleep: to be woken costs more than the
// moment, where what is waited for is near. Stops looking where that has been in vain, and tries
// again now and then. For one thread.
class Spin {
 public:
  explicit Spin(Clock::duration longest) : longest_(longest) {}

  // Whether `is_there` has become true.
  template <typename IsThere>
  bool Until(IsThere&& is_there) {
    static const bool is_alone = ProcessorCount() == 1;
    if (is_alone) return false;
    if (skipped_ < skip_) {
      ++skipped_;
      return false;
    }
    const Clock::time_point deadline = Clock::now() + longest_;
    bool found = is_there();
    while (!found && Clock::now() < deadline) {
      sched_yield();  // Whoever is waited for may need this processor.
      found = is_there();
    }
    skipped_ = 0;
    skip_ = found ? 0 : std::min(kMostSkipped, skip_ * 2 + 1);
    return found;
  }

 private:
  static constexpr int kMostSkipped = 63;

  const Clock::duration longest_;
  int skip_ = 0;  // Times not to look.
  int skipped_ = 0;
};

}  // namespace codecell::base
