#include "base/thread_cache.h"

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/condition.h"
#include "base/guarded.h"
#include "base/latch.h"
#include "base/scheduling.h"
#include "base/thread.h"

namespace codecell::base {

namespace {

// Of its stack, what an idle thread keeps.
constexpr ptrdiff_t kKeptStackBytes = ptrdiff_t{256} << 10;

}  // namespace

struct LentThread::Job {
  // What is known of the thread while the job runs on it.
  struct Thread {
    std::optional<ThreadClock> clock;  // Empty: it has not begun.
    bool is_demoted = false;
  };

  std::function<void()> run;
  Guarded<Thread> thread;
  Latch over;

  void Begin() {
    thread.With([](Thread& known) {
      known.clock = ThreadClock::OfCurrent();
      if (known.is_demoted) known.clock->Demote();
    });
  }
};

struct ThreadCache::State {
  const std::string name;
  const std::string idle_name;
  const size_t stack_bytes;
  const int most_idle;
  std::mutex mutex;
  Condition changed;
  std::deque<std::shared_ptr<LentThread::Job>> jobs;
  int idle = 0;  // Threads that no job has been put aside for.
};

LentThread::LentThread(std::shared_ptr<Job> job) : job_(std::move(job)) {}

LentThread::~LentThread() = default;

void LentThread::Join() { job_->over.WaitUntil(Clock::time_point::max()); }

double LentThread::CpuTimeMs() const {
  return job_->thread.With(
      [](const Job::Thread& known) { return known.clock ? known.clock->CpuTimeMs() : 0.0; });
}

void LentThread::Demote() {
  job_->thread.With([](Job::Thread& known) {
    known.is_demoted = true;
    if (known.clock) known.clock->Demote();
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
      state_.changed.NotifyOne();
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
  const Stack stack = Stack::OfCurrent();
  const Scheduling scheduling = Scheduling::OfCurrent();
  for (;;) {
    Thread::NameCurrent(state.name.c_str());
    job->Begin();
    job->run();
    job->run = nullptr;
    Thread::NameCurrent(state.idle_name.c_str());
    stack.Trim(kKeptStackBytes);
    const bool is_ordinary = Scheduling::OfCurrent() == scheduling;
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
    state.changed.Wait(lock, [&] { return !state.jobs.empty(); });
    job = std::move(state.jobs.front());
    state.jobs.pop_front();
  }
}

}  // namespace codecell::base
