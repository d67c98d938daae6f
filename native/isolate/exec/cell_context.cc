#include "isolate/exec/cell_context.h"

#include <optional>
#include <utility>

#include "isolate/engine/isolate_slots.h"
#include "isolate/exec/cell_link.h"
#include "isolate/values/exception.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

CellContext::CellContext(IsolateScope& scope, CellLink& link)
    : scope_(scope),
      link_(link),
      options_(link.options),
      terminator_(link.terminator),
      outbox_(*link.sink, link.backlog, link.options.setup.limits),
      tools_(*this),
      stored_(link.options.setup.limits),
      timers_(ambient_, outbox_),
      synthetic_modules_(*this),
      modules_(*this),
      program_(*this) {
  v8::Isolate* isolate = scope.isolate();
  isolate->SetData(kContextSlot, this);
  isolate->SetPromiseRejectCallback(Rejections::OnReject);
  isolate->SetHostImportModuleDynamicallyCallback(ModuleLoader::ImportDynamically);
  terminator_.Attach(scope);
}

CellContext::~CellContext() {
  terminator_.Detach(scope_);
  timers_.Reset();
  tools_.Reset();
  rejections_.Reset();
  modules_.Reset();
  synthetic_modules_.Reset();
  helpers_.Reset();
  web_.Reset();
  scope_.isolate()->SetData(kContextSlot, nullptr);
}

CellContext& CellContext::From(v8::Isolate* isolate) {
  return *static_cast<CellContext*>(isolate->GetData(kContextSlot));
}

void CellContext::Begin() {
  ambient_.Begin(options_.deterministic);
  outbox_.Open();
  stored_.Begin(options_.stored);
  tools_.Begin(options_.setup.tools);
}

void CellContext::StopHere(const Stop& why) {
  link_.Terminate(why);
  StopNow();
}

void CellContext::StopNow() {
  scope_.isolate()
      ->TerminateExecution();  // Deferrals do not matter here: the cell's code is running.
  // The engine looks at the request when code is entered. Entering some makes it take effect before
  // the caller's next statement.
  const v8::Local<v8::Context> context = scope_.context();
  v8::Local<v8::Script> nothing;
  if (v8::Script::Compile(context, Literal(scope_, "0")).ToLocal(&nothing)) {
    LeavePending(nothing->Run(context));
  }
}

void CellContext::NoteUncaught(const v8::TryCatch& caught) {
  if (!uncaught_ && caught.HasCaught() && caught.CanContinue()) {
    uncaught_ = TakeError(scope_, caught, options_.source);
  }
}

void CellContext::NoteUncaught(v8::Local<v8::Value> thrown) {
  if (!uncaught_ && !stopping()) uncaught_ = DescribeThrown(scope_, thrown, options_.source);
}

bool CellContext::AdmitOutput(OutputKind kind, size_t bytes) {
  const std::optional<Stop> passed = outbox_.Admit(kind, bytes);
  if (passed) StopHere(*passed);
  return !passed;
}

bool CellContext::CopyOutput(OutputKind kind, v8::Local<v8::String> string, base::Text& text) {
  if (!AdmitOutput(kind, SizeOf(string))) return false;
  text = ToText(scope_, string);
  return true;
}

bool CellContext::SendText(v8::Local<v8::String> string) {
  base::Text text;
  if (!CopyOutput(OutputKind::kItem, string, text)) return false;
  const size_t bytes = text.size_bytes();
  outbox_.Send(protocol::TextOutput{std::move(text)}, bytes);
  return true;
}

}  // namespace codecell::isolate
