#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#if !defined(_WIN32)
#include <pthread.h>
#endif

namespace codecell::base {

// An OS thread with a stack of a chosen size. It must be joined or detached before it is destroyed.
class Thread {
 public:
  // Empty where the system refuses a thread.
  static std::unique_ptr<Thread> Start(size_t stack_bytes, std::function<void()> run);

  void Join();
  void Detach();

  // Gives the calling thread a name that shows in debuggers and process listings.
  static void NameCurrent(const char* name);
  // The calling thread never runs again. A signal handler may call it.
  [[noreturn]] static void Park();

 private:
#if defined(_WIN32)
  using Handle = void*;
#else
  using Handle = pthread_t;
#endif

  explicit Thread(Handle handle) : handle_(handle) {}

  const Handle handle_;
};

// The stack of a thread; made on it, and used on it only.
class Stack {
 public:
  static Stack OfCurrent();

  // Gives memory back that a deep recursion has touched and that is no longer in use. Keeps so
  // much.
  void Trim(ptrdiff_t kept_bytes) const;

 private:
  explicit Stack(char* end) : end_(end) {}

  [[maybe_unused]] char* end_;  // Its lowest address; null where that is not known.
};

}  // namespace codecell::base
