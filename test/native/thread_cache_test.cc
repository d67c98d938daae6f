#include "base/thread_cache.h"

#include <pthread.h>
#include <sched.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/latch.h"
#include "base/mailbox.h"
#include "base/scheduling.h"
#include "base/thread.h"
#include "check.h"

namespace codecell::test {

namespace {

using base::Clock;
using base::Latch;
using base::LentThread;
using base::Mailbox;
using base::Thread;
using base::ThreadCache;

constexpr size_t kStackBytes = size_t{1} << 20;

// Idle threads look into it for ever, so it is never destroyed.
ThreadCache& NewCache(int most_idle, size_t stack_bytes = kStackBytes) {
  static auto& caches = *new std::vector<ThreadCache*>();
  return *caches.emplace_back(new ThreadCache("test", stack_bytes, most_idle));
}

std::string OwnName() {
  char text[16] = {};
  pthread_getname_np(pthread_self(), text, sizeof text);
  return text;
}

void JoinWaitsForTheJob() {
  constexpr int kRounds = 500;
  ThreadCache& cache = NewCache(1);
  for (int round = 0; round < kRounds; ++round) {
    const auto held = std::make_shared<int>(0);
    const std::unique_ptr<LentThread> thread = cache.Run([held, round] { *held = round + 1; });
    thread->Join();
    Expect(*held == round + 1, "what the job wrote is seen after Join()");
    Expect(held.use_count() == 1, "what the job held is gone by then");
  }
}

void KeepsThreadsForTheNextJob() {
  ThreadCache& cache = NewCache(1);
  // The system's ids: a thread that has ended soon leaves its pthread_t to another.
  std::set<pid_t> threads;
  std::set<std::string> names;
  for (int round = 0; round < 20; ++round) {
    cache
        .Run([&] {
          threads.insert(gettid());
          names.insert(OwnName());
        })
        ->Join();
  }
  Expect(threads.size() == 1, "one thread has run them all");
  Expect(names == std::set<std::string>{"test"}, "under its name");
}

void RunsAsManyAtOnceAsAsked() {
  constexpr int kJobs = 12;
  ThreadCache& cache = NewCache(2);
  for (int round = 0; round < 20; ++round) {
    Mailbox<int> begun;
    Latch go_on;
    std::vector<std::unique_ptr<LentThread>> threads;
    threads.reserve(kJobs);
    for (int i = 0; i < kJobs; ++i) {
      threads.push_back(cache.Run([&] {
        begun.Post(1);
        go_on.WaitUntil(Clock::now() + std::chrono::hours{1});
      }));
    }
    for (size_t seen = 0; seen < kJobs;) seen += begun.Take({}).size();
    go_on.Set();
    for (const auto& thread : threads) thread->Join();
  }
}

void CountsProcessorTime() {
  constexpr double kBurnedMs = 5;
  Latch burned;
  Latch asked;
  double own_ms = 0;
  const std::unique_ptr<LentThread> thread = NewCache(0).Run([&] {
    while (base::CurrentCpuTimeMs() < kBurnedMs) {
    }
    own_ms = base::CurrentCpuTimeMs();
    burned.Set();
    // A thread that sleeps is asked, as the host asks a cell's.
    asked.WaitUntil(Clock::now() + std::chrono::hours{1});
  });
  burned.WaitUntil(Clock::now() + std::chrono::hours{1});
  const double seen_ms = thread->CpuTimeMs();
  Expect(seen_ms >= own_ms, "what another thread sees is no less than what it saw itself");
  Expect(thread->CpuTimeMs() >= seen_ms, "it never goes back");
  asked.Set();
  thread->Join();
}

void DemotedThreadIsNotKept() {
  constexpr int kRounds = 50;
  ThreadCache& cache = NewCache(4);
  for (int round = 0; round < kRounds; ++round) {
    Mailbox<int> go_on;
    std::atomic<int> policy{-1};
    const std::unique_ptr<LentThread> demoted = cache.Run([&] {
      go_on.Take({});
      policy = sched_getscheduler(0);
    });
    demoted->Demote();  // Before or after it has begun.
    go_on.Post(1);
    demoted->Join();
    Expect(policy == SCHED_IDLE, "the system says SCHED_IDLE");
    cache.Run([&] { policy = sched_getscheduler(0); })->Join();
    Expect(policy == SCHED_OTHER, "the next job has an ordinary thread");
  }
}

void LetGoItRunsOn() {
  const auto ended = std::make_shared<Latch>();
  std::unique_ptr<LentThread> thread = NewCache(0).Run([ended] { ended->Set(); });
  thread.reset();
  Expect(ended->WaitUntil(Clock::now() + std::chrono::seconds{20}), "it ends by itself");
}

void NoThreadIsNull() {
  constexpr size_t kMoreThanThereIs = size_t{1} << 60;
  const auto held = std::make_shared<int>(1);
  Expect(NewCache(1, kMoreThanThereIs).Run([held] { ++*held; }) == nullptr,
         "a stack that no machine has is refused");
  Expect(held.use_count() == 1 && *held == 1, "the job is gone and has not run");
}

const Test kTests[] = {
    {"ThreadCache: Join() waits for the job, and what it held is gone", JoinWaitsForTheJob},
    {"ThreadCache: keeps a thread for the next job", KeepsThreadsForTheNextJob},
    {"ThreadCache: runs as many jobs at once as are given", RunsAsManyAtOnceAsAsked},
    {"ThreadCache: tells a job's processor time to others", CountsProcessorTime},
    {"ThreadCache: a demoted thread is not kept", DemotedThreadIsNotKept},
    {"ThreadCache: a job that is let go of runs on", LetGoItRunsOn},
    {"ThreadCache: null where the system refuses a thread", NoThreadIsNull},
};

}  // namespace

std::span<const Test> ThreadCacheTests() { return kTests; }

}  // namespace codecell::test
