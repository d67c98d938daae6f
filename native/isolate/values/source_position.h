#pragma once

#include <optional>
#include <string>

#include "base/text.h"
#include "protocol/error.h"

namespace codecell::isolate {

inline constexpr char kMainModule[] = "exec_main.mjs";

// A place in a cell's source with its line's text. Line and column count from one.
protocol::Position PositionAt(const base::Text& source, int line, int column);

// The place behind a source's last character.
protocol::Position EndOf(const base::Text& source);

// The first place in the cell's own source that a stack trace names.
std::optional<protocol::Position> PositionInStack(const base::Text& source,
                                                  const std::u16string& stack);

// A place shown as a person would point at it: a frame, a part of the line, and a caret below.
std::u16string PointedAt(const base::Text& source, const protocol::Position& position);

}  // namespace codecell::isolate
