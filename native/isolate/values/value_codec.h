#pragma once

#include <v8.h>

#include <cstddef>
#include <string>

#include "base/text.h"
#include "isolate/engine/isolate_scope.h"
#include "isolate/values/json_forms.h"

namespace codecell::isolate {

// The engine's own JSON of a value, with the forms that its use asks for; the cell's JSON.stringify
// is not consulted, its toJSON is.
struct Json {
  enum class Kind {
    kText,
    kAbsent,  // Undefined, a function, a symbol: JSON has no word for it. No exception is pending.
    kThrew,   // An exception is pending.
  };
  Kind kind;
  v8::Local<v8::String> text;  // Set for kText.
};
Json ToJson(IsolateScope& scope, v8::Local<v8::Value> value, JsonUse use);

// Empty, with an exception pending, where the text is not JSON.
v8::MaybeLocal<v8::Value> FromJson(IsolateScope& scope, const base::Text& json);

// Throws the RangeError for JSON that is nested too deeply; `what` begins its message.
void ThrowTooDeep(IsolateScope& scope, const std::string& what, size_t limit);
// The same for JSON that is made of too many values.
void ThrowTooManyValues(IsolateScope& scope, const std::string& what, size_t limit);

// The text of a value as text() and notify() hand it out. Empty, with an exception pending, where
// making it threw.
v8::MaybeLocal<v8::String> ToDisplay(IsolateScope& scope, v8::Local<v8::Value> value);

}  // namespace codecell::isolate
