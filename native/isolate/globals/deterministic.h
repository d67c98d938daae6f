#pragma once

#include <v8.h>

#include "isolate/engine/isolate_scope.h"

namespace codecell::isolate {

// Gives the globals the cell's own clock and randomness, and takes away what shows when memory is
// collected: what a deterministic cell computes then depends on nothing else. In the context;
// false: the engine could not.
bool MakeDeterministic(IsolateScope& scope, v8::Local<v8::Object> global);

// The parts: Date, Intl.DateTimeFormat, Temporal.Now where the engine has it.
bool MakeDateDeterministic(IsolateScope& scope, v8::Local<v8::Object> global);
bool MakeFormatsDeterministic(IsolateScope& scope, v8::Local<v8::Object> global);
bool MakeTemporalDeterministic(IsolateScope& scope, v8::Local<v8::Object> global);

}  // namespace codecell::isolate
