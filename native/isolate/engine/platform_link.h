#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace v8 {
class Isolate;
class TaskRunner;
}  // namespace v8

namespace codecell::isolate {

// The platform of the process, which every isolate must be registered with: Node's, or where Node
// does not run, ours. The only file that uses Node's C++ interface.
class PlatformLink {
 public:
  // Host thread, at load, in every environment: finds the platform, and has `at_exit` called before
  // the environment goes away, on natural exit and on process.exit alike. False: this process's
  // platform is not one that other isolates can be registered with.
  static bool Attach(std::function<void()> at_exit);

  // Where Node does not run, before the first isolate: `announce` is told of each isolate and where
  // its tasks go.
  using Announce = void (*)(v8::Isolate* isolate, std::shared_ptr<v8::TaskRunner> runner);
  static void UseOwnPlatform(Announce announce);

  // Isolate thread. Between Register and Dispose the platform sends the isolate's tasks to
  // `runner`.
  PlatformLink(v8::Isolate* isolate, std::shared_ptr<v8::TaskRunner> runner);
  PlatformLink(const PlatformLink&) = delete;
  PlatformLink& operator=(const PlatformLink&) = delete;
  ~PlatformLink();

  // Isolate thread, last of all: unregisters the isolate and frees it.
  void DisposeIsolate();

  // Host thread. Bytes the heap of the engine that runs this thread's JavaScript may have.
  static size_t HostHeapBytes();

  // The version of Node's binary interface (NODE_MODULE_VERSION) this addon was compiled for.
  static int module_version();

 private:
  class Delegate;

  v8::Isolate* const isolate_;
  const std::unique_ptr<Delegate> delegate_;
};

}  // namespace codecell::isolate
