#include "base/condition.h"

#include <chrono>
#include <memory>
#include <mutex>

#include "base/clock.h"
#include "base/thread.h"
#include "check.h"

namespace codecell::test {

namespace {

using base::Clock;
using base::Condition;
using base::Thread;
using std::chrono::milliseconds;

constexpr size_t kStackBytes = size_t{1} << 20;

void EndsAtTheDeadline() {
  std::mutex mutex;
  Condition condition;
  std::unique_lock<std::mutex> lock(mutex);
  const Clock::time_point deadline = Clock::now() + milliseconds{20};
  Expect(!condition.WaitUntil(lock, deadline, [] { return false; }), "the deadline has passed");
  Expect(Clock::now() >= deadline, "and not before");
  Expect(condition.WaitUntil(lock, deadline, [] { return true; }),
         "what is true is not waited for");
}

void IsWokenBeforeTheDeadline() {
  std::mutex mutex;
  Condition condition;
  bool is_set = false;
  const std::unique_ptr<Thread> thread = Thread::Start(kStackBytes, [&] {
    const std::lock_guard<std::mutex> lock(mutex);
    is_set = true;
    condition.NotifyAll();
  });
  {
    std::unique_lock<std::mutex> lock(mutex);
    Expect(condition.WaitUntil(lock, Clock::time_point::max(), [&] { return is_set; }),
           "the last moment there is can be a deadline");
  }
  thread->Join();
}

const Test kTests[] = {
    {"Condition: a wait ends at its deadline", EndsAtTheDeadline},
    {"Condition: a wait ends when another thread notifies it", IsWokenBeforeTheDeadline},
};

}  // namespace

std::span<const Test> ConditionTests() { return kTests; }

}  // namespace codecell::test
