#include "base/spin.h"

#include <atomic>
#include <chrono>
#include <thread>

#include "base/scheduling.h"
#include "check.h"

namespace codecell::test {

namespace {

using base::Spin;

constexpr std::chrono::microseconds kMaxWait{20};

void FindsWhatIsThere() {
  Spin spin(kMaxWait);
  const bool is_alone = base::ProcessorCount() == 1;
  Expect(spin.Until([] { return true; }) != is_alone, "at once, where there is a second processor");
}

void FindsWhatComes() {
  if (base::ProcessorCount() == 1) return;
  std::atomic<int> posted{0};
  std::atomic<bool> stop{false};
  std::thread poster([&] {
    while (!stop) {
      ++posted;
      std::this_thread::yield();
    }
  });
  Spin spin(std::chrono::seconds{10});
  for (int round = 0; round < 100; ++round) {
    const int before = posted;
    Expect(spin.Until([&] { return posted != before; }), "it looks until it comes");
  }
  stop = true;
  poster.join();
}

void LooksLessWhereItIsInVain() {
  if (base::ProcessorCount() == 1) return;
  Spin spin(kMaxWait);
  int looked = 0;
  const auto look = [&] {
    int asked = 0;
    spin.Until([&] {
      ++asked;
      return false;
    });
    if (asked > 0) ++looked;
  };
  for (int i = 0; i < 1000; ++i) look();
  Expect(looked >= 10 && looked <= 25, "seldom, but again and again");
  bool found = false;
  for (int i = 0; i < 100 && !found; ++i) found = spin.Until([] { return true; });
  Expect(found, "it finds what is there the next time it looks");
  looked = 0;
  look();
  Expect(looked == 1, "and looks at once after that");
}

const Test kTests[] = {
    {"Spin: finds what is there", FindsWhatIsThere},
    {"Spin: finds what comes while it looks", FindsWhatComes},
    {"Spin: looks less often where it is in vain", LooksLessWhereItIsInVain},
};

}  // namespace

std::span<const Test> SpinTests() { return kTests; }

}  // namespace codecell::test
