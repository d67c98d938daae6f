#pragma once

#include <optional>

#include "isolate/engine/stop.h"
#include "protocol/error.h"

namespace codecell::isolate {

// The error of a cell that passed a limit. The code is one that names a limit.
protocol::CellError LimitError(protocol::ErrorCode code, double allowed, double used);

// The error that follows from a stop; empty where no limit was passed.
std::optional<protocol::CellError> LimitErrorOf(const Stop& stop);

}  // namespace codecell::isolate
