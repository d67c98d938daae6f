#pragma once

#include <v8.h>

#include <vector>

#include "isolate/engine/isolate_scope.h"

namespace codecell::isolate {

// One promise of a collection with the key it has there.
struct KeyedPromise {
  v8::Local<v8::Value> key;
  v8::Local<v8::Promise> promise;
};

// The values of a Map with their keys, the members of another iterable with their indexes, or those
// of an object with their names; what is not a promise becomes one. False, with an exception
// pending, where the collection cannot be read.
bool CollectPromises(IsolateScope& scope, v8::Local<v8::Value> collection, const char* helper,
                     std::vector<KeyedPromise>& promises);

// The members of an iterable. False with an exception pending; `iterable` must be an object with a
// Symbol.iterator.
bool Iterate(IsolateScope& scope, v8::Local<v8::Object> iterable,
             std::vector<v8::Local<v8::Value>>& members);
bool IsIterable(IsolateScope& scope, v8::Local<v8::Value> value);

enum class Settlement { kFulfilled, kRejected };

// {index, status, value} or {index, status, reason}.
v8::MaybeLocal<v8::Object> NewSettledEntry(IsolateScope& scope, v8::Local<v8::Value> key,
                                           Settlement settlement, v8::Local<v8::Value> value);

}  // namespace codecell::isolate
