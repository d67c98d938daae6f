#include "zygote/engine_platform.h"

#include <libplatform/libplatform.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/thread.h"

namespace codecell::zygote {

namespace {

// The engine's compilers and collectors recurse little.
constexpr size_t kWorkerStackBytes = size_t{2} << 20;

}  // namespace

EnginePlatform& EnginePlatform::Get() {
  static auto& platform = *new EnginePlatform();
  return platform;
}

EnginePlatform::EnginePlatform() : pages_(v8::platform::NewSingleThreadedDefaultPlatform()) {}

void EnginePlatform::RunPosted() {
  for (;;) {
    std::unique_ptr<v8::Task> task;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      task = TakeDue(base::Clock::time_point::max());
    }
    if (task == nullptr) return;
    task->Run();
  }
}

void EnginePlatform::AllowThreads() {
  const std::lock_guard<std::mutex> lock(mutex_);
  may_start_ = true;
  if (!waiting_.empty()) StartThreads();
}

void EnginePlatform::Post(std::unique_ptr<v8::Task> task, double delay_s) {
  const std::lock_guard<std::mutex> lock(mutex_);
  waiting_.push_back({base::After(base::Clock::now(), delay_s * 1000), std::move(task)});
  if (may_start_ && !has_threads_) StartThreads();
  changed_.NotifyOne();
}

// Under the lock.
void EnginePlatform::StartThreads() {
  has_threads_ = true;
  for (int i = 0; i < kThreads; ++i) {
    const std::unique_ptr<base::Thread> thread =
        base::Thread::Start(kWorkerStackBytes, [this] { Serve(); });
    // Without a thread the engine's own does the work.
    if (thread != nullptr) thread->Detach();
  }
}

void EnginePlatform::Serve() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    std::unique_ptr<v8::Task> task = TakeDue(base::Clock::now());
    if (task != nullptr) {
      lock.unlock();
      task->Run();
      task.reset();
      lock.lock();
    } else if (waiting_.empty()) {
      changed_.WaitOnce(lock);
    } else {
      const auto earliest = std::min_element(
          waiting_.begin(), waiting_.end(),
          [](const Entry& one, const Entry& other) { return one.due < other.due; });
      changed_.WaitOnceUntil(lock, base::Clock::time_point(earliest->due));
    }
  }
}

std::unique_ptr<v8::Task> EnginePlatform::TakeDue(base::Clock::time_point now) {
  const auto found = std::find_if(waiting_.begin(), waiting_.end(),
                                  [now](const Entry& entry) { return entry.due <= now; });
  if (found == waiting_.end()) return nullptr;
  std::unique_ptr<v8::Task> task = std::move(found->task);
  waiting_.erase(found);
  return task;
}

#if V8_MAJOR_VERSION >= 12

std::unique_ptr<v8::JobHandle> EnginePlatform::CreateJobImpl(v8::TaskPriority priority,
                                                             std::unique_ptr<v8::JobTask> task,
                                                             const v8::SourceLocation&) {
  return v8::platform::NewDefaultJobHandle(this, priority, std::move(task), kThreads);
}

#else

std::unique_ptr<v8::JobHandle> EnginePlatform::CreateJob(v8::TaskPriority priority,
                                                         std::unique_ptr<v8::JobTask> task) {
  return v8::platform::NewDefaultJobHandle(this, priority, std::move(task), kThreads);
}

#endif

}  // namespace codecell::zygote
