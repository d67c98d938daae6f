#pragma once

#include <v8-platform.h>
#include <v8-version.h>

#include <functional>
#include <memory>
#include <queue>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"

namespace codecell::isolate {

// The engine's foreground tasks for one isolate: posted from any thread, run by the isolate's loop.
// The platform may keep it longer than the isolate lives; after Close() tasks are dropped.
class TaskRunner : public v8::TaskRunner {
 public:
  // `wake` makes the isolate's loop look for tasks; it may be called from any thread.
  explicit TaskRunner(std::function<void()> wake);

  bool IdleTasksEnabled() override { return false; }
  bool NonNestableTasksEnabled() const override { return true; }
  bool NonNestableDelayedTasksEnabled() const override { return true; }

  // Isolate thread. The next task that is due, or null.
  std::unique_ptr<v8::Task> TakeDue();
  // Isolate thread. When the earliest delayed task is due.
  base::Deadline next_due();
  bool has_due() {
    const base::Deadline due = next_due();
    return due.has_value() && *due <= base::Clock::now();
  }
  void Close();

#if V8_MAJOR_VERSION >= 12
 protected:
  void PostTaskImpl(std::unique_ptr<v8::Task> task, const v8::SourceLocation&) override;
  void PostNonNestableTaskImpl(std::unique_ptr<v8::Task> task, const v8::SourceLocation&) override;
  void PostDelayedTaskImpl(std::unique_ptr<v8::Task> task, double delay_s,
                           const v8::SourceLocation&) override;
  void PostNonNestableDelayedTaskImpl(std::unique_ptr<v8::Task> task, double delay_s,
                                      const v8::SourceLocation&) override;
  void PostIdleTaskImpl(std::unique_ptr<v8::IdleTask>, const v8::SourceLocation&) override {}
#else
  void PostTask(std::unique_ptr<v8::Task> task) override;
  void PostNonNestableTask(std::unique_ptr<v8::Task> task) override;
  void PostDelayedTask(std::unique_ptr<v8::Task> task, double delay_s) override;
  void PostNonNestableDelayedTask(std::unique_ptr<v8::Task> task, double delay_s) override;
  void PostIdleTask(std::unique_ptr<v8::IdleTask>) override {}
#endif

 private:
  struct Entry {
    base::Clock::time_point due;
    uint64_t order;
    std::unique_ptr<v8::Task> task;
  };
  struct Queue {
    std::vector<Entry> heap;  // Earliest on top, then in the order of posting.
    uint64_t posted = 0;
    bool closed = false;
  };

  static bool Later(const Entry& a, const Entry& b);
  void Post(std::unique_ptr<v8::Task> task, double delay_s);

  const std::function<void()> wake_;
  base::Guarded<Queue> queue_;
};

}  // namespace codecell::isolate
