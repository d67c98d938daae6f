#include "isolate/exec/cell_context.h"
#include "isolate/globals/deterministic.h"
#include "isolate/globals/own_properties.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

// What is formatted: the argument, or where there is none the cell's time.
v8::Local<v8::Value> GivenOrNow(CellContext& cell,
                                const v8::FunctionCallbackInfo<v8::Value>& info) {
  if (!info[0]->IsUndefined()) return info[0];
  return v8::Number::New(info.GetIsolate(), cell.ambient().WallMs());
}

void CallOriginal(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  v8::Local<v8::Value> value = GivenOrNow(cell, info);
  v8::Local<v8::Value> result;
  if (info.Data()
          .As<v8::Function>()
          ->Call(cell.scope().context(), info.This(), 1, &value)
          .ToLocal(&result)) {
    info.GetReturnValue().Set(result);
  }
}

// The getter `format`. The function that it gives belongs to its formatter, and is the same each
// time; so is the one around it.
void GetFormat(const v8::FunctionCallbackInfo<v8::Value>& info) {
  IsolateScope& scope = CellContext::From(info.GetIsolate()).scope();
  const v8::Local<v8::Context> context = scope.context();
  v8::Local<v8::Value> bound;
  if (!info.Data().As<v8::Function>()->Call(context, info.This(), 0, nullptr).ToLocal(&bound) ||
      !bound->IsFunction()) {
    return;
  }
  const v8::Local<v8::Private> key =
      v8::Private::ForApi(scope.isolate(), Literal(scope, "codecell.format"));
  v8::Local<v8::Value> known;
  if (!bound.As<v8::Object>()->GetPrivate(context, key).ToLocal(&known)) return;
  if (known->IsFunction()) {
    info.GetReturnValue().Set(known);
    return;
  }
  v8::Local<v8::Function> made;
  if (v8::Function::New(context, CallOriginal, bound, 1, v8::ConstructorBehavior::kThrow)
          .ToLocal(&made) &&
      bound.As<v8::Object>()->SetPrivate(context, key, made).FromMaybe(false)) {
    info.GetReturnValue().Set(made);
  }
}

bool ReplaceFormat(IsolateScope& scope, v8::Local<v8::Object> prototype) {
  const v8::Local<v8::Context> context = scope.context();
  const v8::Local<v8::String> name = Literal(scope, "format");
  v8::Local<v8::Value> property;
  v8::Local<v8::Function> getter;
  v8::Local<v8::Function> made;
  if (!prototype->GetOwnPropertyDescriptor(context, name).ToLocal(&property) ||
      !property->IsObject() ||
      !GetFunction(scope, property.As<v8::Object>(), "get").ToLocal(&getter) ||
      !v8::Function::New(context, GetFormat, getter, 0, v8::ConstructorBehavior::kThrow)
           .ToLocal(&made)) {
    return false;
  }
  made->SetName(Literal(scope, "get format"));
  v8::PropertyDescriptor accessor(made, v8::Undefined(scope.isolate()));
  accessor.set_enumerable(false);
  accessor.set_configurable(true);
  return prototype->DefineProperty(context, name, accessor).FromMaybe(false);
}

}  // namespace

bool MakeFormatsDeterministic(IsolateScope& scope, v8::Local<v8::Object> global) {
  v8::Local<v8::Object> intl;
  // An engine may be built without it.
  if (!GetObject(scope, global, "Intl").ToLocal(&intl)) return true;
  v8::Local<v8::Object> format;
  v8::Local<v8::Object> prototype;
  v8::Local<v8::Function> to_parts;
  return GetObject(scope, intl, "DateTimeFormat").ToLocal(&format) &&
         GetObject(scope, format, "prototype").ToLocal(&prototype) &&
         GetFunction(scope, prototype, "formatToParts").ToLocal(&to_parts) &&
         PutFunction(scope, prototype, "formatToParts", CallOriginal, to_parts, 1) &&
         ReplaceFormat(scope, prototype);
}

}  // namespace codecell::isolate
