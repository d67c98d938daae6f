#include "base/thread.h"

#include <pthread.h>
#include <sched.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/latch.h"
#include "base/scheduling.h"
#include "check.h"
#include "thread_policy.h"

namespace codecell::test {

namespace {

using base::Clock;
using base::Latch;
using base::Thread;

constexpr size_t kMebibyte = size_t{1} << 20;
constexpr size_t kStackBytes = kMebibyte;

void JoinWaitsForTheEnd() {
  constexpr int kRounds = 200;
  for (int round = 0; round < kRounds; ++round) {
    int written = 0;
    const std::unique_ptr<Thread> thread = Thread::Start(kStackBytes, [&] { written = round + 1; });
    Expect(thread != nullptr, "the system gives a thread");
    if (thread == nullptr) return;
    thread->Join();
    Expect(written == round + 1, "what the thread wrote is seen after Join()");
  }
}

void WhatTheThreadHoldsGoesWithIt() {
  const auto held = std::make_shared<int>(1);
  const std::unique_ptr<Thread> thread = Thread::Start(kStackBytes, [held] { ++*held; });
  thread->Join();
  Expect(held.use_count() == 1, "the function and what it holds are gone");
}

size_t TouchStack(size_t bytes) {
  volatile char page[64 * 1024];
  page[0] = 1;
  if (bytes <= sizeof page) return static_cast<size_t>(page[0]);
  return TouchStack(bytes - sizeof page) + static_cast<size_t>(page[0]);
}

void StackIsAsLargeAsAsked() {
  // Twice the default size.
  size_t pages = 0;
  const std::unique_ptr<Thread> thread =
      Thread::Start(64 * kMebibyte, [&] { pages = TouchStack(16 * kMebibyte); });
  thread->Join();
  Expect(pages > 0, "16 MiB of a stack of 64 MiB can be used");
}

void NoThreadIsNull() {
  const auto held = std::make_shared<int>(1);
  constexpr size_t kMoreThanThereIs = size_t{1} << 60;
  const std::unique_ptr<Thread> thread = Thread::Start(kMoreThanThereIs, [held] { ++*held; });
  Expect(thread == nullptr, "a stack that no machine has is refused");
  Expect(held.use_count() == 1 && *held == 1, "the function is gone and has not run");
}

void DetachedThreadRunsOn() {
  const auto ended = std::make_shared<Latch>();
  std::unique_ptr<Thread> thread = Thread::Start(kStackBytes, [ended] { ended->Set(); });
  thread->Detach();
  thread.reset();
  Expect(ended->WaitUntil(Clock::now() + std::chrono::seconds{20}), "it ends by itself");
}

void CarriesItsName() {
  std::string name;
  const std::unique_ptr<Thread> thread = Thread::Start(kStackBytes, [&] {
    Thread::NameCurrent("codecell");
    char text[16] = {};
    pthread_getname_np(pthread_self(), text, sizeof text);
    name = text;
  });
  thread->Join();
  Expect(name == "codecell", "the system knows the name");
}

void StandsBackAndResumes() {
  base::ThreadPriority priority;
  int back = -1;
  int resumed = -1;
  const std::unique_ptr<Thread> thread = Thread::Start(kStackBytes, [&] {
    priority.StandBack();
    back = PolicyOfThread();
    priority.Resume();
    priority.Resume();
    resumed = PolicyOfThread();
  });
  thread->Join();
  Expect(back == SCHED_BATCH, "the system says SCHED_BATCH");
  Expect(resumed == SCHED_OTHER, "and SCHED_OTHER after that, without any privilege");
}

const Test kTests[] = {
    {"Thread: Join() waits for the end and sees what was written", JoinWaitsForTheEnd},
    {"Thread: what its function holds goes with it", WhatTheThreadHoldsGoesWithIt},
    {"Thread: its stack is as large as asked", StackIsAsLargeAsAsked},
    {"Thread: null where the system refuses one", NoThreadIsNull},
    {"Thread: detached it runs on", DetachedThreadRunsOn},
    {"Thread: carries its name", CarriesItsName},
    {"ThreadPriority: stands back and resumes", StandsBackAndResumes},
};

}  // namespace

std::span<const Test> ThreadTests() { return kTests; }

}  // namespace codecell::test
