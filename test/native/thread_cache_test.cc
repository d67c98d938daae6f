#include "base/thread_cache.h"

#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
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
#include "thread_policy.h"

namespace codecell::test {

namespace {

using base::Clock;
using base::Latch;
using base::LentThread;
using base::Mailbox;
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
  constexpr int kKept = 2;
  ThreadCache& cache = NewCache(kKept);
  std::set<pid_t> seen_threads;
  for (int round = 0; round < 20; ++round) {
    Mailbox<pid_t> begun;
    Latch go_on;
    std::vector<std::unique_ptr<LentThread>> threads;
    threads.reserve(kJobs);
    for (int i = 0; i < kJobs; ++i) {
      threads.push_back(cache.Run([&] {
        begun.Post(gettid());
        go_on.WaitUntil(Clock::now() + std::chrono::hours{1});
      }));
    }
    int used_again = 0;
    for (int seen = 0; seen < kJobs;) {
      for (const pid_t id : begun.Take({})) {
        ++seen;
        if (!seen_threads.insert(id).second) ++used_again;
      }
    }
    Expect(used_again == (round == 0 ? 0 : kKept), "as many threads are kept as may be idle");
    go_on.Set();
    for (const auto& thread : threads) thread->Join();
  }
}

// The lowest byte of the calling thread's stack.
char* OwnStackEnd() {
  pthread_attr_t attributes;
  void* end = nullptr;
  size_t size = 0;
  pthread_getattr_np(pthread_self(), &attributes);
  pthread_attr_getstack(&attributes, &end, &size);
  pthread_attr_destroy(&attributes);
  return static_cast<char*>(end);
}

// Pages of the calling thread's stack that are in memory, without its upper megabyte.
int DeepPagesInUse() {
  constexpr size_t kDeepBytes = size_t{3} << 20;
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> is_used(kDeepBytes / page);
  mincore(OwnStackEnd(), kDeepBytes, is_used.data());
  return static_cast<int>(std::count_if(is_used.begin(), is_used.end(),
                                        [](unsigned char used) { return (used & 1U) != 0; }));
}

// Writes to every page of its stack down to about so many bytes.
[[gnu::noinline]] int Descend(size_t bytes) {
  constexpr size_t kFrame = size_t{2} << 10;
  volatile char frame[kFrame];
  frame[0] = 1;
  const int below = bytes > kFrame ? Descend(bytes - kFrame) : 0;
  return below + frame[0];
}

void IdleThreadGivesItsDeepStackBack() {
  ThreadCache& cache = NewCache(1, size_t{4} << 20);
  pid_t first = 0;
  int used_by_first = 0;
  cache
      .Run([&] {
        first = gettid();
        Descend(size_t{3} << 20);
        used_by_first = DeepPagesInUse();
      })
      ->Join();
  pid_t second = 0;
  int left_for_second = 0;
  cache
      .Run([&] {
        second = gettid();
        left_for_second = DeepPagesInUse();
      })
      ->Join();
  Expect(first == second, "one thread has run both");
  Expect(used_by_first > 100, "the first has used its stack");
  Expect(left_for_second < 10, "the second has nothing of that");
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
      policy = PolicyOfThread();
    });
    demoted->Demote();  // Before or after it has begun.
    go_on.Post(1);
    demoted->Join();
    Expect(policy == SCHED_IDLE, "the system says SCHED_IDLE");
    cache.Run([&] { policy = PolicyOfThread(); })->Join();
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
    {"ThreadCache: an idle thread gives the pages of a deep stack back",
     IdleThreadGivesItsDeepStackBack},
    {"ThreadCache: tells a job's processor time to others", CountsProcessorTime},
    {"ThreadCache: a demoted thread is not kept", DemotedThreadIsNotKept},
    {"ThreadCache: a job that is let go of runs on", LetGoItRunsOn},
    {"ThreadCache: null where the system refuses a thread", NoThreadIsNull},
};

}  // namespace

std::span<const Test> ThreadCacheTests() { return kTests; }

}  // namespace codecell::test
