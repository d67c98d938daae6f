#pragma once

#include <cstdint>
#include <variant>

#include "base/text.h"

namespace codecell::protocol {

using ToolCallId = uint32_t;

struct ToolResolved {
  ToolCallId call;
  base::Text result;
  bool is_json = true;  // Else the result is this text itself.
};

struct ToolRejected {
  ToolCallId call;
  base::Text message;
};

// What the clock of a deterministic cell shows from here on: before the command that it belongs to.
struct AdvanceClock {
  double now_ms;
};

// Runs a timer of a deterministic cell.
struct FireTimer {
  uint32_t timer;
};

// Host → isolate. Termination is not among them: it must reach a cell that takes no commands.
using Command = std::variant<ToolResolved, ToolRejected, AdvanceClock, FireTimer>;

}  // namespace codecell::protocol
