#pragma once

#include <mutex>
#include <utility>

namespace codecell::base {

// A datum that can be reached only under its lock. What runs inside With() must not wait, call into
// an engine or allocate on an engine's heap.
template <typename T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(T value) : value_(std::move(value)) {}
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  template <typename Use>
  auto With(Use&& use) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return std::forward<Use>(use)(value_);
  }

 private:
  std::mutex mutex_;
  T value_{};
};

}  // namespace codecell::base
