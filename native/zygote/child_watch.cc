#include "zygote/child_watch.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>

#include "base/thread.h"

namespace codecell::zygote {

namespace {

using std::chrono::milliseconds;

constexpr size_t kWatchStackBytes = size_t{256} << 10;
constexpr int kMinRoundMs = 5;
constexpr int kMaxRoundMs = 50;
// Looks at a cell that sleeps, before this thread sleeps as long as the cell does.
constexpr int kMaxIdleLooks = 4;

}  // namespace

size_t MaxResidentBytes() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<size_t>(used.ru_maxrss) << 10;
}

ChildWatch::ChildWatch(isolate::CellLink& link, FrameSink& sink, Inlet& inlet)
    : link_(link), sink_(sink), inlet_(inlet) {}

bool ChildWatch::Start() {
  const std::unique_ptr<base::Thread> thread =
      base::Thread::Start(kWatchStackBytes, [this] { Run(); });
  if (thread == nullptr) return false;
  thread->Detach();
  return true;
}

void ChildWatch::Rouse() {
  if (!dozes_.load()) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    dozes_.store(false);
  }
  changed_.NotifyOne();
}

void ChildWatch::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  uint32_t sleeps = inlet_.sleeps();
  int idle_looks = 0;
  int round_ms = kMinRoundMs;
  changed_.Wait(lock, [this] { return !dozes_; });  // Until the cell runs.
  for (;;) {
    if (idle_looks >= kMaxIdleLooks) {
      dozes_.store(true);
      // The cell is awake before it reads dozes_, and this reads that after setting dozes_: one of
      // them sees the other.
      changed_.Wait(lock, [this] { return !dozes_ || !inlet_.is_asleep(); });
      dozes_.store(false);
      idle_looks = 0;
      round_ms = kMinRoundMs;
    }
    const bool has_computed = inlet_.sleeps() == sleeps && !inlet_.is_asleep();
    sleeps = inlet_.sleeps();
    if (!has_computed) {
      changed_.WaitOnceUntil(lock, base::Clock::now() + milliseconds(kMinRoundMs));
      idle_looks = inlet_.is_asleep() && inlet_.sleeps() == sleeps ? idle_looks + 1 : 0;
      continue;
    }
    lock.unlock();
    inlet_.WaitAndLook(round_ms);
    round_ms = Look();
    lock.lock();
  }
}

int ChildWatch::Look() {
  const double cpu_ms = inlet_.CpuTimeMs();
  link_.terminator.Insist(cpu_ms);
  sink_.TryFlush();
  if (link_.stage != isolate::Stage::kBegun) return kMinRoundMs;
  const protocol::CellLimits& limits = link_.options.setup.limits;
  const double used_ms = cpu_ms - link_.cpu_ms_before;
  const size_t resident = MaxResidentBytes();
  if (used_ms > limits.cpu_ms) {
    link_.StopForLimit({isolate::StopCause::kCpuLimit, limits.cpu_ms, used_ms});
  } else if (resident > limits.rss_bytes) {
    link_.StopForLimit({isolate::StopCause::kMemoryLimit, static_cast<double>(limits.rss_bytes),
                        static_cast<double>(resident)});
  }
  if (resident > limits.rss_bytes / 2) return kMinRoundMs;
  return static_cast<int>(
      std::clamp(limits.cpu_ms - used_ms, double{kMinRoundMs}, double{kMaxRoundMs}));
}

}  // namespace codecell::zygote
