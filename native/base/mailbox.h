#pragma once

#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/condition.h"
#include "base/feed.h"

namespace codecell::base {

// A queue with one reader that can sleep until something arrives, a deadline passes, or Wake() is
// called.
template <typename T>
class Mailbox {
 public:
  Mailbox() = default;
  // `feed` brings the items, and the reader sleeps in it. It lives as long as the mailbox.
  explicit Mailbox(Feed* feed) : feed_(feed) {}
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // Any thread.
  void Post(T item) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (closed_) return;
      items_.push_back(std::move(item));
      is_ready_.store(true, std::memory_order_release);
    }
    changed_.NotifyOne();
    if (feed_ != nullptr) feed_->Wake();
  }

  // Any thread. The reader gets it with the item that is posted next, and is not woken for it
  // alone.
  void PostLater(T item) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!closed_) items_.push_back(std::move(item));
  }

  // Any thread. The reader returns from Take() even if nothing was posted.
  void Wake() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      woken_ = true;
      is_ready_.store(true, std::memory_order_release);
    }
    changed_.NotifyOne();
    if (feed_ != nullptr) feed_->Wake();
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
    if (feed_ != nullptr) feed_->Look();
    std::vector<T> taken;
    const std::lock_guard<std::mutex> lock(mutex_);
    Empty(taken);
    return taken;
  }

  // Reader. Whether Take() would return at once.
  bool is_ready() {
    if (feed_ != nullptr && !is_ready_.load(std::memory_order_acquire)) feed_->Look();
    return is_ready_.load(std::memory_order_acquire);
  }

  // Reader. Sleeps until there is something, Wake() was called, or the deadline has passed.
  std::vector<T> Take(Deadline deadline) {
    std::vector<T> taken;
    while (feed_ != nullptr && !is_ready() && !(deadline && *deadline <= Clock::now())) {
      feed_->Wait(deadline);
    }
    std::unique_lock<std::mutex> lock(mutex_);
    if (feed_ != nullptr) {
      Empty(taken);
      return taken;
    }
    const auto ready = [this] { return woken_ || !items_.empty(); };
    if (deadline) {
      changed_.WaitUntil(lock, *deadline, ready);
    } else {
      changed_.Wait(lock, ready);
    }
    Empty(taken);
    return taken;
  }

 private:
  void Empty(std::vector<T>& taken) {
    taken.swap(items_);
    woken_ = false;
    is_ready_.store(false, std::memory_order_relaxed);
  }

  Feed* const feed_ = nullptr;
  std::mutex mutex_;
  Condition changed_;
  std::vector<T> items_;
  bool woken_ = false;
  std::atomic<bool> is_ready_{false};  // `woken_`, or there are items.
  bool closed_ = false;
};

}  // namespace codecell::base
