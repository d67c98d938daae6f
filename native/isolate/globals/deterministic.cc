#include "isolate/globals/deterministic.h"

#include "isolate/exec/cell_context.h"
#include "isolate/globals/own_properties.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

// What shows when the engine collects memory.
constexpr const char* kUnpredictableGlobals[] = {"WeakRef", "FinalizationRegistry"};

void Random(const v8::FunctionCallbackInfo<v8::Value>& info) {
  info.GetReturnValue().Set(CellContext::From(info.GetIsolate()).ambient().NextFraction());
}

}  // namespace

bool MakeDeterministic(IsolateScope& scope, v8::Local<v8::Object> global) {
  for (const char* name : kUnpredictableGlobals) {
    if (global->Delete(scope.context(), Literal(scope, name)).IsNothing()) return false;
  }
  v8::Local<v8::Object> math;
  return GetObject(scope, global, "Math").ToLocal(&math) &&
         PutFunction(scope, math, "random", Random, {}, 0) &&
         MakeDateDeterministic(scope, global) && MakeFormatsDeterministic(scope, global) &&
         MakeTemporalDeterministic(scope, global);
}

}  // namespace codecell::isolate
