#include "isolate/globals/settled_entries.h"

#include <string>

#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

// Of one iterable. Handles to its members lie outside the cell's heap.
constexpr size_t kMaxMembers = 1'000'000;

v8::MaybeLocal<v8::Promise> ToPromise(IsolateScope& scope, v8::Local<v8::Value> value) {
  if (value->IsPromise()) return value.As<v8::Promise>();
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(scope.context()).ToLocal(&resolver) ||
      resolver->Resolve(scope.context(), value).IsNothing()) {
    return {};
  }
  return resolver->GetPromise();
}

bool Append(IsolateScope& scope, v8::Local<v8::Value> key, v8::Local<v8::Value> value,
            std::vector<KeyedPromise>& promises) {
  v8::Local<v8::Promise> promise;
  if (!ToPromise(scope, value).ToLocal(&promise)) return false;
  promises.push_back({key, promise});
  return true;
}

void ThrowTooMany(IsolateScope& scope) {
  ThrowRangeError(scope, "an iterable may have at most " + std::to_string(kMaxMembers) +
                             " members here; take a part of them at a time");
}

}  // namespace

bool IsIterable(IsolateScope& scope, v8::Local<v8::Value> value) {
  if (!value->IsObject()) return false;
  const v8::TryCatch caught(scope.isolate());
  v8::Local<v8::Value> method;
  return value.As<v8::Object>()
             ->Get(scope.context(), v8::Symbol::GetIterator(scope.isolate()))
             .ToLocal(&method) &&
         method->IsFunction();
}

bool Iterate(IsolateScope& scope, v8::Local<v8::Object> iterable,
             std::vector<v8::Local<v8::Value>>& members) {
  const v8::Local<v8::Context> context = scope.context();
  v8::Local<v8::Value> method;
  v8::Local<v8::Value> iterator;
  v8::Local<v8::Value> next;
  if (!iterable->Get(context, v8::Symbol::GetIterator(scope.isolate())).ToLocal(&method)) {
    return false;
  }
  if (!method->IsFunction() ||
      !method.As<v8::Function>()->Call(context, iterable, 0, nullptr).ToLocal(&iterator)) {
    return false;
  }
  if (!iterator->IsObject()) {
    ThrowTypeError(scope, std::string_view("the iterator of the given iterable is not an object"));
    return false;
  }
  if (!iterator.As<v8::Object>()->Get(context, Literal(scope, "next")).ToLocal(&next)) return false;
  if (!next->IsFunction()) {
    ThrowTypeError(scope, std::string_view("the iterator of the given iterable has no next()"));
    return false;
  }
  while (members.size() < kMaxMembers) {
    v8::EscapableHandleScope handles(scope.isolate());
    v8::Local<v8::Value> step;
    v8::Local<v8::Value> done;
    v8::Local<v8::Value> value;
    if (!next.As<v8::Function>()->Call(context, iterator, 0, nullptr).ToLocal(&step)) return false;
    if (!step->IsObject()) {
      ThrowTypeError(scope, std::string_view("an iterator's next() must return an object"));
      return false;
    }
    if (!step.As<v8::Object>()->Get(context, Literal(scope, "done")).ToLocal(&done)) return false;
    if (done->BooleanValue(scope.isolate())) return true;
    if (!step.As<v8::Object>()->Get(context, Literal(scope, "value")).ToLocal(&value)) return false;
    members.push_back(handles.Escape(value));
  }
  ThrowTooMany(scope);
  return false;
}

bool CollectPromises(IsolateScope& scope, v8::Local<v8::Value> collection, const char* helper,
                     std::vector<KeyedPromise>& promises) {
  const v8::Local<v8::Context> context = scope.context();
  if (collection->IsMap()) {
    const v8::Local<v8::Array> entries = collection.As<v8::Map>()->AsArray();
    if (entries->Length() / 2 > kMaxMembers) {
      ThrowTooMany(scope);
      return false;
    }
    for (uint32_t i = 0; i + 1 < entries->Length(); i += 2) {
      v8::Local<v8::Value> key;
      v8::Local<v8::Value> value;
      if (!entries->Get(context, i).ToLocal(&key) ||
          !entries->Get(context, i + 1).ToLocal(&value) || !Append(scope, key, value, promises)) {
        return false;
      }
    }
    return true;
  }
  if (IsIterable(scope, collection)) {
    std::vector<v8::Local<v8::Value>> members;
    if (!Iterate(scope, collection.As<v8::Object>(), members)) return false;
    for (uint32_t i = 0; i < members.size(); ++i) {
      const v8::Local<v8::Value> key = v8::Integer::NewFromUnsigned(scope.isolate(), i);
      if (!Append(scope, key, members[i], promises)) return false;
    }
    return true;
  }
  if (!collection->IsObject() || collection->IsFunction() || collection->IsPromise()) {
    ThrowTypeError(scope, Widen(std::string(helper) +
                                " expects an array, an iterable or an object of promises"));
    return false;
  }
  const v8::Local<v8::Object> object = collection.As<v8::Object>();
  v8::Local<v8::Array> names;
  if (!object
           ->GetOwnPropertyNames(
               context, static_cast<v8::PropertyFilter>(v8::ONLY_ENUMERABLE | v8::SKIP_SYMBOLS),
               v8::KeyConversionMode::kConvertToString)
           .ToLocal(&names)) {
    return false;
  }
  for (uint32_t i = 0; i < names->Length(); ++i) {
    v8::Local<v8::Value> name;
    v8::Local<v8::Value> value;
    if (!names->Get(context, i).ToLocal(&name) || !object->Get(context, name).ToLocal(&value) ||
        !Append(scope, name, value, promises)) {
      return false;
    }
  }
  return true;
}

v8::MaybeLocal<v8::Object> NewSettledEntry(IsolateScope& scope, v8::Local<v8::Value> key,
                                           Settlement settlement, v8::Local<v8::Value> value) {
  const v8::Local<v8::Context> context = scope.context();
  const bool fulfilled = settlement == Settlement::kFulfilled;
  const v8::Local<v8::Object> entry = v8::Object::New(scope.isolate());
  const v8::Local<v8::String> status = Literal(scope, fulfilled ? "fulfilled" : "rejected");
  const v8::Local<v8::String> value_key = Literal(scope, fulfilled ? "value" : "reason");
  if (entry->CreateDataProperty(context, Literal(scope, "index"), key).IsNothing() ||
      entry->CreateDataProperty(context, Literal(scope, "status"), status).IsNothing() ||
      entry->CreateDataProperty(context, value_key, value).IsNothing()) {
    return {};
  }
  return entry;
}

}  // namespace codecell::isolate
