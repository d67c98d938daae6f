#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace codecell::base {

// A thread that runs one job for its owner. Before and after it, it runs jobs of others.
class LentThread {
 public:
  LentThread(const LentThread&) = delete;
  LentThread& operator=(const LentThread&) = delete;
  // A job that has not returned continues.
  ~LentThread();

  // Waits until the job has returned and what it held is gone.
  void Join();
  // Processor time of the thread, earlier jobs' included, in milliseconds; 0 until it has begun.
  // Not after the job has returned.
  double CpuTimeMs() const;
  // Gives the thread the lowest scheduling class there is, for good. Not after the job has
  // returned.
  void Demote();

 private:
  friend class ThreadCache;
  struct Job;
  explicit LentThread(std::shared_ptr<Job> job);

  const std::shared_ptr<Job> job_;
};

// OS threads with stacks of one size, kept for the next job: starting a thread takes the caller a
// tenth of a millisecond, and ending it as long. Threads whose priority was lowered are not kept.
class ThreadCache {
 public:
  // `name` is what debuggers and process listings show of a thread with a job; an idle one has
  // "-idle" behind it. At most 10 characters. Must never be destroyed: idle threads look into it.
  ThreadCache(const char* name, size_t stack_bytes, int most_idle);
  ThreadCache(const ThreadCache&) = delete;
  ThreadCache& operator=(const ThreadCache&) = delete;
  ~ThreadCache() = delete;

  // Null where the system refuses a thread.
  std::unique_ptr<LentThread> Run(std::function<void()> job);

 private:
  struct State;

  static void Serve(State& state, std::shared_ptr<LentThread::Job> job);

  State& state_;
};

}  // namespace codecell::base
