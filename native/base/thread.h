#pragma once

#include <pthread.h>
#include <time.h>

#include <atomic>
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

  // Processor time of the calling thread, in milliseconds.
  static double CurrentCpuTimeMs();
  // Gives the calling thread a name that shows in debuggers and process listings.
  static void NameCurrent(const char* name);

 private:
  explicit Thread(pthread_t handle) : handle_(handle) {}

  const pthread_t handle_;
};

// Processors this process may use.
int ProcessorCount();

// The processor time and the priority of a thread, to be used from another one while it lives.
class ThreadClock {
 public:
  static ThreadClock OfCurrent();

  // Milliseconds used so far.
  double CpuTimeMs() const;
  // Lowers the thread's priority by so many steps of niceness. It cannot be raised again.
  void GiveWay(int steps) const;

 private:
  ThreadClock(clockid_t clock, int thread_id) : clock_(clock), thread_id_(thread_id) {}

  clockid_t clock_;
  int thread_id_;
};

// Whether a thread lets others run first. StandBack() is called on the thread itself, Resume() on
// any thread while it lives.
class ThreadPriority {
 public:
  // Calling thread: from here to Resume() every other thread that wants a processor runs first.
  void StandBack();
  // The thread is like any other again. Nothing where it never stood back.
  void Resume();

 private:
  std::atomic<int> thread_id_{0};  // While it stands back.
};

}  // namespace codecell::base
