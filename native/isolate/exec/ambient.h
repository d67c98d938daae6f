#pragma once

#include <cstddef>

#include "base/clock.h"

namespace codecell::isolate {

// The clock and the randomness that the web's globals give a cell: the one place to exchange where
// a cell must get the same ones again.
class Ambient {
 public:
  // The cell begins: its clock starts.
  void Begin();

  // Milliseconds since the cell began, in steps that are too coarse to time the processor with.
  double NowMs() const;
  // When the cell began, in milliseconds since 1970.
  double origin_ms() const { return origin_ms_; }
  // False: the operating system has no random bytes yet.
  static bool FillRandom(void* data, size_t size);

 private:
  base::Clock::time_point began_;
  double origin_ms_ = 0;
};

}  // namespace codecell::isolate
