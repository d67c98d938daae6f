#pragma once

#include <v8.h>

namespace codecell::isolate {

// Functions of the native layer for TextEncoder, TextDecoder, atob and btoa; web/native.ts says
// what they take and return.
void Utf8Length(const v8::FunctionCallbackInfo<v8::Value>& info);
void EncodeUtf8Into(const v8::FunctionCallbackInfo<v8::Value>& info);
void DecodeText(const v8::FunctionCallbackInfo<v8::Value>& info);
void OpenBytes(const v8::FunctionCallbackInfo<v8::Value>& info);
void EncodeBase64(const v8::FunctionCallbackInfo<v8::Value>& info);
void DecodeBase64(const v8::FunctionCallbackInfo<v8::Value>& info);

}  // namespace codecell::isolate
