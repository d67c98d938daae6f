#include "isolate/exec/cell_link.h"

#include <optional>
#include <utility>

#include "isolate/exec/limit_error.h"
#include "protocol/error.h"
#include "protocol/event.h"

namespace codecell::isolate {

void CellLink::StopForLimit(const Stop& why) {
  if (!Terminate(why)) return;
  if (std::optional<protocol::CellError> error = LimitErrorOf(why)) {
    sink->Push(protocol::Stopping{*std::move(error)}, 0);
  }
}

}  // namespace codecell::isolate
