#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/text.h"

namespace codecell::protocol {

enum class ErrorCode {
  kScript,
  kDeadlock,
  kEngine,
  kHeapLimit,
  kCpuLimit,
  kMemoryLimit,
  kOutputLimit,
  kOutputItemsLimit,
  kNotificationsLimit,
  kToolCallsLimit,
  kSourceLimit,
};

// Line and column count from one, in the cell's own source.
struct Position {
  int line;
  int column;
  base::Text source_line;
};

// A limit that was passed, in its own unit.
struct LimitUse {
  const char* name;  // As embedders know it.
  double allowed;
  double used;
};

// Why a cell failed.
struct CellError {
  ErrorCode code = ErrorCode::kScript;
  base::Text name;
  base::Text message;
  base::Text text;  // The whole text a model should read.
  std::optional<base::Text> stack;
  std::optional<Position> position;
  std::unique_ptr<CellError> cause;  // Null: none.
  std::optional<LimitUse> limit;     // Set for the codes that name a limit.
};

// An error of a cell that was not thrown by its code. Name and message are ASCII.
inline CellError MakeError(ErrorCode code, const std::string& name, const std::string& message) {
  CellError error;
  error.code = code;
  error.name = base::Text::Ascii(name);
  error.message = base::Text::Ascii(message);
  error.text = base::Text::Ascii(name + ": " + message);
  return error;
}

}  // namespace codecell::protocol
