#include "base/thread.h"

#include <sched.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace codecell::base {

namespace {

constexpr size_t kGuardBytes = size_t{1} << 20;

double ClockMs(clockid_t clock) {
  timespec time{};
  if (clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

void* RunThread(void* data) {
  std::unique_ptr<std::function<void()>> run(static_cast<std::function<void()>*>(data));
  (*run)();
  return nullptr;
}

}  // namespace

std::unique_ptr<Thread> Thread::Start(size_t stack_bytes, std::function<void()> run) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return nullptr;
  pthread_attr_setstacksize(&attributes, stack_bytes);
  // A frame of the engine's can be larger than the usual guard of one page.
  pthread_attr_setguardsize(&attributes, kGuardBytes);
  auto data = std::make_unique<std::function<void()>>(std::move(run));
  pthread_t handle{};
  const bool started = pthread_create(&handle, &attributes, RunThread, data.get()) == 0;
  pthread_attr_destroy(&attributes);
  if (!started) return nullptr;
  static_cast<void>(data.release());  // RunThread owns it.
  return std::unique_ptr<Thread>(new Thread(handle));
}

double Thread::CpuTimeMs() const {
  clockid_t clock{};
  return pthread_getcpuclockid(handle_, &clock) == 0 ? ClockMs(clock) : 0;
}

void Thread::Demote() {
  const sched_param parameters{};
  pthread_setschedparam(handle_, SCHED_IDLE, &parameters);
}

double Thread::CurrentCpuTimeMs() { return ClockMs(CLOCK_THREAD_CPUTIME_ID); }

void Thread::NameCurrent(const char* name) { pthread_setname_np(pthread_self(), name); }

ThreadClock ThreadClock::OfCurrent() {
  clockid_t clock = CLOCK_THREAD_CPUTIME_ID;
  pthread_getcpuclockid(pthread_self(), &clock);
  return {clock, gettid()};
}

double ThreadClock::CpuTimeMs() const { return ClockMs(clock_); }

void ThreadClock::GiveWay(int steps) const {
  constexpr int kLowestPriority = 19;
  const id_t thread = static_cast<id_t>(thread_id_);
  // On Linux a niceness belongs to a thread; -1 is one too, so only errno tells of a failure.
  errno = 0;
  const int niceness = getpriority(PRIO_PROCESS, thread);
  if (errno != 0) return;
  setpriority(PRIO_PROCESS, thread, std::min(kLowestPriority, niceness + steps));
}

}  // namespace codecell::base
