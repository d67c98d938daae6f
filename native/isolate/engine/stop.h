#pragma once

#include <cstdint>

namespace codecell::isolate {

// Why a cell stops before its code is done.
enum class StopCause : uint8_t {
  kNone,
  kExit,       // The cell called exit().
  kRequested,  // The host wants it to end.
  kHeapLimit,
  kCpuLimit,
  kMemoryLimit,  // The whole process has too much memory, and this cell the most of it.
  kOutputLimit,
  kOutputItemsLimit,
  kNotificationsLimit,
  kToolCallsLimit,
};

// A reason to stop a cell. The two numbers are in the unit of the limit that was passed, and 0
// where none was.
struct Stop {
  StopCause cause = StopCause::kNone;
  double allowed = 0;
  double used = 0;
};

}  // namespace codecell::isolate
