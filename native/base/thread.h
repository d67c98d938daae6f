#pragma once

#include <pthread.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

namespace codecell::base {

// An OS thread with a stack of a chosen size. It must be joined or detached before it is destroyed.
class Thread {
 public:
  // Empty where the system refuses a thread.
  static std::unique_ptr<Thread> Start(size_t stack_bytes, std::function<void()> run);

  void Join() { pthread_join(handle_, nullptr); }
  void Detach() { pthread_detach(handle_); }

  // Processor time used so far, in milliseconds. The thread must not have been joined.
  double CpuTimeMs() const;
  // Gives the thread the lowest scheduling class there is.
  void Demote();

  // Processor time of the calling thread, in milliseconds.
  static double CurrentCpuTimeMs();
  // Gives the calling thread a name that shows in debuggers and process listings.
  static void NameCurrent(const char* name);

 private:
  explicit Thread(pthread_t handle) : handle_(handle) {}

  const pthread_t handle_;
};

}  // namespace codecell::base
