#pragma once

#include "protocol/event.h"
#include "protocol/options.h"

namespace codecell::fuzz {

// What holds for every event a cell sends, whatever it runs.
void CheckEvent(const protocol::Event& event, const protocol::CellOptions& options);

}  // namespace codecell::fuzz
