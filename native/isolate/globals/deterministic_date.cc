#include <vector>

#include "isolate/exec/cell_context.h"
#include "isolate/globals/deterministic.h"
#include "isolate/globals/own_properties.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

// Of the data of ConstructDate.
enum DateData : uint32_t { kDate, kReflectConstruct, kToString };

v8::Local<v8::Number> Now(CellContext& cell) {
  return v8::Number::New(cell.scope().isolate(), cell.ambient().WallMs());
}

void GiveNow(const v8::FunctionCallbackInfo<v8::Value>& info) {
  info.GetReturnValue().Set(Now(CellContext::From(info.GetIsolate())));
}

// Date(…) and new Date(…): what they are without a time, they are of the cell's.
void ConstructDate(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  IsolateScope& scope = cell.scope();
  const v8::Local<v8::Function> date = FunctionIn(scope, info.Data(), kDate);
  std::vector<v8::Local<v8::Value>> arguments;
  for (int i = 0; info.IsConstructCall() && i < info.Length(); ++i) arguments.push_back(info[i]);
  if (arguments.empty()) arguments.emplace_back(Now(cell));
  v8::Local<v8::Value> new_target = date;
  if (info.IsConstructCall()) new_target = info.NewTarget();
  v8::Local<v8::Value> values[] = {
      date, v8::Array::New(scope.isolate(), arguments.data(), arguments.size()), new_target};
  v8::Local<v8::Value> made;
  if (!FunctionIn(scope, info.Data(), kReflectConstruct)
           ->Call(scope.context(), v8::Undefined(scope.isolate()), 3, values)
           .ToLocal(&made)) {
    return;
  }
  if (!info.IsConstructCall() && !FunctionIn(scope, info.Data(), kToString)
                                      ->Call(scope.context(), made, 0, nullptr)
                                      .ToLocal(&made)) {
    return;
  }
  info.GetReturnValue().Set(made);
}

bool CopyStatics(IsolateScope& scope, v8::Local<v8::Function> from, v8::Local<v8::Function> to) {
  const v8::Local<v8::Context> context = scope.context();
  if (!PutFunction(scope, to, "now", GiveNow, {}, 0)) return false;
  for (const char* name : {"parse", "UTC"}) {
    v8::Local<v8::Function> function;
    if (!GetFunction(scope, from, name).ToLocal(&function) ||
        !to->DefineOwnProperty(context, Literal(scope, name), function, v8::DontEnum)
             .FromMaybe(false)) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool MakeDateDeterministic(IsolateScope& scope, v8::Local<v8::Object> global) {
  const v8::Local<v8::Context> context = scope.context();
  constexpr int kParameters = 7;
  v8::Local<v8::Function> original;
  v8::Local<v8::Object> prototype;
  v8::Local<v8::Function> to_string;
  v8::Local<v8::Object> reflect;
  v8::Local<v8::Function> construct;
  v8::Local<v8::Function> made;
  if (!GetFunction(scope, global, "Date").ToLocal(&original) ||
      !GetObject(scope, original, "prototype").ToLocal(&prototype) ||
      !GetFunction(scope, prototype, "toString").ToLocal(&to_string) ||
      !GetObject(scope, global, "Reflect").ToLocal(&reflect) ||
      !GetFunction(scope, reflect, "construct").ToLocal(&construct) ||
      !v8::Function::New(context, ConstructDate, ListOf(scope, {original, construct, to_string}),
                         kParameters, v8::ConstructorBehavior::kAllow)
           .ToLocal(&made)) {
    return false;
  }
  const v8::Local<v8::String> name = Literal(scope, "Date");
  made->SetName(name);
  v8::PropertyDescriptor fixed(prototype, false);
  return CopyStatics(scope, original, made) &&
         made->DefineProperty(context, Literal(scope, "prototype"), fixed).FromMaybe(false) &&
         prototype->DefineOwnProperty(context, Literal(scope, "constructor"), made, v8::DontEnum)
             .FromMaybe(false) &&
         global->DefineOwnProperty(context, name, made, v8::DontEnum).FromMaybe(false);
}

}  // namespace codecell::isolate
