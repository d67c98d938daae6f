#pragma once

#include <v8.h>

#include "isolate/exec/cell_context.h"

namespace codecell::isolate {

// The exports of a library of web globals. It is run first if it has not been, with the functions
// of the native layer that web/native.ts declares. Empty with an exception pending, or while the
// cell is being stopped.
v8::MaybeLocal<v8::Object> LoadWebLibrary(CellContext& cell, WebLibrary library);

// The global of that name.
void QueueMicrotask(const v8::FunctionCallbackInfo<v8::Value>& info);

}  // namespace codecell::isolate
