#pragma once

#include <v8.h>

#include <cstddef>

#include "isolate/engine/isolate_scope.h"

namespace codecell::isolate {

// Bounds the sources a cell compiles at run time, with eval and the function constructors: the
// parser cannot be interrupted. A longer one is refused with an EvalError.
void GuardEval(IsolateScope& scope, v8::Local<v8::Context> context);
// Puts the limit of the cell that begins into the error's text.
void NameEvalLimit(IsolateScope& scope, size_t limit_bytes);

}  // namespace codecell::isolate
