#include "base/thread_cache.h"

#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <utility>

#include "base/guarded.h"
#include "base/latch.h"
#include "base/thread.h"

namespace codecell::base {

namespace {

// Of its stack, what an idle thread keeps.
constexpr ptrdiff_t kKeptStackBytes = ptrdiff_t{256} << 10;

// The lowest page of the calling thread's stack; null where that is not known.
char* StackEnd() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return nullptr;
  void* end = nullptr;
  size_t size = 0;
  pthread_attr_getstack(&attributes, &end, &size);
  pthread_attr_destroy(&attributes);
  return static_cast<char*>(end);
}

// Gives back the pages that a deep recursion of the last job has touched.
void TrimStack(char* end) {
  if (end == nullptr) return;
  const auto page = static_cast<ptrdiff_t>(sysconf(_SC_PAGESIZE));
  const char* here = static_cast<const char*>(__builtin_frame_address(0));
  const ptrdiff_t unused = (here - end - kKeptStackBytes) / page * page;
  if (unused > 0) madvise(end, static_cast<size_t>(unused), MADV_DONTNEED);
}

int Niceness() { return getpriority(PRIO_PROCESS, 0); }

}  // namespace

struct LentThread::Job {
  // What is known of the thread while the job runs on it.
  struct Thread {
    clockid_t clock = 0;
    pid_t id = 0;  // 0: it has not begun.
    bool is_demoted = false;
  };

  std::function<void()> run;
  Guarded<Thread> thread;
  Latch over;

  void Begin() {
    thread.With([](Thread& known) {
      pthread_getcpuclockid(pthread_self(), &known.clock);
      known.id = gettid();
      if (known.is_demoted) DemoteThread(known.id);
    });
  }

  static void DemoteThread(pid_t id) {
    const sched_param parameters{};
    sched_setscheduler(id, SCHED_IDLE, &parameters);
  }
};

struct ThreadCache::State {
  const std::string name;
  const std::string idle_name;
  const size_t stack_bytes;
  const int most_idle;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::shared_ptr<LentThread::Job>> jobs;
  int idle = 0;  // Threads that no job has been put aside for.
};

LentThread::LentThread(std::shared_ptr<Job> job) : job_(std::move(job)) {}

LentThread::~LentThread() = default;

void LentThread::Join() { job_->over.WaitUntil(Clock::time_point::max()); }

double LentThread::CpuTimeMs() const {
  return job_->thread.With([](const Job::Thread& known) {
    timespec time{};
    if (known.id == 0 || clock_gettime(known.clock, &time) != 0) return 0.0;
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
  });
}

void LentThread::Demote() {
  job_->thread.With([](Job::Thread& known) {
    known.is_demoted = true;
    if (known.id != 0) Job::DemoteThread(known.id);
  });
}

ThreadCache::ThreadCache(const char* name, size_t stack_bytes, int most_idle)
    : state_(*new State{.name = name,
                        .idle_name = std::string(name) + "-idle",
                        .stack_bytes = stack_bytes,
                        .most_idle = most_idle,
                        .mutex = {},
                        .changed = {},
                        .jobs = {}}) {}

std::unique_ptr<LentThread> ThreadCache::Run(std::function<void()> job) {
  auto lent = std::make_shared<LentThread::Job>();
  lent->run = std::move(job);
  {
    const std::lock_guard<std::mutex> lock(state_.mutex);
    if (state_.idle > 0) {
      --state_.idle;
      state_.jobs.push_back(lent);
      state_.changed.notify_one();
      return std::unique_ptr<LentThread>(new LentThread(std::move(lent)));
    }
  }
  const std::unique_ptr<Thread> thread =
      Thread::Start(state_.stack_bytes, [&state = state_, lent] { Serve(state, lent); });
  if (thread == nullptr) return nullptr;
  thread->Detach();
  return std::unique_ptr<LentThread>(new LentThread(std::move(lent)));
}

void ThreadCache::Serve(State& state, std::shared_ptr<LentThread::Job> job) {
  char* const stack_end = StackEnd();
  const int niceness = Niceness();
  const int policy = sched_getscheduler(0);
  for (;;) {
    Thread::NameCurrent(state.name.c_str());
    job->Begin();
    job->run();
    job->run = nullptr;
    Thread::NameCurrent(state.idle_name.c_str());
    TrimStack(stack_end);
    const bool is_ordinary = sched_getscheduler(0) == policy && Niceness() == niceness;
    bool is_kept = false;
    {
      const std::lock_guard<std::mutex> lock(state.mutex);
      is_kept = is_ordinary && state.idle < state.most_idle;
      if (is_kept) ++state.idle;
    }
    job->over.Set();
    job.reset();
    if (!is_kept) return;
    std::unique_lock<std::mutex> lock(state.mutex);
    state.changed.wait(lock, [&] { return !state.jobs.empty(); });
    job = std::move(state.jobs.front());
    state.jobs.pop_front();
  }
}

}  // namespace codecell::base
