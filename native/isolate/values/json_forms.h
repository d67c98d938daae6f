#pragma once

#include <v8.h>

#include "isolate/engine/isolate_scope.h"

namespace codecell::isolate {

// What a JSON text is made for.
enum class JsonUse {
  kOwn,     // The cell's own JSON.stringify: everything reads as the language says.
  kOutput,  // Read by a model: errors, Maps and Sets show what they hold, a promise says what it
            // is.
  kData,    // Stored, or the input of a tool: errors show what they hold, a promise is refused.
};

// What output shows instead of a promise.
constexpr char kNotAwaited[] = "[a promise that was not awaited]";

// Gives errors, promises, Maps and Sets of the context, which JSON shows as {}, a toJSON of ours.
// It returns the value itself unless a JsonUse is in force. False with an exception pending.
bool InstallJsonForms(IsolateScope& scope, v8::Local<v8::Context> context);

// Makes what JSON is for known to these forms while it lives.
class JsonUseScope {
 public:
  JsonUseScope(IsolateScope& scope, JsonUse use);
  ~JsonUseScope();
  JsonUseScope(const JsonUseScope&) = delete;
  JsonUseScope& operator=(const JsonUseScope&) = delete;

 private:
  v8::Isolate* const isolate_;
  JsonUse use_;  // The isolate leads to it.
  void* const before_;
};

// A Map as its [key, value] pairs, a Set as its members. Empty where an exception is pending or the
// cell is being stopped.
v8::MaybeLocal<v8::Value> Entries(IsolateScope& scope, v8::Local<v8::Value> collection);

}  // namespace codecell::isolate
