#if defined(__APPLE__)

#include <mach/mach.h>
#include <mach/thread_info.h>
#include <mach/thread_policy.h>
#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <thread>

#include "base/scheduling.h"

namespace codecell::base {

namespace {

// The kernel adds the importance to the priority of the task, which is 31 for an ordinary one.
constexpr int kLowestImportance = -31;
constexpr int kStandBackImportance = -10;

double Milliseconds(time_value_t time) {
  return static_cast<double>(time.seconds) * 1e3 + static_cast<double>(time.microseconds) / 1e3;
}

int ImportanceOf(thread_act_t thread) {
  thread_precedence_policy_data_t policy = {};
  mach_msg_type_number_t count = THREAD_PRECEDENCE_POLICY_COUNT;
  boolean_t get_default = FALSE;
  const kern_return_t result =
      thread_policy_get(thread, THREAD_PRECEDENCE_POLICY,
                        reinterpret_cast<thread_policy_t>(&policy), &count, &get_default);
  return result == KERN_SUCCESS ? policy.importance : 0;
}

void SetImportance(thread_act_t thread, int importance) {
  thread_precedence_policy_data_t policy = {.importance = importance};
  thread_policy_set(thread, THREAD_PRECEDENCE_POLICY, reinterpret_cast<thread_policy_t>(&policy),
                    THREAD_PRECEDENCE_POLICY_COUNT);
}

thread_act_t CurrentThread() { return pthread_mach_thread_np(pthread_self()); }

double CpuTimeOf(thread_act_t thread) {
  thread_basic_info_data_t info = {};
  mach_msg_type_number_t count = THREAD_BASIC_INFO_COUNT;
  if (thread_info(thread, THREAD_BASIC_INFO, reinterpret_cast<thread_info_t>(&info), &count) !=
      KERN_SUCCESS) {
    return 0;
  }
  return Milliseconds(info.user_time) + Milliseconds(info.system_time);
}

}  // namespace

int ProcessorCount() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

double CurrentCpuTimeMs() { return CpuTimeOf(CurrentThread()); }

ThreadClock ThreadClock::OfCurrent() { return ThreadClock(CurrentThread()); }

double ThreadClock::CpuTimeMs() const { return CpuTimeOf(port_); }

void ThreadClock::GiveWay(int steps) const {
  SetImportance(port_, std::max(kLowestImportance, ImportanceOf(port_) - steps));
}

void ThreadClock::Demote() const { SetImportance(port_, kLowestImportance); }

Scheduling Scheduling::OfCurrent() {
  return {.policy = 0, .priority = ImportanceOf(CurrentThread())};
}

void ThreadPriority::StandBack() {
  const thread_act_t thread = CurrentThread();
  // One that has given way already is not raised by Resume().
  if (ImportanceOf(thread) != 0) return;
  thread_ = static_cast<int>(thread);
  SetImportance(thread, kStandBackImportance);
  sched_yield();
}

void ThreadPriority::Resume() {
  const int thread = thread_.exchange(0);
  if (thread != 0) SetImportance(static_cast<thread_act_t>(thread), 0);
}

}  // namespace codecell::base

#endif
