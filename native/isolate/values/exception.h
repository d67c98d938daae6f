#pragma once

#include <v8.h>

#include "base/text.h"
#include "isolate/engine/isolate_scope.h"
#include "protocol/error.h"

namespace codecell::isolate {

// What a TryCatch caught, as plain data. Reads of the thrown value may run the cell's code; what
// that throws is swallowed, and a termination it meets is left for the caller to see. `source` is
// the cell's, in which the error's position is shown.
protocol::CellError TakeError(IsolateScope& scope, const v8::TryCatch& caught,
                              const base::Text& source);

// The same for a value that reached us without a TryCatch, as the reason of a rejected promise.
protocol::CellError DescribeThrown(IsolateScope& scope, v8::Local<v8::Value> thrown,
                                   const base::Text& source);

// The text a model should read about a thrown value: its stack where that is a string, else its
// string form, with causes and inner errors.
base::Text ThrownText(IsolateScope& scope, v8::Local<v8::Value> thrown);

}  // namespace codecell::isolate
