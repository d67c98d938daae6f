#pragma once

#include <v8.h>

#include "isolate/engine/isolate_scope.h"

namespace codecell::isolate {

// The web's globals that need nothing from outside of the cell, and what newer engines add to the
// language's own. Each is made when the cell first touches it, so that a cell which uses none pays
// for none.
//
// False, with an exception pending: the engine could not.
bool InstallWebGlobals(IsolateScope& scope, v8::Local<v8::Object> global);
// Takes them away again, before the cell's code runs.
bool RemoveWebGlobals(IsolateScope& scope, v8::Local<v8::Object> global);

}  // namespace codecell::isolate
