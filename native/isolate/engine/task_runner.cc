#include "isolate/engine/task_runner.h"

#include <algorithm>
#include <utility>

namespace codecell::isolate {

TaskRunner::TaskRunner(std::function<void()> wake) : wake_(std::move(wake)) {}

bool TaskRunner::Later(const Entry& a, const Entry& b) {
  return a.due != b.due ? a.due > b.due : a.order > b.order;
}

void TaskRunner::Post(std::unique_ptr<v8::Task> task, double delay_s) {
  const base::Clock::time_point due = base::After(base::Clock::now(), delay_s * 1000);
  const bool queued = queue_.With([&](Queue& queue) {
    if (queue.closed) return false;
    queue.heap.push_back({due, queue.posted++, std::move(task)});
    std::push_heap(queue.heap.begin(), queue.heap.end(), Later);
    return true;
  });
  if (queued) wake_();
}

std::unique_ptr<v8::Task> TaskRunner::TakeDue() {
  const base::Clock::time_point now = base::Clock::now();
  return queue_.With([&](Queue& queue) -> std::unique_ptr<v8::Task> {
    if (queue.heap.empty() || queue.heap.front().due > now) return nullptr;
    std::pop_heap(queue.heap.begin(), queue.heap.end(), Later);
    std::unique_ptr<v8::Task> task = std::move(queue.heap.back().task);
    queue.heap.pop_back();
    return task;
  });
}

base::Deadline TaskRunner::next_due() {
  return queue_.With([](Queue& queue) -> base::Deadline {
    if (queue.heap.empty()) return {};
    return queue.heap.front().due;
  });
}

void TaskRunner::Close() {
  std::vector<Entry> dropped;  // Destroyed outside the lock: a task's destructor is the engine's.
  queue_.With([&](Queue& queue) {
    queue.closed = true;
    dropped.swap(queue.heap);
  });
}

#if V8_MAJOR_VERSION >= 12

void TaskRunner::PostTaskImpl(std::unique_ptr<v8::Task> task, const v8::SourceLocation&) {
  Post(std::move(task), 0);
}

void TaskRunner::PostNonNestableTaskImpl(std::unique_ptr<v8::Task> task,
                                         const v8::SourceLocation&) {
  Post(std::move(task), 0);
}

void TaskRunner::PostDelayedTaskImpl(std::unique_ptr<v8::Task> task, double delay_s,
                                     const v8::SourceLocation&) {
  Post(std::move(task), delay_s);
}

void TaskRunner::PostNonNestableDelayedTaskImpl(std::unique_ptr<v8::Task> task, double delay_s,
                                                const v8::SourceLocation&) {
  Post(std::move(task), delay_s);
}

#else

void TaskRunner::PostTask(std::unique_ptr<v8::Task> task) { Post(std::move(task), 0); }

void TaskRunner::PostNonNestableTask(std::unique_ptr<v8::Task> task) { Post(std::move(task), 0); }

void TaskRunner::PostDelayedTask(std::unique_ptr<v8::Task> task, double delay_s) {
  Post(std::move(task), delay_s);
}

void TaskRunner::PostNonNestableDelayedTask(std::unique_ptr<v8::Task> task, double delay_s) {
  Post(std::move(task), delay_s);
}

#endif

}  // namespace codecell::isolate
