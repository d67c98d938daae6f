#pragma once

#include <chrono>
#include <optional>

namespace codecell::base {

using Clock = std::chrono::steady_clock;
using Deadline = std::optional<Clock::time_point>;  // Empty: never.

inline Deadline Earlier(Deadline a, Deadline b) {
  if (!a) return b;
  if (!b) return a;
  return *a < *b ? a : b;
}

inline double MillisecondsBetween(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

// Ten years: a moment so much later than now is still in range.
inline constexpr double kMaxDelayMs = 315'360'000'000.0;

// A moment `delay_ms` after `from`. Delays past ten years are ten years; a delay that is negative
// or not a number is none.
inline Clock::time_point After(Clock::time_point from, double delay_ms) {
  if (!(delay_ms > 0)) return from;
  const double bounded = delay_ms < kMaxDelayMs ? delay_ms : kMaxDelayMs;
  return from + std::chrono::duration_cast<Clock::duration>(
                    std::chrono::duration<double, std::milli>(bounded));
}

}  // namespace codecell::base
