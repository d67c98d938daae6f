#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "base/text.h"
#include "protocol/command.h"
#include "protocol/error.h"

namespace codecell::protocol {

enum class ImageDetail { kAuto, kLow, kHigh, kOriginal };
enum class LogLevel { kDebug, kLog, kInfo, kWarn, kError };

// An isolate has been made and waits for its cell.
struct Ready {};

// A cell has begun that came before its isolate was ready.
struct Started {};

struct TextOutput {
  base::Text text;
};

struct ImageOutput {
  base::Text url;
  ImageDetail detail;
};

struct AudioOutput {
  base::Text url;
};

struct LogLine {
  LogLevel level;
  base::Text text;
  double time_ms;  // Since the epoch.
};

struct Notification {
  base::Text text;
};

struct ToolCall {
  ToolCallId call;
  uint32_t tool;  // Index into the cell's tool table.
  base::Text input;
};

// Asks which tools fit a few words.
struct ToolSearch {
  ToolCallId call;
  base::Text query;
  uint32_t limit;
};

// Asks for the tool of that name.
struct ToolLookup {
  ToolCallId call;
  base::Text name;
};

// What the host answers with ToolResolved or ToolRejected.
using ToolRequest = std::variant<ToolCall, ToolSearch, ToolLookup>;

struct Yielded {};

enum class ThreadFate {
  kEnding,  // Disposed follows.
  kParked,  // The isolate cannot be disposed: its thread sleeps for ever and nothing follows.
};

enum class End { kCompleted, kFailed, kTerminated };

// What a cell has used so far.
struct Usage {
  double cpu_ms = 0;
  double tool_wait_ms = 0;  // Time in which it had nothing to do but to wait for tools.
  size_t heap_bytes = 0;
  size_t heap_peak_bytes = 0;
  size_t array_buffer_peak_bytes = 0;
};

struct Settled {
  ThreadFate thread = ThreadFate::kEnding;
  End end = End::kCompleted;
  std::optional<CellError> error;                         // Set exactly when failed.
  std::vector<std::pair<base::Text, base::Text>> writes;  // Key, JSON. Empty when cut off.
  std::vector<base::Text> unhandled_rejections;
  Usage usage;
};

// The last event of a cell: its isolate is gone and its thread returns at once.
struct Disposed {
  double cpu_ms;
};

// The cell has passed a limit and the engine has been asked to stop it. Settled follows, unless the
// engine is in a builtin that it cannot interrupt.
struct Stopping {
  CellError error;
};

// A deterministic cell has a timer that the host is to fire, or has it again.
struct TimerSet {
  uint32_t timer;
  double due_ms;  // By the cell's clock: since the epoch.
};

// It needs the timer no longer.
struct TimerCleared {
  uint32_t timer;
};

// A deterministic cell has applied so many commands in all and waits for the next.
struct Waiting {
  double applied;
};

// Isolate → host.
using Event = std::variant<Started, TextOutput, ImageOutput, AudioOutput, LogLine, Notification,
                           ToolCall, Yielded, Settled, Disposed, Stopping, Ready, ToolSearch,
                           ToolLookup, TimerSet, TimerCleared, Waiting>;

}  // namespace codecell::protocol
