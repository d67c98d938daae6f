#include "base/moments.h"

#include <atomic>
#include <chrono>

#include "base/clock.h"

namespace codecell::base {

namespace {

std::atomic<bool> g_is_watching{false};
std::array<std::atomic<double>, static_cast<size_t>(Moment::kCount)> g_times{};

double NowMs() {
  return std::chrono::duration<double, std::milli>(Clock::now().time_since_epoch()).count();
}

}  // namespace

void Moments::Watch(bool is_watching) { g_is_watching.store(is_watching); }

void Moments::Note(Moment moment) {
  if (!g_is_watching.load(std::memory_order_relaxed)) return;
  if (moment == Moment::kCalled) {
    for (std::atomic<double>& time : g_times) time.store(0);
  }
  double none = 0;
  g_times[static_cast<size_t>(moment)].compare_exchange_strong(none, NowMs());
}

MomentTimes Moments::Times() {
  MomentTimes times{};
  for (size_t i = 0; i < times.size(); ++i) times[i] = g_times[i].load();
  return times;
}

}  // namespace codecell::base
