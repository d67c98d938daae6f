#pragma once

#include <napi.h>

#include <memory>

#include "host/addon_state.h"

namespace codecell::host {

// The JS class `Isolate` of binding.d.ts.
class IsolateWrap : public Napi::ObjectWrap<IsolateWrap> {
 public:
  static Napi::Function Define(Napi::Env env);

  explicit IsolateWrap(const Napi::CallbackInfo& info);

 private:
  Napi::Value Begin(const Napi::CallbackInfo& info);
  void Dismiss(const Napi::CallbackInfo& info);
  void ResolveTool(const Napi::CallbackInfo& info);
  void RejectTool(const Napi::CallbackInfo& info);
  void FireTimer(const Napi::CallbackInfo& info);
  void Flush(const Napi::CallbackInfo& info);
  void Terminate(const Napi::CallbackInfo& info);
  void Abandon(const Napi::CallbackInfo& info);
  Napi::Value CpuTimeMs(const Napi::CallbackInfo& info);
  Napi::Value Usage(const Napi::CallbackInfo& info);

  // Sends the cell a command, and before it the time that comes with it, if its clock is ours.
  void Send(protocol::Command command, Napi::Value now_ms);

  std::shared_ptr<AddonState> state_;
  std::shared_ptr<LiveIsolate> isolate_;  // Null: it could not be started.
};

}  // namespace codecell::host
