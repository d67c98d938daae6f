#pragma once

#include <v8.h>

#include "isolate/engine/isolate_scope.h"

namespace codecell::isolate {

// Puts a constructor in front of ArrayBuffer that refuses resizable buffers: their memory is
// reserved outside every limit of the cell. False, with an exception pending, where it could not.
bool GuardArrayBuffers(IsolateScope& scope, v8::Local<v8::Object> global);

}  // namespace codecell::isolate
