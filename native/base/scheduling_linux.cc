#if defined(__linux__)

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "base/scheduling.h"

namespace codecell::base {

namespace {

// The kernel's sched_attr, which the C library does not declare everywhere.
struct SchedulingAttributes {
  uint32_t size = sizeof(SchedulingAttributes);
  uint32_t policy = SCHED_OTHER;
  uint64_t flags = 0;
  int32_t niceness = 0;
  uint32_t priority = 0;
  uint64_t runtime = 0;  // Of an ordinary thread the length of a slice, from Linux 6.12 on.
  uint64_t deadline = 0;
  uint64_t period = 0;
};

// A thread with a longer slice is interrupted at once when a thread with the usual slice wakes up.
constexpr uint64_t kLongSliceNs = 100'000'000;

double ClockMs(clockid_t clock) {
  timespec time{};
  if (clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

// gettid() came with glibc 2.30.
int CurrentThreadId() { return static_cast<int>(syscall(SYS_gettid)); }

// The kernel takes the policy only; musl has a function of that name that does nothing.
int PolicyOf(int thread_id) { return static_cast<int>(syscall(SYS_sched_getscheduler, thread_id)); }

}  // namespace

int ProcessorCount() {
  cpu_set_t processors;
  return sched_getaffinity(0, sizeof processors, &processors) == 0 ? CPU_COUNT(&processors) : 1;
}

double CurrentCpuTimeMs() { return ClockMs(CLOCK_THREAD_CPUTIME_ID); }

ThreadClock ThreadClock::OfCurrent() {
  clockid_t clock = CLOCK_THREAD_CPUTIME_ID;
  pthread_getcpuclockid(pthread_self(), &clock);
  return {clock, CurrentThreadId()};
}

double ThreadClock::CpuTimeMs() const { return ClockMs(clock_); }

void ThreadClock::GiveWay(int steps) const {
  constexpr int kLowestPriority = 19;
  const id_t thread = static_cast<id_t>(thread_id_);
  // On Linux a niceness belongs to a thread; -1 is one too, so only errno tells of a failure.
  errno = 0;
  const int before = getpriority(PRIO_PROCESS, thread);
  if (errno != 0) return;
  const int niceness = std::min(kLowestPriority, before + steps);
  if (PolicyOf(thread_id_) != SCHED_OTHER) {
    setpriority(PRIO_PROCESS, thread, niceness);
    return;
  }
  SchedulingAttributes attributes;
  attributes.niceness = niceness;
  attributes.runtime = kLongSliceNs;
  if (syscall(SYS_sched_setattr, thread_id_, &attributes, 0) != 0) {
    setpriority(PRIO_PROCESS, thread, niceness);
  }
}

void ThreadClock::Demote() const {
  const sched_param parameters{};
  syscall(SYS_sched_setscheduler, thread_id_, SCHED_IDLE, &parameters);
}

Scheduling Scheduling::OfCurrent() {
  return {.policy = PolicyOf(0), .priority = getpriority(PRIO_PROCESS, 0)};
}

void ThreadPriority::StandBack() {
  // The user may have started the process in another scheduling class.
  if (PolicyOf(0) != SCHED_OTHER) return;
  thread_ = CurrentThreadId();
  // Without privileges a higher niceness cannot be taken back, and neither can SCHED_IDLE.
  SchedulingAttributes attributes;
  attributes.policy = SCHED_BATCH;
  attributes.niceness = getpriority(PRIO_PROCESS, 0);
  attributes.runtime = kLongSliceNs;
  syscall(SYS_sched_setattr, 0, &attributes, 0);
  sched_yield();
}

void ThreadPriority::Resume() {
  const int thread_id = thread_.exchange(0);
  if (thread_id == 0) return;
  SchedulingAttributes attributes;
  attributes.niceness = getpriority(PRIO_PROCESS, static_cast<id_t>(thread_id));
  syscall(SYS_sched_setattr, thread_id, &attributes, 0);
}

}  // namespace codecell::base

#endif
