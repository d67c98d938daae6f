#pragma once

#include <v8.h>

#include "isolate/engine/isolate_scope.h"

namespace codecell::isolate {

// The global `tools`: an object without prototype that answers for every tool of the table and
// cannot be changed. A name it does not have reads as absent (`typeof` says "undefined", it is
// falsy and == null), yet calling it throws a TypeError that suggests the nearest names.
v8::MaybeLocal<v8::Object> NewToolsObject(IsolateScope& scope);

}  // namespace codecell::isolate
