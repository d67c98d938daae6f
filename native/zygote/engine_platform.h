#pragma once

#include <v8-platform.h>
#include <v8-version.h>

#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "base/condition.h"

namespace codecell::zygote {

// The engine's platform in the helper and its children. Threads do not survive a fork, so the
// helper has none: what the engine posts for other threads waits, and RunPosted() runs it. In a
// child the first task starts the threads.
class EnginePlatform final : public v8::Platform {
 public:
  // The one of this process; made by the first call, never destroyed.
  static EnginePlatform& Get();

  // Main thread, before the isolate is initialized: where its foreground tasks go.
  void SetForeground(std::shared_ptr<v8::TaskRunner> runner) { foreground_ = std::move(runner); }

  // Helper. Runs what waits for a thread.
  void RunPosted();
  // Child. From here on there are threads.
  void AllowThreads();

  v8::PageAllocator* GetPageAllocator() override { return pages_->GetPageAllocator(); }
  int NumberOfWorkerThreads() override { return kThreads; }
  double MonotonicallyIncreasingTime() override { return pages_->MonotonicallyIncreasingTime(); }
  double CurrentClockTimeMillis() override { return pages_->CurrentClockTimeMillis(); }
  v8::TracingController* GetTracingController() override { return &tracing_; }

#if V8_MAJOR_VERSION >= 12
  std::shared_ptr<v8::TaskRunner> GetForegroundTaskRunner(v8::Isolate*, v8::TaskPriority) override {
    return foreground_;
  }

 protected:
  std::unique_ptr<v8::JobHandle> CreateJobImpl(v8::TaskPriority priority,
                                               std::unique_ptr<v8::JobTask> task,
                                               const v8::SourceLocation&) override;
  void PostTaskOnWorkerThreadImpl(v8::TaskPriority, std::unique_ptr<v8::Task> task,
                                  const v8::SourceLocation&) override {
    Post(std::move(task), 0);
  }
  void PostDelayedTaskOnWorkerThreadImpl(v8::TaskPriority, std::unique_ptr<v8::Task> task,
                                         double delay_s, const v8::SourceLocation&) override {
    Post(std::move(task), delay_s);
  }
#else
  std::shared_ptr<v8::TaskRunner> GetForegroundTaskRunner(v8::Isolate*) override {
    return foreground_;
  }
  std::unique_ptr<v8::JobHandle> CreateJob(v8::TaskPriority priority,
                                           std::unique_ptr<v8::JobTask> task) override;
  void CallOnWorkerThread(std::unique_ptr<v8::Task> task) override { Post(std::move(task), 0); }
  void CallDelayedOnWorkerThread(std::unique_ptr<v8::Task> task, double delay_s) override {
    Post(std::move(task), delay_s);
  }
#endif

 private:
  static constexpr int kThreads = 2;

  struct Entry {
    base::Clock::time_point due;
    std::unique_ptr<v8::Task> task;
  };

  EnginePlatform();

  void Post(std::unique_ptr<v8::Task> task, double delay_s);
  void StartThreads();
  // One thread's work.
  void Serve();
  // The next task that is due; null: none is.
  std::unique_ptr<v8::Task> TakeDue(base::Clock::time_point now);

  // For its pages and clocks.
  const std::unique_ptr<v8::Platform> pages_;
  v8::TracingController tracing_;
  std::shared_ptr<v8::TaskRunner> foreground_;

  std::mutex mutex_;
  base::Condition changed_;
  std::vector<Entry> waiting_;  // In the order of posting.
  bool may_start_ = false;
  bool has_threads_ = false;
};

}  // namespace codecell::zygote
