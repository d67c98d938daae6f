#pragma once

#include <v8.h>

namespace codecell::isolate {

// The globals search_tools and describe_tool: the host, which knows the tools' schemas, answers.
void SearchTools(const v8::FunctionCallbackInfo<v8::Value>& info);
void DescribeTool(const v8::FunctionCallbackInfo<v8::Value>& info);

}  // namespace codecell::isolate
