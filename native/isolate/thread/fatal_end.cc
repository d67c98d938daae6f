#include "isolate/thread/fatal_end.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/scheduling.h"
#include "isolate/exec/limit_error.h"

namespace codecell::isolate {

protocol::CellError OutOfMemory(const CellLink& link, const char* where) {
  const protocol::CellError passed =
      LimitErrorOf(
          link.TightestLimit({StopCause::kHeapLimit, static_cast<double>(link.isolate.heap_bytes),
                              static_cast<double>(link.memory->heap_peak())}))
          .value_or(protocol::CellError{});
  protocol::CellError error = protocol::MakeError(
      passed.code, "RangeError",
      "the cell ran out of memory in one step (" + std::string(where == nullptr ? "" : where) +
          "), beyond what the engine can undo; work on less data at a time");
  error.limit = passed.limit;
  return error;
}

protocol::CellError EngineFailure() {
  return protocol::MakeError(
      protocol::ErrorCode::kEngine, "Error",
      "the engine could not go on with the cell: it met a size it cannot handle, or a fault of its "
      "own; work on less data at a time");
}

protocol::CellError StackOverflow() {
  return protocol::MakeError(
      protocol::ErrorCode::kEngine, "Error",
      "the engine ran out of stack in one step, such as compiling a regular expression; use a "
      "smaller or flatter one");
}

protocol::Usage UsageOf(const CellLink& link, double cpu_ms) {
  const MemoryUse& memory = *link.memory;
  return {std::max(0.0, cpu_ms - link.cpu_ms_before), link.tool_wait.milliseconds(), memory.heap(),
          memory.heap_peak(), memory.array_buffers_peak()};
}

protocol::Settled FatalEnd(CellLink& link, protocol::CellError error) {
  protocol::Settled settled;
  const Stop stop = link.terminator.why();
  if (stop.cause == StopCause::kRequested) {
    settled.end = protocol::End::kTerminated;
  } else {
    settled.end = protocol::End::kFailed;
    // The host was told this error when the cell was asked to stop.
    if (stop.cause != StopCause::kHeapLimit) {
      if (auto passed = LimitErrorOf(stop)) error = *std::move(passed);
    }
    settled.error = std::move(error);
  }
  settled.usage = UsageOf(link, base::CurrentCpuTimeMs());
  return settled;
}

}  // namespace codecell::isolate
