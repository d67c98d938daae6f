#include "host/cell_wrap.h"

#include <utility>

#include "host/event_writer.h"
#include "host/read_options.h"
#include "host/tables.h"

namespace codecell::host {

Napi::Function CellWrap::Define(Napi::Env env) {
  return DefineClass(
      env, "Cell",
      {InstanceMethod("begin", &CellWrap::Begin), InstanceMethod("dismiss", &CellWrap::Dismiss),
       InstanceMethod("resolveTool", &CellWrap::ResolveTool),
       InstanceMethod("rejectTool", &CellWrap::RejectTool),
       InstanceMethod("flush", &CellWrap::Flush), InstanceMethod("terminate", &CellWrap::Terminate),
       InstanceMethod("abandon", &CellWrap::Abandon),
       InstanceMethod("cpuTimeMs", &CellWrap::CpuTimeMs),
       InstanceMethod("usage", &CellWrap::Usage)});
}

CellWrap::CellWrap(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<CellWrap>(info), state_(AddonState::Of(info.Env())) {
  cell_ =
      state_->Start(ReadIsolateOptions(info[0].As<Napi::Object>()), info[1].As<Napi::Function>());
  if (cell_ != nullptr) return;
  Napi::Error error = Napi::Error::New(
      info.Env(), "the system has no thread to give for another cell; close some cells first");
  error.Set("code", Napi::String::New(info.Env(), "ERR_THREAD_START"));
  error.ThrowAsJavaScriptException();
}

Napi::Value CellWrap::Begin(const Napi::CallbackInfo& info) {
  protocol::CellOptions options = *CellSetupWrap::From(info[0]);
  options.source = ReadText(info[1]);
  options.stored = StoredValuesWrap::From(info[2]);
  const protocol::BeginResult result =
      cell_ == nullptr ? protocol::BeginResult::kGone : state_->Begin(*cell_, std::move(options));
  return Napi::Number::New(info.Env(), static_cast<int>(result));
}

void CellWrap::Dismiss(const Napi::CallbackInfo&) {
  if (cell_ != nullptr) state_->Dismiss(*cell_);
}

void CellWrap::ResolveTool(const Napi::CallbackInfo& info) {
  if (cell_ == nullptr) return;
  base::Text result = ReadFlag(info[3]) ? ReadAscii(info[1]) : ReadText(info[1]);
  state_->Post(*cell_, protocol::ToolResolved{info[0].As<Napi::Number>().Uint32Value(),
                                              std::move(result), ReadFlag(info[2])});
}

void CellWrap::RejectTool(const Napi::CallbackInfo& info) {
  if (cell_ == nullptr) return;
  state_->Post(*cell_,
               protocol::ToolRejected{info[0].As<Napi::Number>().Uint32Value(), ReadText(info[1])});
}

void CellWrap::Flush(const Napi::CallbackInfo&) { state_->FlushEvents(); }

void CellWrap::Terminate(const Napi::CallbackInfo&) {
  if (cell_ != nullptr && cell_->thread != nullptr) cell_->thread->Terminate();
}

void CellWrap::Abandon(const Napi::CallbackInfo&) {
  if (cell_ != nullptr) state_->Abandon(*cell_);
}

Napi::Value CellWrap::CpuTimeMs(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), cell_ == nullptr ? 0 : cell_->Usage().cpu_ms);
}

Napi::Value CellWrap::Usage(const Napi::CallbackInfo& info) {
  return UsageToNapi(info.Env(), cell_ == nullptr ? protocol::Usage() : cell_->Usage());
}

}  // namespace codecell::host
