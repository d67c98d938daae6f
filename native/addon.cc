#include <napi.h>

#include "base/library_files.h"
#include "base/moments.h"
#include "host/addon_state.h"
#include "host/isolate_wrap.h"
#include "host/read_options.h"
#include "host/sockets.h"
#include "host/tables.h"
#include "isolate/engine/engine_flags.h"
#include "isolate/engine/engine_version.h"
#include "isolate/engine/platform_link.h"
#include "isolate/thread/isolate_thread.h"

namespace codecell {

namespace {

using host::AddonState;

Napi::Value ThreadCount(const Napi::CallbackInfo& info) {
  const auto count = static_cast<double>(AddonState::Of(info.Env())->thread_count());
  return Napi::Number::New(info.Env(), count);
}

Napi::Value SpareCount(const Napi::CallbackInfo& info) {
  const auto count = static_cast<double>(AddonState::Of(info.Env())->spare_count());
  return Napi::Number::New(info.Env(), count);
}

Napi::Value OrphanCount(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), isolate::IsolateThread::orphan_count());
}

void NoteExitCode(const Napi::CallbackInfo& info) {
  AddonState::Of(info.Env())->NoteExitCode(info[0].As<Napi::Number>().Int32Value());
}

void SetWebFolder(const Napi::CallbackInfo& info) {
  base::LibraryFiles::SetFolder(host::ReadUtf8(info[0]));
}

void WatchMoments(const Napi::CallbackInfo& info) {
  base::Moments::Watch(info[0].As<Napi::Boolean>().Value());
}

Napi::Value MomentTimes(const Napi::CallbackInfo& info) {
  const base::MomentTimes times = base::Moments::Times();
  Napi::Array list = Napi::Array::New(info.Env(), times.size());
  for (uint32_t i = 0; i < times.size(); ++i) list.Set(i, times[i]);
  return list;
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  Napi::Object built_for = Napi::Object::New(env);
  built_for.Set("modules", isolate::PlatformLink::module_version());
  built_for.Set("v8", isolate::BuiltForEngineVersion());
  exports.Set("builtFor", built_for);
  // Node loads a Node-API addon without asking which engine it was built for; one built for another
  // must not come near this one.
  if (!isolate::IsBuiltForThisEngine()) return exports;
  isolate::SetEngineFlags();
  if (AddonState::Create(env) == nullptr) {
    Napi::Error::New(env, "codecell could not attach to this environment")
        .ThrowAsJavaScriptException();
    return exports;
  }
  exports.Set("heapBytes", static_cast<double>(isolate::PlatformLink::HostHeapBytes()));
  exports.Set("Isolate", host::IsolateWrap::Define(env));
  exports.Set("ToolTable", host::ToolTableWrap::Define(env, "ToolTable"));
  exports.Set("ModuleTable", host::ModuleTableWrap::Define(env, "ModuleTable"));
  exports.Set("StoredValues", host::StoredValuesWrap::Define(env, "StoredValues"));
  exports.Set("CellSetup", host::CellSetupWrap::Define(env, "CellSetup"));
  exports.Set("threadCount", Napi::Function::New(env, ThreadCount, "threadCount"));
  exports.Set("spareCount", Napi::Function::New(env, SpareCount, "spareCount"));
  exports.Set("orphanCount", Napi::Function::New(env, OrphanCount, "orphanCount"));
  exports.Set("noteExitCode", Napi::Function::New(env, NoteExitCode, "noteExitCode"));
  exports.Set("setWebFolder", Napi::Function::New(env, SetWebFolder, "setWebFolder"));
  exports.Set("watchMoments", Napi::Function::New(env, WatchMoments, "watchMoments"));
  exports.Set("momentTimes", Napi::Function::New(env, MomentTimes, "momentTimes"));
#ifdef __linux__
  host::DefineSockets(env, exports);
#endif
  return exports;
}

}  // namespace

NODE_API_MODULE(NODE_GYP_MODULE_NAME, Init)

}  // namespace codecell
