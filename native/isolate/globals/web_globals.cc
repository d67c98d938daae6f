#include "isolate/globals/web_globals.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "isolate/engine/engine_compat.h"
#include "isolate/exec/cell_context.h"
#include "isolate/globals/web_natives.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

// The objects that globals are properties of.
enum class Holder {
  kGlobal,
  kArray,
  kError,
  kIteratorPrototype,
  kIterator,
  kMap,
  kMapPrototype,
  kObject,
  kPromise,
  kRegExp,
  kSetPrototype,
  kUint8Array,
  kUint8ArrayPrototype,
  kWeakMapPrototype,
};

struct WebGlobal {
  const char* name;
  const char* key;                // Under which its library exports it.
  v8::FunctionCallback callback;  // Of a function of the native layer, in no library; null: none.
  Holder holder;
  WebLibrary library;
  v8::PropertyAttribute attributes;
  int length;  // Of the function of the native layer.
};

constexpr WebGlobal Native(const char* name, v8::FunctionCallback callback, int length) {
  return {name, name, callback, Holder::kGlobal, WebLibrary::kWeb, v8::None, length};
}

constexpr WebGlobal Class(const char* name, WebLibrary library = WebLibrary::kWeb) {
  return {name, name, nullptr, Holder::kGlobal, library, v8::DontEnum, 0};
}

constexpr WebGlobal Visible(const char* name) {
  return {name, name, nullptr, Holder::kGlobal, WebLibrary::kWeb, v8::None, 0};
}

constexpr WebGlobal Newer(Holder holder, const char* name, const char* key) {
  return {name, key, nullptr, holder, WebLibrary::kNewer, v8::DontEnum, 0};
}

// On every Node there is what the engine of the newest one has. What that of the oldest lacks comes
// last.
constexpr WebGlobal kGlobals[] = {
    Native("setInterval", Timers::SetInterval, 2),
    Native("clearInterval", Timers::ClearInterval, 1),
    Native("queueMicrotask", QueueMicrotask, 1),
    Visible("structuredClone"),
    Visible("atob"),
    Visible("btoa"),
    Visible("performance"),
    Visible("crypto"),
    Class("AbortController"),
    Class("AbortSignal"),
    Class("CustomEvent"),
    Class("DOMException"),
    Class("Event"),
    Class("EventTarget"),
    Class("TextDecoder"),
    Class("TextEncoder"),
    Class("URL", WebLibrary::kUrl),
    Class("URLSearchParams", WebLibrary::kUrl),
#if V8_MAJOR_VERSION >= 12 && V8_MAJOR_VERSION < 14
    // Where Iterator itself is made, it is made with this.
    Newer(Holder::kIterator, "concat", "Iterator.concat"),
#endif
#if V8_MAJOR_VERSION < 14
    Newer(Holder::kMapPrototype, "getOrInsert", "Map.prototype.getOrInsert"),
    Newer(Holder::kMapPrototype, "getOrInsertComputed", "Map.prototype.getOrInsertComputed"),
    Newer(Holder::kWeakMapPrototype, "getOrInsert", "WeakMap.prototype.getOrInsert"),
    Newer(Holder::kWeakMapPrototype, "getOrInsertComputed",
          "WeakMap.prototype.getOrInsertComputed"),
    Newer(Holder::kUint8Array, "fromBase64", "Uint8Array.fromBase64"),
    Newer(Holder::kUint8Array, "fromHex", "Uint8Array.fromHex"),
    Newer(Holder::kUint8ArrayPrototype, "setFromBase64", "Uint8Array.prototype.setFromBase64"),
    Newer(Holder::kUint8ArrayPrototype, "setFromHex", "Uint8Array.prototype.setFromHex"),
    Newer(Holder::kUint8ArrayPrototype, "toBase64", "Uint8Array.prototype.toBase64"),
    Newer(Holder::kUint8ArrayPrototype, "toHex", "Uint8Array.prototype.toHex"),
#endif
#if V8_MAJOR_VERSION < 13
    Newer(Holder::kError, "isError", "Error.isError"),
    Newer(Holder::kPromise, "try", "Promise.try"),
    Newer(Holder::kRegExp, "escape", "RegExp.escape"),
#endif
#if V8_MAJOR_VERSION < 12
    Newer(Holder::kGlobal, "Iterator", "Iterator"),
    Newer(Holder::kIteratorPrototype, "drop", "Iterator.prototype.drop"),
    Newer(Holder::kIteratorPrototype, "every", "Iterator.prototype.every"),
    Newer(Holder::kIteratorPrototype, "filter", "Iterator.prototype.filter"),
    Newer(Holder::kIteratorPrototype, "find", "Iterator.prototype.find"),
    Newer(Holder::kIteratorPrototype, "flatMap", "Iterator.prototype.flatMap"),
    Newer(Holder::kIteratorPrototype, "forEach", "Iterator.prototype.forEach"),
    Newer(Holder::kIteratorPrototype, "map", "Iterator.prototype.map"),
    Newer(Holder::kIteratorPrototype, "reduce", "Iterator.prototype.reduce"),
    Newer(Holder::kIteratorPrototype, "some", "Iterator.prototype.some"),
    Newer(Holder::kIteratorPrototype, "take", "Iterator.prototype.take"),
    Newer(Holder::kIteratorPrototype, "toArray", "Iterator.prototype.toArray"),
    Newer(Holder::kSetPrototype, "difference", "Set.prototype.difference"),
    Newer(Holder::kSetPrototype, "intersection", "Set.prototype.intersection"),
    Newer(Holder::kSetPrototype, "isDisjointFrom", "Set.prototype.isDisjointFrom"),
    Newer(Holder::kSetPrototype, "isSubsetOf", "Set.prototype.isSubsetOf"),
    Newer(Holder::kSetPrototype, "isSupersetOf", "Set.prototype.isSupersetOf"),
    Newer(Holder::kSetPrototype, "symmetricDifference", "Set.prototype.symmetricDifference"),
    Newer(Holder::kSetPrototype, "union", "Set.prototype.union"),
    Newer(Holder::kArray, "fromAsync", "Array.fromAsync"),
    Newer(Holder::kMap, "groupBy", "Map.groupBy"),
    Newer(Holder::kObject, "groupBy", "Object.groupBy"),
    Newer(Holder::kPromise, "withResolvers", "Promise.withResolvers"),
#endif
};
constexpr size_t kCount = sizeof(kGlobals) / sizeof(kGlobals[0]);

v8::MaybeLocal<v8::Value> ValueOf(CellContext& cell, const WebGlobal& entry) {
  IsolateScope& scope = cell.scope();
  const v8::Local<v8::Context> context = scope.context();
  if (entry.callback != nullptr) {
    v8::Local<v8::Function> function;
    if (!v8::Function::New(context, entry.callback, {}, entry.length,
                           v8::ConstructorBehavior::kThrow)
             .ToLocal(&function)) {
      return {};
    }
    function->SetName(Literal(scope, entry.name));
    return function;
  }
  v8::Local<v8::Object> exports;
  if (!LoadWebLibrary(cell, entry.library).ToLocal(&exports)) return {};
  return exports->Get(context, Literal(scope, entry.key));
}

// Gives a global that is touched for the first time, and makes it an ordinary property.
void Give(v8::Local<v8::Name> name, const v8::PropertyCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  const WebGlobal& entry = kGlobals[info.Data().As<v8::Uint32>()->Value()];
  // What makes it looks whether the engine has it already.
  if (entry.callback == nullptr && cell.web().is_loading(entry.library)) return;
  const v8::Local<v8::Context> context = cell.scope().context();
  const v8::Local<v8::Object> holder =
      entry.holder == Holder::kGlobal ? context->Global() : engine::HolderOf(info);
  v8::Local<v8::Value> value;
  if (!ValueOf(cell, entry).ToLocal(&value)) return;
  info.GetReturnValue().Set(value);
  // Defining a property reads the one that was there, so that goes first.
  if (holder->Delete(context, name).FromMaybe(false)) {
    LeavePending(holder->DefineOwnProperty(context, name, value, entry.attributes));
  }
}

bool Get(IsolateScope& scope, v8::Local<v8::Object> object, v8::Local<v8::Name> name,
         v8::Local<v8::Object>& value) {
  v8::Local<v8::Value> found;
  if (!object->Get(scope.context(), name).ToLocal(&found) || !found->IsObject()) return false;
  value = found.As<v8::Object>();
  return true;
}

bool Get(IsolateScope& scope, v8::Local<v8::Object> object, const char* name,
         v8::Local<v8::Object>& value) {
  return Get(scope, object, Literal(scope, name), value);
}

bool GetPrototype(IsolateScope& scope, v8::Local<v8::Object> global, const char* name,
                  v8::Local<v8::Object>& value) {
  return Get(scope, global, name, value) && Get(scope, value, "prototype", value);
}

#if V8_MAJOR_VERSION < 12
// Engines of this age have the prototype of all iterators, but no global that leads to it.
bool GetIteratorPrototype(IsolateScope& scope, v8::Local<v8::Object>& value) {
  const v8::Local<v8::Array> array = v8::Array::New(scope.isolate());
  v8::Local<v8::Object> values;
  v8::Local<v8::Value> iterator;
  if (!Get(scope, array, v8::Symbol::GetIterator(scope.isolate()), values) ||
      !values.As<v8::Function>()->Call(scope.context(), array, 0, nullptr).ToLocal(&iterator)) {
    return false;
  }
  value =
      iterator.As<v8::Object>()->GetPrototype().As<v8::Object>()->GetPrototype().As<v8::Object>();
  return true;
}
#endif

// Only while the cell's code has not run.
bool FindHolder(IsolateScope& scope, v8::Local<v8::Object> global, Holder holder,
                v8::Local<v8::Object>& value) {
  switch (holder) {
    case Holder::kGlobal:
      value = global;
      return true;
    case Holder::kArray:
      return Get(scope, global, "Array", value);
    case Holder::kError:
      return Get(scope, global, "Error", value);
    case Holder::kIterator:
      return Get(scope, global, "Iterator", value);
    case Holder::kIteratorPrototype:
#if V8_MAJOR_VERSION < 12
      return GetIteratorPrototype(scope, value);
#else
      return GetPrototype(scope, global, "Iterator", value);
#endif
    case Holder::kMap:
      return Get(scope, global, "Map", value);
    case Holder::kMapPrototype:
      return GetPrototype(scope, global, "Map", value);
    case Holder::kObject:
      return Get(scope, global, "Object", value);
    case Holder::kPromise:
      return Get(scope, global, "Promise", value);
    case Holder::kRegExp:
      return Get(scope, global, "RegExp", value);
    case Holder::kSetPrototype:
      return GetPrototype(scope, global, "Set", value);
    case Holder::kUint8Array:
      return Get(scope, global, "Uint8Array", value);
    case Holder::kUint8ArrayPrototype:
      return GetPrototype(scope, global, "Uint8Array", value);
    case Holder::kWeakMapPrototype:
      return GetPrototype(scope, global, "WeakMap", value);
  }
  return false;
}

// Calls `use` with each entry and its holder. Neighbours in the table have one holder mostly.
template <typename Use>
bool ForEach(IsolateScope& scope, v8::Local<v8::Object> global, Use use) {
  v8::Local<v8::Object> holder;
  for (size_t i = 0; i < kCount; ++i) {
    const bool is_known = i > 0 && kGlobals[i].holder == kGlobals[i - 1].holder;
    if (!is_known && !FindHolder(scope, global, kGlobals[i].holder, holder)) return false;
    if (!use(i, holder)) return false;
  }
  return true;
}

}  // namespace

bool InstallWebGlobals(IsolateScope& scope, v8::Local<v8::Object> global) {
  return ForEach(scope, global, [&](size_t i, v8::Local<v8::Object> holder) {
    const WebGlobal& entry = kGlobals[i];
    return holder
        ->SetNativeDataProperty(
            scope.context(), Literal(scope, entry.name), Give, nullptr,
            v8::Integer::NewFromUnsigned(scope.isolate(), static_cast<uint32_t>(i)),
            entry.attributes)
        .FromMaybe(false);
  });
}

bool RemoveWebGlobals(IsolateScope& scope, v8::Local<v8::Object> global) {
  return ForEach(scope, global, [&](size_t i, v8::Local<v8::Object> holder) {
    return holder->Delete(scope.context(), Literal(scope, kGlobals[i].name)).FromMaybe(false);
  });
}

}  // namespace codecell::isolate
