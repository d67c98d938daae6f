#include "isolate/engine/platform_link.h"

#include <node.h>
#include <v8.h>

#include <atomic>
#include <utility>

#include "base/process.h"

namespace codecell::isolate {

namespace {

// Written at load, by every environment with the same value.
std::atomic<node::MultiIsolatePlatform*> g_platform{nullptr};
// Null: Node runs. Written before the first isolate.
PlatformLink::Announce g_announce = nullptr;

// node::MultiIsolatePlatform::DisposeIsolate(v8::Isolate*), as the compiler writes it.
#if defined(_WIN32)
constexpr const char* kDisposeIsolate =
    "?DisposeIsolate@MultiIsolatePlatform@node@@QEAAXPEAVIsolate@v8@@@Z";
#else
constexpr const char* kDisposeIsolate =
    "_ZN4node20MultiIsolatePlatform14DisposeIsolateEPN2v87IsolateE";
#endif

using DisposeThroughPlatform = void (*)(node::MultiIsolatePlatform*, v8::Isolate*);

// Not every 24.x exports it, and a missing symbol would otherwise stop the process at the call.
DisposeThroughPlatform FindDisposeThroughPlatform() {
#if NODE_MAJOR_VERSION >= 24
  return reinterpret_cast<DisposeThroughPlatform>(base::FindExport(kDisposeIsolate));
#else
  return nullptr;
#endif
}

}  // namespace

class PlatformLink::Delegate : public node::IsolatePlatformDelegate {
 public:
  explicit Delegate(std::shared_ptr<v8::TaskRunner> runner) : runner_(std::move(runner)) {}
  virtual ~Delegate() = default;

  std::shared_ptr<v8::TaskRunner> GetForegroundTaskRunner() override { return runner_; }
  bool IdleTasksEnabled() override { return false; }

 private:
  const std::shared_ptr<v8::TaskRunner> runner_;
};

bool PlatformLink::Attach(std::function<void()> at_exit) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  const v8::HandleScope handles(isolate);
  node::Environment* environment = node::GetCurrentEnvironment(isolate->GetCurrentContext());
  if (environment == nullptr) return false;
  node::MultiIsolatePlatform* platform = node::GetMultiIsolatePlatform(environment);
  if (platform == nullptr) return false;
  g_platform = platform;
  auto callback = std::make_unique<std::function<void()>>(std::move(at_exit));
  node::AtExit(
      environment,
      [](void* data) {
        const std::unique_ptr<std::function<void()>> call(
            static_cast<std::function<void()>*>(data));
        (*call)();
      },
      callback.release());
  return true;
}

void PlatformLink::UseOwnPlatform(Announce announce) { g_announce = announce; }

PlatformLink::PlatformLink(v8::Isolate* isolate, std::shared_ptr<v8::TaskRunner> runner)
    : isolate_(isolate), delegate_(std::make_unique<Delegate>(runner)) {
  if (g_announce != nullptr) {
    g_announce(isolate, std::move(runner));
    return;
  }
  g_platform.load()->RegisterIsolate(isolate_, delegate_.get());
}

PlatformLink::~PlatformLink() = default;

void PlatformLink::DisposeIsolate() {
  if (g_announce != nullptr) {
    isolate_->Dispose();
    return;
  }
  static const DisposeThroughPlatform dispose_through_platform = FindDisposeThroughPlatform();
  if (dispose_through_platform != nullptr) {
    dispose_through_platform(g_platform, isolate_);
    return;
  }
#if NODE_MAJOR_VERSION >= 24
  // The engine asks for the isolate's task runner while it is being disposed.
  isolate_->Dispose();
  g_platform.load()->UnregisterIsolate(isolate_);
#else
  // The order Node's own workers keep: once freed, the address may belong to another isolate.
  g_platform.load()->UnregisterIsolate(isolate_);
  isolate_->Dispose();
#endif
}

size_t PlatformLink::HostHeapBytes() {
  v8::HeapStatistics statistics;
  v8::Isolate::GetCurrent()->GetHeapStatistics(&statistics);
  return statistics.heap_size_limit();
}

int PlatformLink::module_version() { return NODE_MODULE_VERSION; }

}  // namespace codecell::isolate
