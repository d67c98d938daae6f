#pragma once

#include "isolate/exec/cell_link.h"
#include "protocol/error.h"
#include "protocol/event.h"

namespace codecell::isolate {

// What ends a cell that the engine cannot go on with.
protocol::CellError OutOfMemory(const CellLink& link, const char* where);
protocol::CellError EngineFailure();
protocol::CellError StackOverflow();

// What a cell has used, where its thread has used `cpu_ms` of processor time in all.
protocol::Usage UsageOf(const CellLink& link, double cpu_ms);

// Cell's thread. The end of a cell that the engine cannot go on with. `error` is its reason unless
// the cell was being stopped.
protocol::Settled FatalEnd(CellLink& link, protocol::CellError error);

}  // namespace codecell::isolate
