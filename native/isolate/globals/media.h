#pragma once

#include <v8.h>

namespace codecell::isolate {

// The globals image, audio, content and generatedImage.
void OutputImage(const v8::FunctionCallbackInfo<v8::Value>& info);
void OutputAudio(const v8::FunctionCallbackInfo<v8::Value>& info);
void OutputContent(const v8::FunctionCallbackInfo<v8::Value>& info);
void OutputGeneratedImage(const v8::FunctionCallbackInfo<v8::Value>& info);

}  // namespace codecell::isolate
