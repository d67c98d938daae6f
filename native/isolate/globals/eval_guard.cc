#include "isolate/globals/eval_guard.h"

#include <string>

#include "isolate/exec/cell_context.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

v8::ModifyCodeGenerationFromStringsResult Admit(v8::Local<v8::Context>, v8::Local<v8::Value> source,
                                                bool) {
  const size_t limit = CellContext::From(v8::Isolate::GetCurrent()).limits().eval_bytes;
  v8::ModifyCodeGenerationFromStringsResult result;
  result.codegen_allowed = !source->IsString() || SizeOf(source.As<v8::String>()) <= limit;
  return result;
}

}  // namespace

void GuardEval(IsolateScope& scope, v8::Local<v8::Context> context) {
  scope.isolate()->SetModifyCodeGenerationFromStringsCallback(Admit);
  context->AllowCodeGenerationFromStrings(false);  // Ask each time.
}

void NameEvalLimit(IsolateScope& scope, size_t limit_bytes) {
  scope.context()->SetErrorMessageForCodeGenerationFromStrings(
      Literal(scope, "a source given to eval or a function constructor may be at most " +
                         std::to_string(limit_bytes) + " bytes long (limits.evalBytes)"));
}

}  // namespace codecell::isolate
