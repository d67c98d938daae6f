#if defined(_WIN32)

#include <windows.h>

#include <algorithm>
#include <thread>

#include "base/scheduling.h"

namespace codecell::base {

namespace {

double Milliseconds(const FILETIME& time) {
  const auto high = static_cast<uint64_t>(time.dwHighDateTime) << 32U;
  return static_cast<double>(high | time.dwLowDateTime) / 1e4;  // In units of 100 ns.
}

double CpuTimeOf(HANDLE thread) {
  FILETIME created;
  FILETIME ended;
  FILETIME kernel;
  FILETIME user;
  if (GetThreadTimes(thread, &created, &ended, &kernel, &user) == 0) return 0;
  return Milliseconds(kernel) + Milliseconds(user);
}

// A handle of the calling thread's that other threads can use; null where there is none.
HANDLE HandleOfCurrent() {
  HANDLE handle = nullptr;
  DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &handle, 0, FALSE,
                  DUPLICATE_SAME_ACCESS);
  return handle;
}

}  // namespace

int ProcessorCount() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

double CurrentCpuTimeMs() { return CpuTimeOf(GetCurrentThread()); }

ThreadClock ThreadClock::OfCurrent() {
  return ThreadClock(std::shared_ptr<void>(HandleOfCurrent(), [](HANDLE handle) {
    if (handle != nullptr) CloseHandle(handle);
  }));
}

double ThreadClock::CpuTimeMs() const { return CpuTimeOf(handle_.get()); }

void ThreadClock::GiveWay(int steps) const {
  // Windows has two steps between an ordinary thread and one that runs when nothing else does.
  constexpr int kMuch = 10;
  const int priority = steps >= kMuch ? THREAD_PRIORITY_LOWEST : THREAD_PRIORITY_BELOW_NORMAL;
  if (GetThreadPriority(handle_.get()) > priority) SetThreadPriority(handle_.get(), priority);
}

void ThreadClock::Demote() const { SetThreadPriority(handle_.get(), THREAD_PRIORITY_IDLE); }

Scheduling Scheduling::OfCurrent() {
  return {.policy = 0, .priority = GetThreadPriority(GetCurrentThread())};
}

void ThreadPriority::StandBack() {
  if (GetThreadPriority(GetCurrentThread()) != THREAD_PRIORITY_NORMAL) return;
  const HANDLE thread = HandleOfCurrent();
  if (thread == nullptr) return;
  SetThreadPriority(thread, THREAD_PRIORITY_LOWEST);
  thread_ = thread;
  SwitchToThread();
}

void ThreadPriority::Resume() {
  const HANDLE thread = thread_.exchange(nullptr);
  if (thread == nullptr) return;
  SetThreadPriority(thread, THREAD_PRIORITY_NORMAL);
  CloseHandle(thread);
}

}  // namespace codecell::base

#endif
