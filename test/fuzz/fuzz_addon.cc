// What the fuzzer's addon exports instead of the product's; driver.mjs is its only user.
#include <napi.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/library_files.h"
#include "events_from_bytes.h"
#include "host/event_writer.h"
#include "host/read_options.h"
#include "host/tables.h"
#include "input.h"
#include "isolate/engine/engine_flags.h"
#include "isolate/engine/platform_link.h"
#include "protocol/wire.h"
#include "target.h"

// Of libFuzzer, which has no header.
extern "C" int LLVMFuzzerRunDriver(int* argc, char*** argv,
                                   int (*run)(const uint8_t* data, size_t size));

namespace codecell::fuzz {

namespace {

// libFuzzer counts these like the instrumented code's own. JavaScript is not instrumented; what a
// target in JavaScript returns says which way it went.
constexpr uint32_t kWays = 4096;
__attribute__((section("__libfuzzer_extra_counters"))) uint8_t g_ways[kWays];

std::function<void(std::span<const uint8_t>)> g_run;

int RunInput(const uint8_t* data, size_t size) {
  g_run({data, size});
  return 0;
}

std::function<void(std::span<const uint8_t>)> InJavaScript(Napi::Function target) {
  return [target](std::span<const uint8_t> bytes) {
    const Napi::Env env = target.Env();
    const Napi::HandleScope handles(env);
    const Napi::Value way =
        target.Call({Napi::Buffer<uint8_t>::Copy(env, bytes.data(), bytes.size())});
    if (env.IsExceptionPending()) {
      const Napi::Value thrown = env.GetAndClearPendingException().Value();
      const Napi::Value stack = thrown.IsObject() ? thrown.As<Napi::Object>().Get("stack") : thrown;
      const std::string text = stack.ToString().Utf8Value();
      std::fprintf(stderr, "\n%s\n", text.c_str());
      Expect(false, "a target throws nothing");
    }
    if (way.IsNumber()) g_ways[way.As<Napi::Number>().Uint32Value() % kWays] = 1;
  };
}

std::function<void(std::span<const uint8_t>)> Native(std::unique_ptr<Target> target) {
  return [shared = std::shared_ptr<Target>(std::move(target))](std::span<const uint8_t> bytes) {
    shared->Run(bytes);
  };
}

std::function<void(std::span<const uint8_t>)> FindTarget(const std::string& name,
                                                         Napi::Value given) {
  if (given.IsFunction()) return InJavaScript(given.As<Napi::Function>());
  std::string script = host::ReadUtf8(given);
  if (name == "codec") return Native(NewCodecTarget(std::move(script)));
  if (name == "helpers") return Native(NewHelpersTarget(std::move(script)));
  if (name == "source") return Native(NewSourceTarget());
  return nullptr;
}

// run(target, arguments, given): hands the thread to libFuzzer. `given` is the target where it is
// written in JavaScript, else what hostile-script.mjs makes. Returns after single inputs only;
// a fuzzing run ends the process.
Napi::Value Run(const Napi::CallbackInfo& info) {
  g_run = FindTarget(host::ReadUtf8(info[0]), info[2]);
  Expect(g_run != nullptr, "driver.mjs names a target there is");
  std::vector<std::string> arguments{"codecell"};
  const Napi::Array given = info[1].As<Napi::Array>();
  for (uint32_t i = 0; i < given.Length(); ++i) arguments.push_back(host::ReadUtf8(given[i]));
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  int count = static_cast<int>(arguments.size());
  char** first = pointers.data();
  // libFuzzer knows no SIGTRAP, by which the engine ends the process.
  signal(SIGTRAP, [](int) { abort(); });
  // libFuzzer leaves through exit(), whose destructors would run under the engine's threads.
  on_exit(
      [](int status, void*) {
        std::fflush(nullptr);
        _exit(status);
      },
      nullptr);
  const int status = LLVMFuzzerRunDriver(&count, &first, RunInput);
  g_run = nullptr;
  return Napi::Number::New(info.Env(), status);
}

Napi::Array ToArray(Napi::Env env, const std::vector<napi_value>& values) {
  Napi::Array array = Napi::Array::New(env);
  for (const napi_value value : values) array.Set(array.Length(), value);
  return array;
}

// writeEvents(bytes): the batch that events made from the bytes become, and what each should read
// as on the other side.
Napi::Value WriteEvents(const Napi::CallbackInfo& info) {
  const auto buffer = info[0].As<Napi::Buffer<uint8_t>>();
  Input input({buffer.Data(), buffer.Length()});
  host::EventWriter writer(info.Env());
  Napi::Array described = Napi::Array::New(info.Env());
  for (const protocol::Event& event : EventsFromBytes(input)) {
    writer.Write(event);
    // As a value: set as a string it would go through UTF-8.
    const napi_value text = Napi::String::New(info.Env(), Described(event));
    described.Set(described.Length(), text);
  }
  Napi::Object both = Napi::Object::New(info.Env());
  both.Set("batch", ToArray(info.Env(), writer.values()));
  both.Set("described", described);
  return both;
}

// writeFrames(bytes): the same events as frames, one after another.
Napi::Value WriteFrames(const Napi::CallbackInfo& info) {
  const auto buffer = info[0].As<Napi::Buffer<uint8_t>>();
  Input input({buffer.Data(), buffer.Length()});
  std::string frames;
  Napi::Array described = Napi::Array::New(info.Env());
  for (const protocol::Event& event : EventsFromBytes(input)) {
    protocol::AppendEvent(frames, event, {});
    const napi_value text = Napi::String::New(info.Env(), Described(event));
    described.Set(described.Length(), text);
  }
  Napi::Object both = Napi::Object::New(info.Env());
  both.Set("frames", Napi::Buffer<char>::Copy(info.Env(), frames.data(), frames.size()));
  both.Set("described", described);
  return both;
}

// readHostFrame(bytes): reads a frame as a cell's process does; the kind of its message and one, or
// 0.
Napi::Value ReadHostFrame(const Napi::CallbackInfo& info) {
  const auto buffer = info[0].As<Napi::Buffer<char>>();
  const auto message = protocol::ReadHostMessage({buffer.Data(), buffer.Length()});
  const size_t kind = message ? message->index() + 1 : 0;
  return Napi::Number::New(info.Env(), static_cast<double>(kind));
}

// readText(value): what a text reads as, sent back as a cell would.
Napi::Value ReadText(const Napi::CallbackInfo& info) {
  host::EventWriter writer(info.Env());
  writer.Write(protocol::TextOutput{host::ReadText(info[0])});
  return ToArray(info.Env(), writer.values());
}

// readOptions(object): reads a cell's options with their tables; the sizes it has read.
Napi::Value ReadOptions(const Napi::CallbackInfo& info) {
  const Napi::Object given = info[0].As<Napi::Object>();
  const std::shared_ptr<const protocol::CellSetup> read = host::ReadCellSetup(given);
  Napi::Array sizes = Napi::Array::New(info.Env());
  for (const size_t size :
       {read->limits.heap_bytes, read->limits.array_buffer_bytes, read->limits.output_bytes,
        read->limits.timers, host::ReadIsolateOptions(given).queued_bytes,
        host::ReadText(given.Get("source")).length(), read->tools->tools.size(),
        read->modules->size(), host::StoredValuesWrap::From(given.Get("stored"))->values.size()}) {
    sizes.Set(sizes.Length(), static_cast<double>(size));
  }
  return sizes;
}

// setWebFolder(folder): as the product's.
void SetWebFolder(const Napi::CallbackInfo& info) {
  base::LibraryFiles::SetFolder(host::ReadUtf8(info[0]));
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  isolate::SetEngineFlags();
  Expect(isolate::PlatformLink::Attach([] {}), "Node's platform takes other isolates");
  exports.Set("run", Napi::Function::New(env, Run, "run"));
  exports.Set("writeEvents", Napi::Function::New(env, WriteEvents, "writeEvents"));
  exports.Set("writeFrames", Napi::Function::New(env, WriteFrames, "writeFrames"));
  exports.Set("readHostFrame", Napi::Function::New(env, ReadHostFrame, "readHostFrame"));
  exports.Set("readText", Napi::Function::New(env, ReadText, "readText"));
  exports.Set("readOptions", Napi::Function::New(env, ReadOptions, "readOptions"));
  exports.Set("setWebFolder", Napi::Function::New(env, SetWebFolder, "setWebFolder"));
  exports.Set("ToolTable", host::ToolTableWrap::Define(env, "ToolTable"));
  exports.Set("ModuleTable", host::ModuleTableWrap::Define(env, "ModuleTable"));
  exports.Set("StoredValues", host::StoredValuesWrap::Define(env, "StoredValues"));
  return exports;
}

}  // namespace

NODE_API_MODULE(NODE_GYP_MODULE_NAME, Init)

}  // namespace codecell::fuzz
