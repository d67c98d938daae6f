#pragma once

#include <v8.h>

namespace codecell::isolate {

// Functions of the native layer for structuredClone; web/native.ts says what they take and return.
void KindOf(const v8::FunctionCallbackInfo<v8::Value>& info);
void NamedKeys(const v8::FunctionCallbackInfo<v8::Value>& info);
void CopyRegExp(const v8::FunctionCallbackInfo<v8::Value>& info);
void IsDetached(const v8::FunctionCallbackInfo<v8::Value>& info);
void ShareBuffer(const v8::FunctionCallbackInfo<v8::Value>& info);
void DetachBuffer(const v8::FunctionCallbackInfo<v8::Value>& info);

}  // namespace codecell::isolate
