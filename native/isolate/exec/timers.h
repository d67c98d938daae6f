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

// A cell's timers: one heap of deadlines whose top the loop sleeps until.
class Timers {
 public:
  using Id = uint32_t;

  enum class Repeat { kOnce, kEvery };

  Id Add(IsolateScope& scope, v8::Local<v8::Function> callback, double delay_ms, Repeat repeat,
         const std::vector<v8::Local<v8::Value>>& arguments);
  void Clear(Id id);

  // Runs the earliest timer that is due at `now`. False: none is. What the callback throws is left
  // to the caller's TryCatch.
  bool RunDue(IsolateScope& scope, base::Clock::time_point now);
  base::Deadline next_due();
  bool empty() const { return pending_.empty(); }
  size_t size() const { return pending_.size(); }
  void Reset() { pending_.clear(); }

  // Callbacks of the globals.
  static void SetTimeout(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void ClearTimeout(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void SetInterval(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void ClearInterval(const v8::FunctionCallbackInfo<v8::Value>& info);

 private:
  struct Pending {
    v8::Global<v8::Function> callback;
    std::vector<v8::Global<v8::Value>> arguments;
    double period_ms = 0;  // 0: it runs once.
  };
  struct Entry {
    base::Clock::time_point due;
    Id id;
  };

  static bool Later(const Entry& a, const Entry& b);
  void Schedule(Id id, base::Clock::time_point due);
  void DropCleared();

  std::unordered_map<Id, Pending> pending_;
  std::vector<Entry> heap_;  // May name timers that have been cleared.
  Id last_id_ = 0;
};

}  // namespace codecell::isolate
