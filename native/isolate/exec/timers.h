#pragma once

#include <v8.h>

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "isolate/engine/isolate_scope.h"

namespace codecell::isolate {

class CellContext;
class Ambient;
class Outbox;

// A cell's timers: one heap of deadlines whose top the loop sleeps until. Those of a deterministic
// cell are not in it: the host is told of each, and fires it.
class Timers {
 public:
  using Id = uint32_t;

  Timers(const Ambient& ambient, Outbox& outbox) : ambient_(ambient), outbox_(outbox) {}

  // What the cell waits for where it waits until its work is done: timeouts. Intervals may go on
  // for ever, and what is in the background only matters to other work.
  enum class Kind { kTimeout, kInterval, kBackground };

  Id Add(IsolateScope& scope, v8::Local<v8::Function> callback, double delay_ms, Kind kind,
         const std::vector<v8::Local<v8::Value>>& arguments);
  void Clear(Id id);

  // Runs the earliest timer that is due at `now`. False: none is. What the callback throws is left
  // to the caller's TryCatch.
  bool RunDue(IsolateScope& scope, base::Clock::time_point now);
  // Runs a timer that the host fires; one that has been cleared does nothing. As above.
  void Fire(IsolateScope& scope, Id id);
  base::Deadline next_due();
  bool empty() const { return pending_.empty(); }
  bool has_timeouts() const { return timeouts_ > 0; }
  size_t size() const { return pending_.size(); }
  void Reset() { pending_.clear(); }

  // A callback after a time, in the background; it takes the same arguments as setTimeout.
  static void SetBackground(const v8::FunctionCallbackInfo<v8::Value>& info);

  // Callbacks of the globals.
  static void SetTimeout(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void ClearTimeout(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void SetInterval(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void ClearInterval(const v8::FunctionCallbackInfo<v8::Value>& info);

 private:
  struct Pending {
    v8::Global<v8::Function> callback;
    std::vector<v8::Global<v8::Value>> arguments;
    Kind kind = Kind::kTimeout;
    double period_ms = 0;  // Of an interval.
  };
  struct Entry {
    base::Clock::time_point due;
    Id id;
  };

  static bool Later(const Entry& a, const Entry& b);
  void Schedule(Id id, base::Clock::time_point due);
  // The timer is due in so many milliseconds: for the heap, or for the host.
  void Arm(Id id, base::Clock::time_point now, double delay_ms);
  void Call(IsolateScope& scope, Id id, base::Clock::time_point now);
  void DropCleared();
  void Erase(Id id);

  const Ambient& ambient_;
  Outbox& outbox_;
  std::unordered_map<Id, Pending> pending_;
  std::vector<Entry> heap_;  // May name timers that have been cleared.
  Id last_id_ = 0;
  size_t timeouts_ = 0;  // Of those that are pending.
};

}  // namespace codecell::isolate
