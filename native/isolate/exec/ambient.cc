#include "isolate/exec/ambient.h"

#include <chrono>
#include <cmath>

#include "base/random.h"

namespace codecell::isolate {

namespace {

constexpr double kStepsPerMs = 10;
constexpr unsigned kReadsPerMs = 1000;

double SystemMs() {
  return std::chrono::duration<double, std::milli>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

void Ambient::Begin(const std::optional<protocol::Deterministic>& deterministic) {
  is_deterministic_ = deterministic.has_value();
  if (deterministic) {
    now_ms_ = std::floor(deterministic->now_ms);
    origin_ms_ = now_ms_;
    random_ = base::SeededRandom(deterministic->seed);
  } else {
    began_ = base::Clock::now();
    origin_ms_ = SystemMs();
  }
}

void Ambient::CountRead() {
  if (++reads_ % kReadsPerMs == 0) now_ms_ += 1;
}

double Ambient::NowMs() {
  if (is_deterministic_) return WallMs() - origin_ms_;
  const double ms = base::MillisecondsBetween(began_, base::Clock::now());
  return std::floor(ms * kStepsPerMs) / kStepsPerMs;
}

double Ambient::WallMs() {
  if (!is_deterministic_) return SystemMs();
  CountRead();
  return now_ms_;
}

bool Ambient::FillRandom(void* data, size_t size) {
  if (!is_deterministic_) return base::FillRandom(data, size);
  random_.Fill(data, size);
  return true;
}

}  // namespace codecell::isolate
