#include "isolate/exec/ambient.h"

#include <chrono>
#include <cmath>

#include "base/random.h"

namespace codecell::isolate {

namespace {

constexpr double kStepsPerMs = 10;

}  // namespace

void Ambient::Begin() {
  began_ = base::Clock::now();
  origin_ms_ =
      std::chrono::duration<double, std::milli>(std::chrono::system_clock::now().time_since_epoch())
          .count();
}

double Ambient::NowMs() const {
  const double ms = base::MillisecondsBetween(began_, base::Clock::now());
  return std::floor(ms * kStepsPerMs) / kStepsPerMs;
}

bool Ambient::FillRandom(void* data, size_t size) { return base::FillRandom(data, size); }

}  // namespace codecell::isolate
