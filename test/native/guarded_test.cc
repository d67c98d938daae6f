#include "base/guarded.h"

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "check.h"

namespace codecell::test {

namespace {

constexpr int kThreads = 4;
constexpr int kRounds = 10'000;

void LosesNoChange() {
  // Two fields that are equal whenever the lock is free.
  base::Guarded<std::pair<long, long>> both;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        const bool equal = both.With([](std::pair<long, long>& pair) {
          const bool were_equal = pair.first == pair.second;
          ++pair.first;
          ++pair.second;
          return were_equal;
        });
        Expect(equal, "no thread sees a half-made change");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const long sum = both.With([](const auto& pair) { return pair.first; });
  Expect(sum == static_cast<long>(kThreads) * kRounds, "each change is there");
}

void GivesWhatItsUseReturns() {
  base::Guarded<std::unique_ptr<std::string>> kept(std::make_unique<std::string>("value"));
  const std::unique_ptr<std::string> taken =
      kept.With([](auto& value) { return std::move(value); });
  Expect(*taken == "value", "a value that can only be moved, in and out");
  Expect(kept.With([](auto& value) { return value == nullptr; }), "the datum itself was used");
}

const Test kTests[] = {
    {"Guarded: changes by four threads are whole, and none is lost", LosesNoChange},
    {"Guarded: gives what its use returns", GivesWhatItsUseReturns},
};

}  // namespace

std::span<const Test> GuardedTests() { return kTests; }

}  // namespace codecell::test
