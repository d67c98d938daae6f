#include "isolate/thread/watchdog.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/condition.h"
#include "base/process_memory.h"
#include "base/scheduling.h"
#include "base/thread.h"
#include "isolate/exec/cell_link.h"

namespace codecell::isolate {

namespace {

using std::chrono::milliseconds;

constexpr size_t kWatchdogStackBytes = size_t{256} << 10;

constexpr milliseconds kMinRound{5};
constexpr milliseconds kMaxRound{50};
constexpr milliseconds kMemoryRound{100};
// Where the process has more than half of what it may have.
constexpr milliseconds kShortMemoryRound{20};
// After the last cell, so that cells in quick succession find the thread awake.
constexpr milliseconds kIdle{1000};
// How long the memory of a stopped cell may take to go before the next is stopped: at least, and at
// most where the cell is not gone.
constexpr milliseconds kMemoryGrace{500};
constexpr milliseconds kLongMemoryGrace{5000};
// A cell that is known to hold less than this does not count as large; one that computes may hold
// memory that is not measured.
constexpr size_t kSmallCell = size_t{4} << 20;
// A cell with more than this may leave much in the allocator, which gives it back only when asked.
constexpr size_t kLargeCell = size_t{16} << 20;
constexpr milliseconds kTrimRound{500};
// Memory that the engine takes outside its heap, as for regular expressions, shows only in the
// process as a whole.
constexpr size_t kMuchGrowth = size_t{64} << 20;
// About what an isolate that has had no cell gives back.
constexpr size_t kSpareIsolate = size_t{1} << 20;
// For how long no spare isolates are made after the process has had too much memory.
constexpr milliseconds kShortMemory{5000};

// A thread that has run in this time computes: in a crowd its next turn may be that far.
constexpr milliseconds kComputes{400};
// Processor time from which a cell's thread gives way to others: soon where more cells compute than
// there are processors, later and less where only the host's own threads may want one.
constexpr double kCrowdedRoundMs = 10;
constexpr double kCrowdedCpuMs = 5;
constexpr int kCrowdedNiceness = 10;
constexpr int kThronged = 4;  // Times as many as there are processors.
constexpr int kThrongedNiceness = 19;
constexpr double kLongCpuMs = 1000;
constexpr int kLongNiceness = 5;

int64_t MillisecondsOf(base::Clock::time_point time) {
  return std::chrono::duration_cast<milliseconds>(time.time_since_epoch()).count();
}

struct Entry {
  explicit Entry(std::shared_ptr<CellLink> cell_link)
      : link(std::move(cell_link)), clock(base::ThreadClock::OfCurrent()) {}

  std::shared_ptr<CellLink> link;
  base::ThreadClock clock;
  double used_ms = 0;  // When last looked at.
  double used_ms_at_choice = 0;
  base::Clock::time_point ran_at;  // When it was last seen to have used more.
  int niceness = 0;                // Added so far.
};

class Watch {
 public:
  // Never destroyed: the thread outlives every other user of it.
  static Watch& Get() {
    static Watch& watch = *new Watch();
    return watch;
  }

  void Add(std::shared_ptr<CellLink> link) {
    std::unique_lock<std::mutex> lock(mutex_);
    entries_.emplace_back(std::move(link));
    if (!is_running_) {
      is_running_ = true;
      const std::unique_ptr<base::Thread> thread =
          base::Thread::Start(kWatchdogStackBytes, [this] { Run(); });
      if (thread == nullptr) {
        is_running_ = false;  // The next cell tries again.
      } else {
        thread->Detach();
      }
    } else if (is_asleep_) {
      lock.unlock();
      changed_.NotifyOne();
    }
  }

  void Remove(const CellLink* link) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& entry) { return entry.link.get() == link; });
    if (found == entries_.end()) return;
    const StopCause cause = link->terminator.cause();
    has_left_memory_ = has_left_memory_ || link->memory->total() >= kLargeCell ||
                       cause == StopCause::kHeapLimit || cause == StopCause::kMemoryLimit ||
                       resident_ > resident_after_trim_ + kMuchGrowth;
    std::swap(*found, entries_.back());
    entries_.pop_back();
  }

  void AddSpare(CellLink* link) {
    const std::lock_guard<std::mutex> lock(mutex_);
    spares_.push_back(link);
  }

  void RemoveSpare(CellLink* link) {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::erase(spares_, link);
  }

  bool IsMemoryShort() const {
    return MillisecondsOf(base::Clock::now()) - memory_short_at_ms_ < kShortMemory.count();
  }

 private:
  Watch() = default;

  void Run() {
    base::Thread::NameCurrent("codecell-watch");
    std::unique_lock<std::mutex> lock(mutex_);
    base::Clock::time_point last_busy = base::Clock::now();
    base::Clock::time_point next_memory = last_busy;
    base::Clock::time_point next_trim = last_busy;
    for (;;) {
      const base::Clock::time_point now = base::Clock::now();
      if (!entries_.empty()) last_busy = now;
      if (now - last_busy > kIdle) {
        is_asleep_ = true;
        changed_.Wait(lock, [this] { return !entries_.empty(); });
        is_asleep_ = false;
        continue;
      }
      const milliseconds round = LookAtProcessors(now);
      if (has_left_memory_ && now >= next_trim) {
        has_left_memory_ = false;
        next_trim = now + kTrimRound;
        resident_after_trim_ = ResidentAfterTrim(lock, 0);
      }
      if (now >= next_memory && !entries_.empty()) {
        LookAtMemory(lock, now);
        next_memory = now + memory_round_;
      }
      changed_.WaitOnceUntil(lock, base::Clock::now() + std::min(round, memory_round_));
    }
  }

  // Returns for how long no cell can pass its limit.
  milliseconds LookAtProcessors(base::Clock::time_point now) {
    double shortest_ms = static_cast<double>(kMaxRound.count());
    int computing = 0;
    for (Entry& entry : entries_) {
      CellLink& link = *entry.link;
      const double cpu_ms = entry.clock.CpuTimeMs();
      const double used_ms = cpu_ms - link.cpu_ms_before;
      if (used_ms > entry.used_ms) entry.ran_at = now;
      entry.used_ms = used_ms;
      if (now - entry.ran_at < kComputes) ++computing;
      link.terminator.Insist(cpu_ms);
      // A cell that computes does not come back to its loop, which would flush.
      link.sink->Flush();
      const double left_ms = link.options.setup.limits.cpu_ms - used_ms;
      if (left_ms < 0) {
        StopCell(link, {StopCause::kCpuLimit, link.options.setup.limits.cpu_ms, used_ms});
      } else {
        shortest_ms = std::min(shortest_ms, left_ms);
      }
    }
    const bool is_crowded = computing > processors_;
    for (Entry& entry : entries_) {
      if (now - entry.ran_at >= kComputes) continue;
      if (entry.used_ms > kLongCpuMs) GiveWay(entry, kLongNiceness);
      if (is_crowded && entry.used_ms > kCrowdedCpuMs) {
        const bool is_thronged = computing > processors_ * kThronged;
        GiveWay(entry, is_thronged ? kThrongedNiceness : kCrowdedNiceness);
      }
    }
    // In a crowd, cells that have just begun to compute are looked at soon.
    if (is_crowded) shortest_ms = std::min(shortest_ms, kCrowdedRoundMs);
    return std::max(kMinRound, milliseconds(static_cast<int>(shortest_ms)));
  }

  static void GiveWay(Entry& entry, int niceness) {
    if (entry.niceness >= niceness) return;
    entry.clock.GiveWay(niceness - entry.niceness);
    entry.niceness = niceness;
  }

  // Slow, so the lock is released meanwhile.
  static size_t ResidentAfterTrim(std::unique_lock<std::mutex>& lock, size_t limit) {
    lock.unlock();
    size_t resident = base::ResidentMemoryBytes();
    if (resident > limit) {
      // Memory that ended cells have left in the allocator is not counted against others.
      base::ReturnFreeMemory();
      resident = base::ResidentMemoryBytes();
    }
    lock.lock();
    return resident;
  }

  void LookAtMemory(std::unique_lock<std::mutex>& lock, base::Clock::time_point now) {
    if (now < memory_grace_ends_) return;
    size_t limit = SIZE_MAX;
    for (const Entry& entry : entries_) {
      limit = std::min(limit, entry.link->options.setup.limits.rss_bytes);
    }
    const size_t resident = ResidentAfterTrim(lock, limit);
    resident_ = resident;
    if (resident_after_trim_ == 0) resident_after_trim_ = resident;
    memory_round_ = resident > limit / 2 ? kShortMemoryRound : kMemoryRound;
    if (resident <= limit || entries_.empty()) return;
    memory_short_at_ms_ = MillisecondsOf(now);
    const size_t spared = DismissSpares() * kSpareIsolate;
    if (resident - limit < spared) {
      memory_grace_ends_ = now + kMemoryRound;
      return;
    }
    if (now < long_memory_grace_ends_ && IsMemoryOnItsWay()) return;
    const Entry* chosen = ChooseForMemory();
    if (chosen == nullptr) return;
    StopCell(*chosen->link,
             {StopCause::kMemoryLimit, static_cast<double>(limit), static_cast<double>(resident)});
    memory_grace_ends_ = now + kMemoryGrace;
    long_memory_grace_ends_ = now + kLongMemoryGrace;
  }

  // How many there were.
  size_t DismissSpares() const {
    for (CellLink* spare : spares_) spare->Dismiss();
    return spares_.size();
  }

  // Whether a cell that was stopped for its memory is still giving it back.
  bool IsMemoryOnItsWay() const {
    return std::any_of(entries_.begin(), entries_.end(), [](const Entry& entry) {
      return entry.link->terminator.cause() == StopCause::kMemoryLimit &&
             entry.link->life.load() == ThreadLife::kRunning;
    });
  }

  // The cell with the most memory, or where none is known to have much, the one that has computed
  // most since this was last asked; null where there is neither.
  const Entry* ChooseForMemory() {
    const Entry* largest = nullptr;
    size_t most = 0;
    const Entry* busiest = nullptr;
    double most_ms = 0;
    for (Entry& entry : entries_) {
      const double computed_ms = entry.used_ms - entry.used_ms_at_choice;
      entry.used_ms_at_choice = entry.used_ms;
      if (entry.link->terminator.requested()) continue;
      const size_t size = entry.link->memory->total();
      if (size > most) {
        largest = &entry;
        most = size;
      }
      if (computed_ms > most_ms) {
        busiest = &entry;
        most_ms = computed_ms;
      }
    }
    return most < kSmallCell ? busiest : largest;
  }

  static void StopCell(CellLink& link, const Stop& why) {
    // A cell that was cut off is not asked again: nothing waits for it.
    if (link.life.load() != ThreadLife::kRunning || link.terminator.requested()) return;
    link.StopForLimit(why);
  }

  const int processors_ = base::ProcessorCount();
  std::mutex mutex_;
  base::Condition changed_;
  std::vector<Entry> entries_;
  std::vector<CellLink*> spares_;
  std::atomic<int64_t> memory_short_at_ms_{INT64_MIN / 2};
  base::Clock::time_point memory_grace_ends_;
  base::Clock::time_point long_memory_grace_ends_;
  milliseconds memory_round_ = kMemoryRound;
  size_t resident_ = 0;             // When last looked at,
  size_t resident_after_trim_ = 0;  // and when the allocator had last given back what it could.
  bool has_left_memory_ = false;    // Of cells that ended.
  bool is_running_ = false;
  bool is_asleep_ = false;
};

}  // namespace

Watchdog::Watched::Watched(std::shared_ptr<CellLink> link) : link_(link.get()) {
  Watch::Get().Add(std::move(link));
}

Watchdog::Watched::~Watched() { Watch::Get().Remove(link_); }

Watchdog::Spare::Spare(CellLink& link) : link_(&link) { Watch::Get().AddSpare(link_); }

Watchdog::Spare::~Spare() { Watch::Get().RemoveSpare(link_); }

bool Watchdog::IsMemoryShort() { return Watch::Get().IsMemoryShort(); }

void Watchdog::Forget(CellLink& link) { Watch::Get().Remove(&link); }

}  // namespace codecell::isolate
