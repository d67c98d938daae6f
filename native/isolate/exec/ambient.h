#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>

#include "base/clock.h"
#include "base/seeded_random.h"
#include "protocol/options.h"

namespace codecell::isolate {

// The clock and the randomness that a cell's globals give. Those of a deterministic cell come from
// its commands and its seed, so that it gets the same ones again.
class Ambient {
 public:
  // The cell begins: its clock starts.
  void Begin(const std::optional<protocol::Deterministic>& deterministic);

  bool is_deterministic() const { return is_deterministic_; }
  // A command has come that says what time it is. The clock never goes back.
  void Advance(double now_ms) { now_ms_ = std::max(now_ms_, now_ms); }
  // What a deterministic cell's clock shows, in whole milliseconds since 1970; the host's schedules
  // are made from it.
  double now_ms() const { return now_ms_; }

  // Milliseconds since the cell began, in steps that are too coarse to time the processor with.
  double NowMs();
  // Milliseconds since 1970.
  double WallMs();
  // When the cell began, in milliseconds since 1970.
  double origin_ms() const { return origin_ms_; }
  // False: the operating system has no random bytes yet.
  bool FillRandom(void* data, size_t size);
  // From 0 to 1, of a deterministic cell.
  double NextFraction() { return random_.NextFraction(); }

 private:
  // Time passes for who only looks at the clock, so that waiting for it ends.
  void CountRead();

  base::Clock::time_point began_;
  double origin_ms_ = 0;
  bool is_deterministic_ = false;
  double now_ms_ = 0;
  unsigned reads_ = 0;
  base::SeededRandom random_;
};

}  // namespace codecell::isolate
