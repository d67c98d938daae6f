#include "base/latch.h"

#include <chrono>
#include <thread>
#include <vector>

#include "check.h"

namespace codecell::test {

namespace {

using base::Clock;
using base::Latch;
using std::chrono::hours;
using std::chrono::milliseconds;

void IsSetOnce() {
  Latch latch;
  Expect(!latch.is_set(), "not at first");
  latch.Set();
  latch.Set();
  Expect(latch.is_set(), "from the first Set() on");
  Expect(latch.WaitUntil(Clock::time_point::min()), "set is set, also past the deadline");
}

void WaitingEndsWithTheDeadline() {
  Latch latch;
  const Clock::time_point deadline = Clock::now() + milliseconds{5};
  Expect(!latch.WaitUntil(deadline), "it was not set");
  Expect(Clock::now() >= deadline, "not before the deadline");
  Expect(!latch.WaitUntil(Clock::time_point::min()), "a deadline long past");
}

void WakesEveryWaiter() {
  constexpr int kWaiters = 3;
  constexpr int kRounds = 500;
  for (int round = 0; round < kRounds; ++round) {
    Latch latch;
    int written_before = 0;
    std::vector<std::thread> waiters;
    waiters.reserve(kWaiters);
    for (int i = 0; i < kWaiters; ++i) {
      waiters.emplace_back([&] {
        Expect(latch.WaitUntil(Clock::now() + hours{1}), "set before the deadline");
        Expect(written_before == 1, "what was written before Set() is seen after");
      });
    }
    written_before = 1;
    latch.Set();
    for (std::thread& waiter : waiters) waiter.join();
  }
}

const Test kTests[] = {
    {"Latch: is set once and stays so", IsSetOnce},
    {"Latch: waiting ends with the deadline, and not before", WaitingEndsWithTheDeadline},
    {"Latch: wakes all who wait, whenever they began to", WakesEveryWaiter},
};

}  // namespace

std::span<const Test> LatchTests() { return kTests; }

}  // namespace codecell::test
