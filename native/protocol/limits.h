#pragma once

#include <cstddef>

namespace codecell::protocol {

// What one cell may use. Sizes are in bytes of text as the engines hold it: one byte a unit where
// all are Latin-1, two otherwise.
struct CellLimits {
  size_t heap_bytes = 0;
  size_t array_buffer_bytes = 0;
  double cpu_ms = 0;  // Processor time of the cell's thread.
  size_t output_bytes = 0;
  size_t output_items = 0;
  size_t notifications = 0;
  size_t stored_bytes = 0;  // Keys and JSON texts the cell sees, those of earlier cells included.
  size_t stored_keys = 0;
  size_t tool_calls = 0;
  size_t tool_calls_in_flight = 0;
  size_t tool_input_bytes = 0;  // Of all calls that have not been settled.
  size_t json_depth = 0;
  size_t json_values = 0;  // Of one JSON text, keys included.
  size_t timers = 0;
  size_t source_bytes = 0;
  size_t rss_bytes = 0;   // Resident memory of the whole process while the cell runs.
  size_t eval_bytes = 0;  // Of one source given to eval or a function constructor.
};

}  // namespace codecell::protocol
