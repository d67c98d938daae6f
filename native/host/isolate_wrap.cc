#include "host/isolate_wrap.h"

#include <utility>

#include "base/moments.h"
#include "host/event_writer.h"
#include "host/read_options.h"
#include "host/tables.h"

namespace codecell::host {

namespace {

const char* NameOf(protocol::BeginResult result) {
  switch (result) {
    case protocol::BeginResult::kGone:
      return "gone";
    case protocol::BeginResult::kMaking:
      return "making";
    case protocol::BeginResult::kRunning:
      return "running";
  }
  return "";
}

}  // namespace

Napi::Function IsolateWrap::Define(Napi::Env env) {
  return DefineClass(env, "Isolate",
                     {InstanceMethod("begin", &IsolateWrap::Begin),
                      InstanceMethod("dismiss", &IsolateWrap::Dismiss),
                      InstanceMethod("resolveTool", &IsolateWrap::ResolveTool),
                      InstanceMethod("rejectTool", &IsolateWrap::RejectTool),
                      InstanceMethod("fireTimer", &IsolateWrap::FireTimer),
                      InstanceMethod("flush", &IsolateWrap::Flush),
                      InstanceMethod("terminate", &IsolateWrap::Terminate),
                      InstanceMethod("abandon", &IsolateWrap::Abandon),
                      InstanceMethod("cpuTimeMs", &IsolateWrap::CpuTimeMs),
                      InstanceMethod("usage", &IsolateWrap::Usage)});
}

IsolateWrap::IsolateWrap(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<IsolateWrap>(info), state_(AddonState::Of(info.Env())) {
  isolate_ =
      state_->Start(ReadIsolateOptions(info[0].As<Napi::Object>()), info[1].As<Napi::Function>());
  if (isolate_ != nullptr) return;
  Napi::Error error = Napi::Error::New(
      info.Env(), "the system has no thread to give for another cell; close some cells first");
  error.Set("code", Napi::String::New(info.Env(), "ERR_THREAD_START"));
  error.ThrowAsJavaScriptException();
}

Napi::Value IsolateWrap::Begin(const Napi::CallbackInfo& info) {
  base::Moments::Note(base::Moment::kCalled);
  protocol::CellOptions options{*CellSetupWrap::From(info[0]), ReadText(info[1]),
                                StoredValuesWrap::From(info[2]), ReadDeterministic(info[3])};
  const protocol::BeginResult result = isolate_ == nullptr
                                           ? protocol::BeginResult::kGone
                                           : state_->Begin(*isolate_, std::move(options));
  base::Moments::Note(base::Moment::kReturned);
  return Napi::String::New(info.Env(), NameOf(result));
}

void IsolateWrap::Dismiss(const Napi::CallbackInfo&) {
  if (isolate_ != nullptr) state_->Dismiss(*isolate_);
}

void IsolateWrap::ResolveTool(const Napi::CallbackInfo& info) {
  if (isolate_ == nullptr) return;
  base::Text result = ReadFlag(info[3]) ? ReadAscii(info[1]) : ReadText(info[1]);
  Send(protocol::ToolResolved{info[0].As<Napi::Number>().Uint32Value(), std::move(result),
                              ReadFlag(info[2])},
       info[4]);
}

void IsolateWrap::RejectTool(const Napi::CallbackInfo& info) {
  if (isolate_ == nullptr) return;
  Send(protocol::ToolRejected{info[0].As<Napi::Number>().Uint32Value(), ReadText(info[1])},
       info[2]);
}

void IsolateWrap::FireTimer(const Napi::CallbackInfo& info) {
  if (isolate_ == nullptr) return;
  Send(protocol::FireTimer{info[0].As<Napi::Number>().Uint32Value()}, info[1]);
}

void IsolateWrap::Send(protocol::Command command, Napi::Value now_ms) {
  if (now_ms.IsNumber()) state_->PostLater(*isolate_, protocol::AdvanceClock{ReadNumber(now_ms)});
  state_->Post(*isolate_, std::move(command));
}

void IsolateWrap::Flush(const Napi::CallbackInfo&) { state_->FlushEvents(); }

void IsolateWrap::Terminate(const Napi::CallbackInfo&) {
  if (isolate_ != nullptr && isolate_->thread != nullptr) isolate_->thread->Terminate();
}

void IsolateWrap::Abandon(const Napi::CallbackInfo&) {
  if (isolate_ != nullptr) state_->Abandon(*isolate_);
}

Napi::Value IsolateWrap::CpuTimeMs(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), isolate_ == nullptr ? 0 : isolate_->Usage().cpu_ms);
}

Napi::Value IsolateWrap::Usage(const Napi::CallbackInfo& info) {
  return UsageToNapi(info.Env(), isolate_ == nullptr ? protocol::Usage() : isolate_->Usage());
}

}  // namespace codecell::host
