#include "isolate/globals/array_buffer_guard.h"

#include "isolate/exec/cell_context.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

bool Get(IsolateScope& scope, v8::Local<v8::Object> object, v8::Local<v8::Value> key,
         v8::Local<v8::Value>& value) {
  return object->Get(scope.context(), key).ToLocal(&value);
}

// new ArrayBuffer(length, options). The data holds the engine's ArrayBuffer and Reflect.construct.
void ConstructBuffer(const v8::FunctionCallbackInfo<v8::Value>& info) {
  IsolateScope& scope = CellContext::From(info.GetIsolate()).scope();
  if (!info.IsConstructCall()) {
    ThrowTypeError(scope, std::string_view("Constructor ArrayBuffer requires 'new'"));
    return;
  }
  v8::Local<v8::Value> max_length;
  if (info[1]->IsObject()) {
    if (!Get(scope, info[1].As<v8::Object>(), Literal(scope, "maxByteLength"), max_length)) return;
    if (!max_length->IsUndefined()) {
      ThrowRangeError(scope,
                      "ArrayBuffer: maxByteLength is not available in a cell; make a buffer of the "
                      "length you need, and another when it is too small");
      return;
    }
  }
  const v8::Local<v8::Object> data = info.Data().As<v8::Object>();
  v8::Local<v8::Value> construct;
  v8::Local<v8::Value> constructor;
  if (!Get(scope, data, v8::Integer::New(scope.isolate(), 0), constructor) ||
      !Get(scope, data, v8::Integer::New(scope.isolate(), 1), construct) ||
      !construct->IsFunction()) {
    return;
  }
  v8::Local<v8::Value> length = info[0];
  v8::Local<v8::Value> arguments[] = {constructor, v8::Array::New(scope.isolate(), &length, 1),
                                      info.NewTarget()};
  v8::Local<v8::Value> buffer;
  if (construct.As<v8::Function>()
          ->Call(scope.context(), v8::Undefined(scope.isolate()), 3, arguments)
          .ToLocal(&buffer)) {
    info.GetReturnValue().Set(buffer);
  }
}

void ReturnSpecies(const v8::FunctionCallbackInfo<v8::Value>& info) {
  info.GetReturnValue().Set(info.This());
}

// The statics and the prototype of the engine's constructor.
bool CopyStatics(IsolateScope& scope, v8::Local<v8::Object> from, v8::Local<v8::Function> to) {
  const v8::Local<v8::Context> context = scope.context();
  v8::Local<v8::Value> is_view;
  v8::Local<v8::Value> prototype;
  v8::Local<v8::Function> species;
  v8::Local<v8::Value> symbol;
  v8::Local<v8::Value> species_symbol;
  if (!Get(scope, from, Literal(scope, "isView"), is_view) ||
      !Get(scope, from, Literal(scope, "prototype"), prototype) || !prototype->IsObject() ||
      !Get(scope, context->Global(), Literal(scope, "Symbol"), symbol) || !symbol->IsObject() ||
      !Get(scope, symbol.As<v8::Object>(), Literal(scope, "species"), species_symbol) ||
      !species_symbol->IsSymbol() ||
      !v8::Function::New(context, ReturnSpecies, {}, 0, v8::ConstructorBehavior::kThrow)
           .ToLocal(&species)) {
    return false;
  }
  v8::PropertyDescriptor species_property(species, v8::Undefined(scope.isolate()));
  species_property.set_configurable(true);
  species_property.set_enumerable(false);
  v8::PropertyDescriptor prototype_property(prototype, false);
  return to->DefineOwnProperty(context, Literal(scope, "isView"), is_view, v8::DontEnum)
             .FromMaybe(false) &&
         to->DefineProperty(context, species_symbol.As<v8::Symbol>(), species_property)
             .FromMaybe(false) &&
         to->DefineProperty(context, Literal(scope, "prototype"), prototype_property)
             .FromMaybe(false) &&
         prototype.As<v8::Object>()
             ->DefineOwnProperty(context, Literal(scope, "constructor"), to, v8::DontEnum)
             .FromMaybe(false);
}

}  // namespace

bool GuardArrayBuffers(IsolateScope& scope, v8::Local<v8::Object> global) {
  const v8::Local<v8::Context> context = scope.context();
  const v8::Local<v8::String> name = Literal(scope, "ArrayBuffer");
  v8::Local<v8::Value> original;
  v8::Local<v8::Value> reflect;
  v8::Local<v8::Value> construct;
  v8::Local<v8::Function> guarded;
  if (!Get(scope, global, name, original) || !original->IsObject() ||
      !Get(scope, global, Literal(scope, "Reflect"), reflect) || !reflect->IsObject() ||
      !Get(scope, reflect.As<v8::Object>(), Literal(scope, "construct"), construct)) {
    return false;
  }
  v8::Local<v8::Value> fields[] = {original, construct};
  if (!v8::Function::New(context, ConstructBuffer, v8::Array::New(scope.isolate(), fields, 2), 1,
                         v8::ConstructorBehavior::kAllow)
           .ToLocal(&guarded)) {
    return false;
  }
  guarded->SetName(name);
  return CopyStatics(scope, original.As<v8::Object>(), guarded) &&
         global->DefineOwnProperty(context, name, guarded, v8::DontEnum).FromMaybe(false);
}

}  // namespace codecell::isolate
