#pragma once

#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace codecell::base {

// A queue with one reader that can sleep until something arrives, a deadline passes, or somebody
// wakes it for a reason of its own.
template <typename T>
class Mailbox {
 public:
  Mailbox() = default;
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // Any thread.
  void Post(T item) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (closed_) return;
      items_.push_back(std::move(item));
    }
    changed_.notify_one();
  }

  // Any thread. The reader returns from Take() even if nothing was posted.
  void Wake() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      woken_ = true;
    }
    changed_.notify_one();
  }

  // Any thread. Drops what is queued and whatever comes later.
  void Close() {
    std::vector<T> dropped;
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    dropped.swap(items_);
  }

  // Reader. Everything that is there, at once; empty if there is nothing.
  std::vector<T> TakeReady() {
    std::vector<T> taken;
    const std::lock_guard<std::mutex> lock(mutex_);
    taken.swap(items_);
    woken_ = false;
    return taken;
  }

  // Reader. Sleeps until there is something, Wake() was called, or the deadline has passed.
  std::vector<T> Take(Deadline deadline) {
    std::vector<T> taken;
    std::unique_lock<std::mutex> lock(mutex_);
    const auto ready = [this] { return woken_ || !items_.empty(); };
    if (deadline) {
      changed_.wait_until(lock, *deadline, ready);
    } else {
      changed_.wait(lock, ready);
    }
    taken.swap(items_);
    woken_ = false;
    return taken;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<T> items_;
  bool woken_ = false;
  bool closed_ = false;
};

}  // namespace codecell::base
