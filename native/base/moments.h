#pragma once

#include <array>
#include <cstddef>

namespace codecell::base {

// The steps of an exec whose isolate was ready, in their order; kReturned comes while the cell's
// thread wakes.
enum class Moment {
  kCalled,     // Host: the addon is asked to begin a cell.
  kHands,      // Host: its options are read, and its thread is about to be woken.
  kReturned,   // Host: the addon returns.
  kRuns,       // Cell: its thread runs.
  kCompiles,   // Cell: the exec has been taken over.
  kLinks,      // Cell: the source is compiled.
  kEvaluates,  // Cell: the module is linked.
  kEvaluated,  // Cell: the module has reached its end or its first await.
  kSends,      // Cell: the end is made, and the host about to be woken.
  kWakes,      // Host: its event loop calls.
  kDelivers,   // Host: the events are values of its engine.
  kDelivered,  // Host: its function has returned.
  kCount,
};

using MomentTimes = std::array<double, static_cast<size_t>(Moment::kCount)>;

// The times at which an exec reached each of its steps. A benchmark that runs one exec at a time
// reads them. While it does not watch, a step costs one load. Any thread.
class Moments {
 public:
  static void Watch(bool is_watching);
  // The first time counts, until kCalled comes again.
  static void Note(Moment moment);
  // Milliseconds on the steady clock; 0: not reached.
  static MomentTimes Times();
};

}  // namespace codecell::base
