#include "isolate/globals/own_properties.h"

#include <vector>

#include "isolate/values/strings.h"

namespace codecell::isolate {

v8::MaybeLocal<v8::Object> GetObject(IsolateScope& scope, v8::Local<v8::Object> object,
                                     std::string_view name) {
  v8::Local<v8::Value> value;
  if (!object->Get(scope.context(), Literal(scope, name)).ToLocal(&value) || !value->IsObject()) {
    return {};
  }
  return value.As<v8::Object>();
}

v8::MaybeLocal<v8::Function> GetFunction(IsolateScope& scope, v8::Local<v8::Object> object,
                                         std::string_view name) {
  v8::Local<v8::Object> value;
  if (!GetObject(scope, object, name).ToLocal(&value) || !value->IsFunction()) return {};
  return value.As<v8::Function>();
}

bool PutFunction(IsolateScope& scope, v8::Local<v8::Object> object, std::string_view name,
                 v8::FunctionCallback callback, v8::Local<v8::Value> data, int length) {
  v8::Local<v8::Function> function;
  if (!v8::Function::New(scope.context(), callback, data, length, v8::ConstructorBehavior::kThrow)
           .ToLocal(&function)) {
    return false;
  }
  const v8::Local<v8::String> key = Literal(scope, name);
  function->SetName(key);
  return object->DefineOwnProperty(scope.context(), key, function, v8::DontEnum).FromMaybe(false);
}

v8::Local<v8::Array> ListOf(IsolateScope& scope,
                            std::initializer_list<v8::Local<v8::Value>> values) {
  std::vector<v8::Local<v8::Value>> list(values);
  return v8::Array::New(scope.isolate(), list.data(), list.size());
}

v8::Local<v8::Function> FunctionIn(IsolateScope& scope, v8::Local<v8::Value> list, uint32_t index) {
  return list.As<v8::Array>()->Get(scope.context(), index).ToLocalChecked().As<v8::Function>();
}

}  // namespace codecell::isolate
