#include "base/clock.h"

#include <chrono>
#include <cmath>
#include <limits>

#include "check.h"

namespace codecell::test {

namespace {

using base::After;
using base::Clock;
using base::Deadline;
using base::Earlier;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;

const Clock::time_point kNow = Clock::time_point{} + hours{1};
constexpr double kTenYearsMs = 10.0 * 365 * 24 * 3600 * 1000;

void EarlierIsTheOneThatComesFirst() {
  const Deadline soon = kNow + milliseconds{1};
  const Deadline late = kNow + milliseconds{2};
  Expect(Earlier(soon, late) == soon, "the first of two, given first");
  Expect(Earlier(late, soon) == soon, "the first of two, given second");
  Expect(Earlier(soon, soon) == soon, "two that are equal");
}

void EarlierTakesNoDeadlineForNever() {
  const Deadline soon = kNow;
  Expect(Earlier(soon, {}) == soon, "a deadline is before never");
  Expect(Earlier({}, soon) == soon, "never is after a deadline");
  Expect(!Earlier({}, {}), "two nevers are never");
}

void AfterAddsTheDelay() {
  Expect(After(kNow, 1500) == kNow + milliseconds{1500}, "whole milliseconds");
  Expect(After(kNow, 0.25) == kNow + microseconds{250}, "a part of a millisecond");
}

void AfterTakesWhatIsNoDelayForNone() {
  for (const double none : {0.0, -0.0, -1.0, -std::numeric_limits<double>::infinity(),
                            std::numeric_limits<double>::quiet_NaN()}) {
    Expect(After(kNow, none) == kNow, "zero, less, or not a number");
  }
}

void AfterBoundsTheDelayToTenYears() {
  const Clock::time_point bound = After(kNow, kTenYearsMs);
  for (const double long_delay :
       {kTenYearsMs + 1, 1e300, std::numeric_limits<double>::infinity()}) {
    Expect(After(kNow, long_delay) == bound, "ten years at most");
  }
  Expect(bound > kNow, "ten years are no overflow");
}

void MillisecondsBetweenHasASign() {
  const Clock::time_point later = kNow + microseconds{1500};
  Expect(std::abs(base::MillisecondsBetween(kNow, later) - 1.5) < 1e-9, "forward");
  Expect(std::abs(base::MillisecondsBetween(later, kNow) + 1.5) < 1e-9, "backward");
}

const Test kTests[] = {
    {"Earlier: of two deadlines the one that comes first", EarlierIsTheOneThatComesFirst},
    {"Earlier: no deadline is never", EarlierTakesNoDeadlineForNever},
    {"After: adds the delay, parts of a millisecond too", AfterAddsTheDelay},
    {"After: a delay that is negative or not a number is none", AfterTakesWhatIsNoDelayForNone},
    {"After: a delay past ten years is ten years", AfterBoundsTheDelayToTenYears},
    {"MillisecondsBetween: counts forward and backward", MillisecondsBetweenHasASign},
};

}  // namespace

std::span<const Test> ClockTests() { return kTests; }

}  // namespace codecell::test
