#include "base/thread.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>

namespace codecell::base {

namespace {

constexpr size_t kGuardBytes = size_t{1} << 20;

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

double Thread::CurrentCpuTimeMs() { return ClockMs(CLOCK_THREAD_CPUTIME_ID); }

void Thread::NameCurrent(const char* name) { pthread_setname_np(pthread_self(), name); }

int ProcessorCount() {
  cpu_set_t processors;
  return sched_getaffinity(0, sizeof processors, &processors) == 0 ? CPU_COUNT(&processors) : 1;
}

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
  const int before = getpriority(PRIO_PROCESS, thread);
  if (errno != 0) return;
  const int niceness = std::min(kLowestPriority, before + steps);
  if (sched_getscheduler(thread_id_) != SCHED_OTHER) {
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

void ThreadPriority::StandBack() {
  // The user may have started the process in another scheduling class.
  if (sched_getscheduler(0) != SCHED_OTHER) return;
  thread_id_ = gettid();
  // Without privileges a higher niceness cannot be taken back, and neither can SCHED_IDLE.
  SchedulingAttributes attributes;
  attributes.policy = SCHED_BATCH;
  attributes.niceness = getpriority(PRIO_PROCESS, 0);
  attributes.runtime = kLongSliceNs;
  syscall(SYS_sched_setattr, 0, &attributes, 0);
  sched_yield();
}

void ThreadPriority::Resume() {
  const int thread_id = thread_id_.exchange(0);
  if (thread_id == 0) return;
  SchedulingAttributes attributes;
  attributes.niceness = getpriority(PRIO_PROCESS, static_cast<id_t>(thread_id));
  syscall(SYS_sched_setattr, thread_id, &attributes, 0);
}

}  // namespace codecell::base
