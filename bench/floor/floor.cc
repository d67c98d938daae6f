// The least that cells could cost: creates and disposes bare isolates with a context each, the way
// codecell registers its own with Node's platform, with nothing of codecell around them.

#include <node.h>
#include <v8-platform.h>
#include <v8-version.h>
#include <v8.h>

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

namespace {

constexpr size_t kHeapBytes = size_t{256} * 1024 * 1024;  // codecell's default limit.

// So short a life has no need of the engine's tasks.
class NoTasks : public v8::TaskRunner {
 public:
  bool IdleTasksEnabled() override { return false; }
  bool NonNestableTasksEnabled() const override { return true; }
  bool NonNestableDelayedTasksEnabled() const override { return true; }

#if V8_MAJOR_VERSION >= 12
 protected:
  using Place = const v8::SourceLocation&;
  void PostTaskImpl(std::unique_ptr<v8::Task>, Place) override {}
  void PostNonNestableTaskImpl(std::unique_ptr<v8::Task>, Place) override {}
  void PostDelayedTaskImpl(std::unique_ptr<v8::Task>, double, Place) override {}
  void PostNonNestableDelayedTaskImpl(std::unique_ptr<v8::Task>, double, Place) override {}
  void PostIdleTaskImpl(std::unique_ptr<v8::IdleTask>, Place) override {}
#else
  void PostTask(std::unique_ptr<v8::Task>) override {}
  void PostNonNestableTask(std::unique_ptr<v8::Task>) override {}
  void PostDelayedTask(std::unique_ptr<v8::Task>, double) override {}
  void PostNonNestableDelayedTask(std::unique_ptr<v8::Task>, double) override {}
  void PostIdleTask(std::unique_ptr<v8::IdleTask>) override {}
#endif
};

class Delegate : public node::IsolatePlatformDelegate {
 public:
  virtual ~Delegate() = default;
  std::shared_ptr<v8::TaskRunner> GetForegroundTaskRunner() override { return tasks_; }
  bool IdleTasksEnabled() override { return false; }

 private:
  const std::shared_ptr<v8::TaskRunner> tasks_ = std::make_shared<NoTasks>();
};

void CreateAndDispose(node::MultiIsolatePlatform* platform) {
  Delegate delegate;
  const std::unique_ptr<v8::ArrayBuffer::Allocator> array_buffers(
      v8::ArrayBuffer::Allocator::NewDefaultAllocator());
  v8::Isolate* isolate = v8::Isolate::Allocate();
  platform->RegisterIsolate(isolate, &delegate);
  v8::Isolate::CreateParams params;
  params.array_buffer_allocator = array_buffers.get();
  params.constraints.ConfigureDefaultsFromHeapSize(0, kHeapBytes);
  v8::Isolate::Initialize(isolate, params);
  {
    const v8::Locker locker(isolate);
    const v8::Isolate::Scope entered(isolate);
    const v8::HandleScope handles(isolate);
    v8::Context::New(isolate);
  }
  // See PlatformLink::DisposeIsolate for the order.
#if NODE_MAJOR_VERSION >= 24
  isolate->Dispose();
  platform->UnregisterIsolate(isolate);
#else
  platform->UnregisterIsolate(isolate);
  isolate->Dispose();
#endif
}

// createAndDispose(isolates, threads): the seconds it took.
void Run(const v8::FunctionCallbackInfo<v8::Value>& info) {
  const v8::Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
  node::MultiIsolatePlatform* platform =
      node::GetMultiIsolatePlatform(node::GetCurrentEnvironment(context));
  const int isolates = info[0]->Int32Value(context).FromJust();
  const int thread_count = info[1]->Int32Value(context).FromJust();
  const auto started_at = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < thread_count; thread++) {
    const int share = isolates / thread_count + (thread < isolates % thread_count ? 1 : 0);
    threads.emplace_back([platform, share] {
      for (int i = 0; i < share; i++) CreateAndDispose(platform);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started_at;
  info.GetReturnValue().Set(elapsed.count());
}

}  // namespace

NODE_MODULE_INIT() {
  (void)module;
  NODE_SET_METHOD(exports, "createAndDispose", Run);
  (void)context;
}
