#include "isolate/exec/cell_link.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "isolate/exec/limit_error.h"
#include "protocol/error.h"
#include "protocol/event.h"

namespace codecell::isolate {

Stop CellLink::TightestLimit(const Stop& heap_limit) const {
  if (!process_limit) return heap_limit;
  const size_t room = isolate.heap_bytes - std::min(isolate.heap_bytes, memory->heap());
  return process_limit(room).value_or(heap_limit);
}

void CellLink::StopForLimit(const Stop& passed) {
  const Stop why = passed.cause == StopCause::kHeapLimit ? TightestLimit(passed) : passed;
  if (!Terminate(why)) return;
  if (std::optional<protocol::CellError> error = LimitErrorOf(why)) {
    sink->Push(protocol::Stopping{*std::move(error)}, 0);
  }
}

}  // namespace codecell::isolate
