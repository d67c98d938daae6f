#include "isolate/globals/realm.h"

#include "isolate/exec/cell_context.h"
#include "isolate/globals/array_buffer_guard.h"
#include "isolate/globals/console.h"
#include "isolate/globals/deterministic.h"
#include "isolate/globals/eval_guard.h"
#include "isolate/globals/media.h"
#include "isolate/globals/output.h"
#include "isolate/globals/settled_stream.h"
#include "isolate/globals/tool_lookups.h"
#include "isolate/globals/tools_object.h"
#include "isolate/globals/web_globals.h"
#include "isolate/values/json_forms.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

struct Global {
  const char* name;
  v8::FunctionCallback callback;
  int length;
};

// In the order in which the cell's global object lists them.
constexpr Global kHelperGlobals[] = {
    {"clearTimeout", Timers::ClearTimeout, 1},
    {"setTimeout", Timers::SetTimeout, 2},
    {"text", OutputText, 1},
    {"content", OutputContent, 1},
    {"image", OutputImage, 2},
    {"audio", OutputAudio, 1},
    {"generatedImage", OutputGeneratedImage, 1},
    {"store", StoredOverlay::Store, 2},
    {"load", StoredOverlay::Load, 1},
    {"notify", Notify, 1},
    {"yield_control", YieldControl, 0},
    {"exit", Exit, 0},
    {"as_settled", AsSettled, 1},
    {"stream_settled", StreamSettled, 2},
    {"search_tools", SearchTools, 2},
    {"describe_tool", DescribeTool, 1},
};

// Globals that would pass the cell's limits, or need something a cell does not have.
constexpr const char* kHiddenGlobals[] = {"console", "WebAssembly", "SharedArrayBuffer", "Atomics"};

bool TakeAway(IsolateScope& scope, v8::Local<v8::Object> global) {
  for (const char* name : kHiddenGlobals) {
    if (global->Delete(scope.context(), Literal(scope, name)).IsNothing()) return false;
  }
  return true;
}

bool InstallHelpers(IsolateScope& scope, v8::Local<v8::Object> global) {
  const v8::Local<v8::Context> context = scope.context();
  HelperFunctions& helpers = CellContext::From(scope.isolate()).helpers();
  for (const Global& helper : kHelperGlobals) {
    v8::Local<v8::Function> function;
    if (!v8::Function::New(context, helper.callback, {}, helper.length,
                           v8::ConstructorBehavior::kThrow)
             .ToLocal(&function)) {
      return false;
    }
    const v8::Local<v8::String> name = Literal(scope, helper.name);
    function->SetName(name);
    if (global->CreateDataProperty(context, name, function).IsNothing()) return false;
    helpers.Keep(scope, helper.name, function);
  }
  return true;
}

void GiveListing(v8::Local<v8::Name>, const v8::PropertyCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  v8::Local<v8::Array> listing;
  if (cell.tools().Listing(cell.scope()).ToLocal(&listing)) info.GetReturnValue().Set(listing);
}

// Made when it is first touched: most programs have no use for it.
void GiveConsole(v8::Local<v8::Name>, const v8::PropertyCallbackInfo<v8::Value>& info) {
  v8::Local<v8::Object> console;
  if (NewConsole(CellContext::From(info.GetIsolate()).scope()).ToLocal(&console)) {
    info.GetReturnValue().Set(console);
  }
}

}  // namespace

bool Realm::Create(IsolateScope& scope) {
  const v8::Local<v8::Context> context = v8::Context::New(scope.isolate());
  if (context.IsEmpty()) return false;
  GuardEval(scope, context);
  const v8::Context::Scope entered(context);
  const v8::Local<v8::Object> global = context->Global();
  v8::Local<v8::Object> tools;
  if (!TakeAway(scope, global) || !InstallJsonForms(scope, context) ||
      !GuardArrayBuffers(scope, global) || !NewToolsObject(scope).ToLocal(&tools) ||
      global->CreateDataProperty(context, Literal(scope, "tools"), tools).IsNothing() ||
      global->SetLazyDataProperty(context, Literal(scope, "ALL_TOOLS"), GiveListing).IsNothing() ||
      !InstallHelpers(scope, global) || !InstallWebGlobals(scope, global)) {
    return false;
  }
  context_.Reset(scope.isolate(), context);
  return true;
}

bool Realm::Begin(IsolateScope& scope, const protocol::CellOptions& options) {
  const protocol::CellSetup& setup = options.setup;
  NameEvalLimit(scope, setup.limits.eval_bytes);
  const v8::Local<v8::Object> global = scope.context()->Global();
  if (setup.web_globals == protocol::WebGlobals::kNone && !RemoveWebGlobals(scope, global)) {
    return false;
  }
  if (options.deterministic && !MakeDeterministic(scope, global)) return false;
  if (setup.console == protocol::Console::kOff) return true;
  return global->SetLazyDataProperty(scope.context(), Literal(scope, "console"), GiveConsole)
      .FromMaybe(false);
}

}  // namespace codecell::isolate
