#pragma once

#include <v8.h>

#include "isolate/engine/isolate_scope.h"

namespace codecell::isolate {

// The console of a cell that was given one: each call is one log line, or one text item, as the
// cell's options say. Empty with an exception pending.
v8::MaybeLocal<v8::Object> NewConsole(IsolateScope& scope);

}  // namespace codecell::isolate
