#include "base/mailbox.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "check.h"

namespace codecell::test {

namespace {

using base::Clock;
using base::Mailbox;
using std::chrono::hours;
using std::chrono::milliseconds;

struct Numbered {
  int poster;
  int number;
};

void KeepsTheOrderOfEachPoster() {
  constexpr int kPosters = 4;
  constexpr int kItems = 5000;
  Mailbox<Numbered> mailbox;
  std::vector<std::thread> posters;
  posters.reserve(kPosters);
  for (int poster = 0; poster < kPosters; ++poster) {
    posters.emplace_back([&mailbox, poster] {
      for (int number = 0; number < kItems; ++number) mailbox.Post({poster, number});
    });
  }
  int next[kPosters] = {};
  for (int taken = 0; taken < kPosters * kItems;) {
    for (const Numbered& item : mailbox.Take({})) {
      Expect(item.number == next[item.poster], "the items of one poster come in their order");
      next[item.poster] = item.number + 1;
      ++taken;
    }
  }
  for (std::thread& poster : posters) poster.join();
  Expect(mailbox.TakeReady().empty(), "each item comes once");
}

// A wake-up that is lost leaves both threads asleep for ever.
void LosesNoWakeUpOfAnItem() {
  constexpr int kRounds = 10'000;
  Mailbox<int> there;
  Mailbox<int> back;
  std::thread echo([&] {
    for (int round = 0; round < kRounds; ++round) {
      for (const int item : there.Take({})) back.Post(item);
    }
  });
  for (int round = 0; round < kRounds; ++round) {
    there.Post(round);
    const std::vector<int> answer = back.Take({});
    Expect(answer.size() == 1 && answer[0] == round, "one answer a question");
  }
  echo.join();
}

// Sleeps until it is woken, as a feed does that waits at a socket.
class SleepingFeed : public base::Feed {
 public:
  void Look() override {}
  void Wait(base::Deadline) override {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return woken_; });
    woken_ = false;
  }
  void Wake() override {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      woken_ = true;
    }
    changed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
};

// Another thread may take from the feed's place, and post, while the reader sleeps there.
void WakesAReaderThatSleepsInItsFeed() {
  constexpr int kRounds = 10'000;
  SleepingFeed feed;
  Mailbox<int> there(&feed);
  Mailbox<int> back;
  std::thread echo([&] {
    for (int round = 0; round < kRounds; ++round) {
      std::vector<int> items;
      while (items.empty()) items = there.Take({});
      for (const int item : items) back.Post(item);
    }
  });
  for (int round = 0; round < kRounds; ++round) {
    there.Post(round);
    Expect(back.Take({}).size() == 1, "one answer a question");
  }
  echo.join();
}

void GivesWhatWasPostedForLaterWithTheNext() {
  Mailbox<int> mailbox;
  mailbox.PostLater(1);
  Expect(!mailbox.is_ready(), "an item for later wakes no reader");
  mailbox.Post(2);
  Expect(mailbox.Take({}) == std::vector<int>{1, 2}, "it comes before the next item");
  mailbox.PostLater(3);
  Expect(mailbox.TakeReady() == std::vector<int>{3}, "who looks has it at once");
  mailbox.Close();
  mailbox.PostLater(4);
  Expect(mailbox.TakeReady().empty(), "a closed mailbox takes nothing");
}

void LosesNoWake() {
  constexpr int kRounds = 10'000;
  Mailbox<int> mailbox;
  Mailbox<int> answers;
  std::atomic<int> requested{0};
  std::thread reader([&] {
    for (int seen = 0; seen < kRounds;) {
      // As a cell's loop does it: the reason is looked at before sleeping, and after waking.
      while (requested.load() == seen) {
        Expect(mailbox.Take({}).empty(), "nothing was posted");
      }
      seen = requested.load();
      answers.Post(seen);
    }
  });
  for (int round = 1; round <= kRounds; ++round) {
    requested = round;
    mailbox.Wake();
    Expect(answers.Take({}) == std::vector<int>{round}, "each reason is seen");
  }
  reader.join();
}

void WakeBeforeTakeIsRemembered() {
  Mailbox<int> mailbox;
  mailbox.Wake();
  Expect(mailbox.Take({}).empty(), "Take() returns though nothing came");
  mailbox.Wake();
  mailbox.TakeReady();
  Expect(mailbox.Take(Clock::now()).empty(), "TakeReady() has answered the second");
}

void PostsAndWakesRace() {
  constexpr int kItems = 5000;
  Mailbox<int> mailbox;
  std::thread poster([&] {
    for (int i = 0; i < kItems; ++i) mailbox.Post(i);
  });
  std::thread waker([&] {
    for (int i = 0; i < kItems; ++i) mailbox.Wake();
  });
  int expected = 0;
  while (expected < kItems) {
    // Every third time without sleeping.
    for (const int item : expected % 3 == 0 ? mailbox.TakeReady() : mailbox.Take({})) {
      Expect(item == expected, "no item is lost, doubled or out of order");
      ++expected;
    }
  }
  poster.join();
  waker.join();
}

void DeadlineEndsTheWait() {
  Mailbox<int> mailbox;
  Expect(mailbox.Take(Clock::time_point::min()).empty(), "a deadline long past");
  const Clock::time_point deadline = Clock::now() + milliseconds{5};
  Expect(mailbox.Take(deadline).empty(), "nothing was posted");
  Expect(Clock::now() >= deadline, "not before the deadline");
  mailbox.Post(1);
  Expect(mailbox.Take(Clock::time_point::min()) == std::vector<int>{1},
         "what is there is given, also past the deadline");
}

void ItemsComeBeforeTheDeadline() {
  constexpr int kRounds = 2000;
  Mailbox<int> mailbox;
  Mailbox<int> answers;
  std::thread reader([&] {
    for (int round = 0; round < kRounds; ++round) {
      answers.Post(static_cast<int>(mailbox.Take(Clock::now() + hours{1}).size()));
    }
  });
  for (int round = 0; round < kRounds; ++round) {
    mailbox.Post(round);
    Expect(answers.Take({}) == std::vector<int>{1}, "the item ended the wait");
  }
  reader.join();
}

// Counts its live instances and, where given a mailbox, posts into it when destroyed.
class Token {
 public:
  Token(std::atomic<int>& live, Mailbox<Token>* on_end) : live_(&live), on_end_(on_end) { ++live; }
  Token(Token&& other) noexcept
      : live_(std::exchange(other.live_, nullptr)),
        on_end_(std::exchange(other.on_end_, nullptr)) {}
  Token& operator=(Token&&) = delete;
  Token(const Token&) = delete;
  Token& operator=(const Token&) = delete;
  ~Token() {
    if (on_end_ != nullptr) on_end_->Post(Token(*live_, nullptr));
    if (live_ != nullptr) --*live_;
  }

 private:
  std::atomic<int>* live_;  // Null: moved away.
  Mailbox<Token>* on_end_;
};

void CloseDropsWhatIsQueuedAndComesLater() {
  std::atomic<int> live{0};
  Mailbox<Token> mailbox;
  mailbox.Post({live, nullptr});
  mailbox.Close();
  Expect(live == 0, "what was queued is gone");
  mailbox.Post({live, nullptr});
  Expect(live == 0, "what came later is gone");
  Expect(mailbox.TakeReady().empty() && mailbox.Take(Clock::now()).empty(), "nothing is given");
  mailbox.Close();
  mailbox.Wake();
  Expect(mailbox.Take({}).empty(), "a closed mailbox can still be woken");
}

void WhatIsDroppedMayPost() {
  std::atomic<int> live{0};
  Mailbox<Token> mailbox;
  mailbox.Post({live, &mailbox});
  mailbox.Close();
  mailbox.Post({live, &mailbox});
  Expect(live == 0, "an item's end may call the mailbox that drops it");
}

void ClosesUnderPosters() {
  constexpr int kRounds = 300;
  constexpr int kPosters = 3;
  constexpr int kItems = 50;
  for (int round = 0; round < kRounds; ++round) {
    std::atomic<int> live{0};
    Mailbox<Token> mailbox;
    std::vector<std::thread> posters;
    posters.reserve(kPosters);
    for (int i = 0; i < kPosters; ++i) {
      posters.emplace_back([&] {
        for (int item = 0; item < kItems; ++item) mailbox.Post({live, nullptr});
      });
    }
    if (round % 2 == 0) mailbox.TakeReady();
    mailbox.Close();
    Expect(mailbox.TakeReady().empty(), "nothing comes after Close()");
    for (std::thread& poster : posters) poster.join();
    Expect(mailbox.TakeReady().empty() && live == 0, "no item is left");
  }
}

const Test kTests[] = {
    {"Mailbox: keeps the order of each of four posters", KeepsTheOrderOfEachPoster},
    {"Mailbox: loses no wake-up of an item", LosesNoWakeUpOfAnItem},
    {"Mailbox: an item wakes a reader that sleeps in its feed", WakesAReaderThatSleepsInItsFeed},
    {"Mailbox: gives what was posted for later with the next",
     GivesWhatWasPostedForLaterWithTheNext},
    {"Mailbox: loses no Wake()", LosesNoWake},
    {"Mailbox: remembers a Wake() that came before Take()", WakeBeforeTakeIsRemembered},
    {"Mailbox: posts and wakes race, and each item comes once", PostsAndWakesRace},
    {"Mailbox: a deadline ends the wait, and not before", DeadlineEndsTheWait},
    {"Mailbox: an item ends a wait with a deadline", ItemsComeBeforeTheDeadline},
    {"Mailbox: Close() drops what is queued and what comes later",
     CloseDropsWhatIsQueuedAndComesLater},
    {"Mailbox: an item that is dropped may post into it", WhatIsDroppedMayPost},
    {"Mailbox: is closed under three posters, and nothing is left", ClosesUnderPosters},
};

}  // namespace

std::span<const Test> MailboxTests() { return kTests; }

}  // namespace codecell::test
