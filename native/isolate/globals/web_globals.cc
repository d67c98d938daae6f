#include "isolate/globals/web_globals.h"

#include <cstdint>
#include <initializer_list>
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

constexpr const char* kMapName = "Map";
constexpr const char* kSetName = "Set";
constexpr const char* kUint8ArrayName = "Uint8Array";
constexpr const char* kWeakMapName = "WeakMap";

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

// Classes of the engine that a cell reaches only by these names of the global object, and that lack
// much. The engine copies the description of all properties of a prototype for each one that is
// added. So what these lack is added when the class is first touched: most cells touch none of
// them.
constexpr std::initializer_list<const char*> kLateClasses = {
#if V8_MAJOR_VERSION < 12
    kSetName,
#endif
#if V8_MAJOR_VERSION < 14
    kMapName,
    kUint8ArrayName,
    kWeakMapName,
#endif
};

// The late class that the holder is or is the prototype of; null: none.
const char* LateClassOf(Holder holder) {
  switch (holder) {
    case Holder::kMap:
    case Holder::kMapPrototype:
      return kMapName;
    case Holder::kSetPrototype:
      return kSetName;
    case Holder::kUint8Array:
    case Holder::kUint8ArrayPrototype:
      return kUint8ArrayName;
    case Holder::kWeakMapPrototype:
      return kWeakMapName;
    default:
      return nullptr;
  }
}

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

bool IsPrototype(Holder holder) {
  return holder == Holder::kIteratorPrototype || holder == Holder::kMapPrototype ||
         holder == Holder::kSetPrototype || holder == Holder::kUint8ArrayPrototype ||
         holder == Holder::kWeakMapPrototype;
}

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
      return Get(scope, global, kMapName, value);
    case Holder::kMapPrototype:
      return GetPrototype(scope, global, kMapName, value);
    case Holder::kObject:
      return Get(scope, global, "Object", value);
    case Holder::kPromise:
      return Get(scope, global, "Promise", value);
    case Holder::kRegExp:
      return Get(scope, global, "RegExp", value);
    case Holder::kSetPrototype:
      return GetPrototype(scope, global, kSetName, value);
    case Holder::kUint8Array:
      return Get(scope, global, kUint8ArrayName, value);
    case Holder::kUint8ArrayPrototype:
      return GetPrototype(scope, global, kUint8ArrayName, value);
    case Holder::kWeakMapPrototype:
      return GetPrototype(scope, global, kWeakMapName, value);
  }
  return false;
}

// Calls `use` with each entry and its holder. Neighbours in the table have one holder mostly.
template <typename Use>
bool ForEach(IsolateScope& scope, v8::Local<v8::Object> global, Use use) {
  v8::Local<v8::Object> holder;
  const WebGlobal* before = nullptr;
  for (const WebGlobal& entry : kGlobals) {
    const bool is_known = before != nullptr && entry.holder == before->holder;
    if (!is_known && !FindHolder(scope, global, entry.holder, holder)) return false;
    if (!use(entry, holder)) return false;
    before = &entry;
  }
  return true;
}

v8::Maybe<bool> Install(IsolateScope& scope, const WebGlobal& entry, v8::Local<v8::Object> holder) {
  const auto index = static_cast<uint32_t>(&entry - kGlobals);
  return holder->SetNativeDataProperty(scope.context(), Literal(scope, entry.name), Give, nullptr,
                                       v8::Integer::NewFromUnsigned(scope.isolate(), index),
                                       entry.attributes);
}

bool HasOwn(IsolateScope& scope, v8::Local<v8::Object> object, const char* name) {
  return object->HasOwnProperty(scope.context(), Literal(scope, name)).FromMaybe(true);
}

// Makes a late class an ordinary property, with what it has in newer engines. This is called again
// and again where the cell has frozen the global object.
void GiveLateClass(v8::Local<v8::Name> name, const v8::PropertyCallbackInfo<v8::Value>& info) {
  IsolateScope& scope = CellContext::From(info.GetIsolate()).scope();
  const v8::Local<v8::Context> context = scope.context();
  const v8::Local<v8::Object> global = context->Global();
  const v8::Local<v8::Object> found = info.Data().As<v8::Object>();
  info.GetReturnValue().Set(found);
  // Assigning makes it an ordinary property at its old place.
  LeavePending(global->Set(context, name, found));
  v8::Local<v8::Object> prototype;
  if (!Get(scope, found, "prototype", prototype)) return;
  for (const WebGlobal& entry : kGlobals) {
    const char* late_class = LateClassOf(entry.holder);
    if (late_class == nullptr || !name->StrictEquals(Literal(scope, late_class))) continue;
    const v8::Local<v8::Object> holder = IsPrototype(entry.holder) ? prototype : found;
    if (!HasOwn(scope, holder, entry.name)) LeavePending(Install(scope, entry, holder));
  }
}

}  // namespace

bool InstallWebGlobals(IsolateScope& scope, v8::Local<v8::Object> global) {
  const bool are_there =
      ForEach(scope, global, [&](const WebGlobal& entry, v8::Local<v8::Object> holder) {
        return LateClassOf(entry.holder) != nullptr ||
               Install(scope, entry, holder).FromMaybe(false);
      });
  if (!are_there) return false;
  for (const char* name : kLateClasses) {
    v8::Local<v8::Object> late_class;
    if (!Get(scope, global, name, late_class) ||
        !global
             ->SetNativeDataProperty(scope.context(), Literal(scope, name), GiveLateClass, nullptr,
                                     late_class, v8::DontEnum)
             .FromMaybe(false)) {
      return false;
    }
  }
  return true;
}

bool RemoveWebGlobals(IsolateScope& scope, v8::Local<v8::Object> global) {
  return ForEach(scope, global, [&](const WebGlobal& entry, v8::Local<v8::Object> holder) {
    return holder->Delete(scope.context(), Literal(scope, entry.name)).FromMaybe(false);
  });
}

}  // namespace codecell::isolate
