#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#if defined(__linux__)
#include <time.h>
#endif

namespace codecell::base {

// Processors this process may use.
int ProcessorCount();

// Processor time of the calling thread, in milliseconds.
double CurrentCpuTimeMs();

// The processor time and the priority of a thread, to be used from any thread while it lives.
class ThreadClock {
 public:
  static ThreadClock OfCurrent();

  // Milliseconds used so far.
  double CpuTimeMs() const;
  // Lowers the thread's priority by so many steps of niceness, 0 to 19. It cannot be raised again.
  void GiveWay(int steps) const;
  // Gives the thread the lowest scheduling class there is, for good.
  void Demote() const;

 private:
#if defined(__linux__)
  ThreadClock(clockid_t clock, int thread_id) : clock_(clock), thread_id_(thread_id) {}

  clockid_t clock_;
  int thread_id_;
#elif defined(__APPLE__)
  explicit ThreadClock(uint32_t port) : port_(port) {}

  uint32_t port_;  // Of the kernel's thread.
#else
  explicit ThreadClock(std::shared_ptr<void> handle) : handle_(std::move(handle)) {}

  std::shared_ptr<void> handle_;
#endif
};

// How the system chooses when the calling thread runs.
struct Scheduling {
  int policy = 0;
  int priority = 0;

  static Scheduling OfCurrent();
  bool operator==(const Scheduling&) const = default;
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
#if defined(_WIN32)
  std::atomic<void*> thread_{nullptr};  // While it stands back.
#else
  std::atomic<int> thread_{0};  // While it stands back.
#endif
};

}  // namespace codecell::base
