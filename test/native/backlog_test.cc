#include "base/backlog.h"

#include <atomic>
#include <cstddef>
#include <thread>

#include "base/mailbox.h"
#include "check.h"

namespace codecell::test {

namespace {

using base::Backlog;
using base::Mailbox;

void NeverHoldsMoreThanTheBudget() {
  constexpr size_t kBudget = 100;
  constexpr unsigned kItems = 20'000;
  Backlog backlog(kBudget);
  Mailbox<size_t> sent;
  // Never more than what the backlog counts: added to after Add(), taken from before Remove().
  std::atomic<size_t> waiting{0};
  std::thread sender([&] {
    Numbers numbers(1);
    for (unsigned i = 0; i < kItems; ++i) {
      // One in sixteen is larger than the whole budget.
      const size_t bytes = numbers.Below(16) == 0 ? kBudget + 50 : numbers.Below(60);
      backlog.Add(bytes);
      const size_t now_waiting = waiting.fetch_add(bytes) + bytes;
      Expect(now_waiting <= kBudget || now_waiting == bytes,
             "what waits is within the budget, or one oversized item alone");
      sent.Post(bytes);
    }
  });
  unsigned taken = 0;
  while (taken < kItems) {
    for (const size_t bytes : sent.Take({})) {
      waiting -= bytes;
      backlog.Remove(bytes);
      ++taken;
    }
  }
  sender.join();
  Expect(waiting == 0, "all that was sent was taken");
}

void OversizedItemPassesAlone() {
  Backlog backlog(10);
  backlog.Add(1000);
  std::atomic<bool> second_passed{false};
  std::thread sender([&] {
    backlog.Add(1);
    second_passed = true;
  });
  Expect(!second_passed, "nothing passes while the oversized item waits");
  backlog.Remove(1000);
  sender.join();
  Expect(second_passed, "the next passes once it was taken");
  backlog.Remove(1);
}

void BudgetOfNothingLetsOnePassAtATime() {
  constexpr int kItems = 2000;
  Backlog backlog(0);
  std::atomic<int> waiting{0};
  Mailbox<int> sent;
  std::thread sender([&] {
    for (int i = 0; i < kItems; ++i) {
      backlog.Add(1);
      Expect(waiting.fetch_add(1) == 0, "one at a time");
      sent.Post(i);
    }
  });
  for (int taken = 0; taken < kItems;) {
    for (size_t ready = sent.Take({}).size(); ready > 0; --ready, ++taken) {
      --waiting;
      backlog.Remove(1);
    }
  }
  sender.join();
}

void ReleaseWakesTheSenderForGood() {
  constexpr int kRounds = 500;
  constexpr size_t kBudget = 8;
  constexpr size_t kItems = 64;
  for (int round = 0; round < kRounds; ++round) {
    Backlog backlog(kBudget);
    std::atomic<size_t> passed{0};
    std::thread sender([&] {
      for (size_t i = 0; i < kItems; ++i) {
        backlog.Add(1);
        ++passed;
      }
    });
    // There is no receiver: without Release() the sender would sleep for ever.
    Expect(passed <= kBudget, "no more than the budget passes before");
    backlog.Release();
    sender.join();
    Expect(passed == kItems, "everything passes after");
  }
}

const Test kTests[] = {
    {"Backlog: holds the sender back while the budget is used up", NeverHoldsMoreThanTheBudget},
    {"Backlog: an item larger than the budget passes alone", OversizedItemPassesAlone},
    {"Backlog: with no budget one item passes at a time", BudgetOfNothingLetsOnePassAtATime},
    {"Backlog: Release() wakes a sender that sleeps, for good", ReleaseWakesTheSenderForGood},
};

}  // namespace

std::span<const Test> BacklogTests() { return kTests; }

}  // namespace codecell::test
