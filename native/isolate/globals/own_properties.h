#pragma once

#include <v8.h>

#include <initializer_list>
#include <string_view>

#include "isolate/engine/isolate_scope.h"

namespace codecell::isolate {

// Of the engine's own objects, before a cell's code has run.

// Empty where the property is no object.
v8::MaybeLocal<v8::Object> GetObject(IsolateScope& scope, v8::Local<v8::Object> object,
                                     std::string_view name);
v8::MaybeLocal<v8::Function> GetFunction(IsolateScope& scope, v8::Local<v8::Object> object,
                                         std::string_view name);

// Puts a function where the engine has one of that name. False: the engine could not.
bool PutFunction(IsolateScope& scope, v8::Local<v8::Object> object, std::string_view name,
                 v8::FunctionCallback callback, v8::Local<v8::Value> data, int length);

// What a function is given as its data, and finds there by number.
v8::Local<v8::Array> ListOf(IsolateScope& scope,
                            std::initializer_list<v8::Local<v8::Value>> values);
v8::Local<v8::Function> FunctionIn(IsolateScope& scope, v8::Local<v8::Value> list, uint32_t index);

}  // namespace codecell::isolate
