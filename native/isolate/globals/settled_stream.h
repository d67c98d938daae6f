#pragma once

#include <v8.h>

namespace codecell::isolate {

// The globals as_settled and stream_settled. Their state lives in the cell's heap and goes with it.
void AsSettled(const v8::FunctionCallbackInfo<v8::Value>& info);
void StreamSettled(const v8::FunctionCallbackInfo<v8::Value>& info);

}  // namespace codecell::isolate
