#pragma once

#include <mutex>

#include "base/clock.h"
#include "base/condition.h"

namespace codecell::base {

// An event that happens once and that threads can wait for.
class Latch {
 public:
  void Set() {
    const std::lock_guard<std::mutex> lock(mutex_);
    set_ = true;
    changed_.NotifyAll();
  }

  bool is_set() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return set_;
  }

  // False: the deadline passed first.
  bool WaitUntil(Clock::time_point deadline) {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.WaitUntil(lock, deadline, [this] { return set_; });
  }

 private:
  std::mutex mutex_;
  Condition changed_;
  bool set_ = false;
};

}  // namespace codecell::base
