#pragma once

#include <v8.h>

namespace codecell::isolate {

// The globals text, notify, yield_control and exit.
void OutputText(const v8::FunctionCallbackInfo<v8::Value>& info);
void Notify(const v8::FunctionCallbackInfo<v8::Value>& info);
void YieldControl(const v8::FunctionCallbackInfo<v8::Value>& info);
void Exit(const v8::FunctionCallbackInfo<v8::Value>& info);

}  // namespace codecell::isolate
