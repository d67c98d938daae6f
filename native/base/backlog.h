#pragma once

#include <cstddef>
#include <mutex>

#include "base/condition.h"

namespace codecell::base {

// Bytes that the sender has sent and the receiver has not taken. While they are over the budget the
// sender waits, until the receiver has taken enough or Release() is called.
class Backlog {
 public:
  explicit Backlog(size_t budget) : budget_(budget) {}
  Backlog(const Backlog&) = delete;
  Backlog& operator=(const Backlog&) = delete;

  // Sender. Waits for room; one item larger than the whole budget passes when nothing else waits.
  void Add(size_t bytes) {
    std::unique_lock<std::mutex> lock(mutex_);
    room_.Wait(lock, [&] { return HasRoom(bytes); });
    waiting_ += bytes;
  }

  // Sender. False: there is no room now.
  bool TryAdd(size_t bytes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!HasRoom(bytes)) return false;
    waiting_ += bytes;
    return true;
  }

  // Receiver.
  void Remove(size_t bytes) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      waiting_ -= bytes;
    }
    room_.NotifyOne();
  }

  // Any thread. From here on the sender is never held back.
  void Release() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      released_ = true;
    }
    room_.NotifyOne();
  }

 private:
  bool HasRoom(size_t bytes) const {
    return released_ || waiting_ == 0 || waiting_ + bytes <= budget_;
  }

  const size_t budget_;
  std::mutex mutex_;
  Condition room_;
  size_t waiting_ = 0;
  bool released_ = false;
};

}  // namespace codecell::base
