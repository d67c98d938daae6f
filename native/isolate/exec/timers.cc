#include "isolate/exec/timers.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "isolate/exec/cell_context.h"
#include "isolate/values/strings.h"
#include "protocol/event.h"

namespace codecell::isolate {

bool Timers::Later(const Entry& a, const Entry& b) {
  return a.due != b.due ? a.due > b.due : a.id > b.id;
}

void Timers::Schedule(Id id, base::Clock::time_point due) {
  heap_.push_back({due, id});
  std::push_heap(heap_.begin(), heap_.end(), Later);
}

void Timers::Arm(Id id, base::Clock::time_point now, double delay_ms) {
  if (!ambient_.is_deterministic()) {
    Schedule(id, base::After(now, delay_ms));
    return;
  }
  const double wait_ms = delay_ms > 0 ? std::min(delay_ms, base::kMaxDelayMs) : 0;
  outbox_.Send(protocol::TimerSet{id, ambient_.now_ms() + std::ceil(wait_ms)}, 0);
}

Timers::Id Timers::Add(IsolateScope& scope, v8::Local<v8::Function> callback, double delay_ms,
                       Kind kind, const std::vector<v8::Local<v8::Value>>& arguments) {
  const Id id = ++last_id_;
  Pending pending;
  pending.callback.Reset(scope.isolate(), callback);
  pending.arguments.reserve(arguments.size());
  for (v8::Local<v8::Value> argument : arguments) {
    pending.arguments.emplace_back(scope.isolate(), argument);
  }
  pending.kind = kind;
  if (kind == Kind::kInterval) pending.period_ms = delay_ms > 1 ? delay_ms : 1;
  const double first_ms = kind == Kind::kInterval ? pending.period_ms : delay_ms;
  if (kind == Kind::kTimeout) ++timeouts_;
  pending_.emplace(id, std::move(pending));
  Arm(id, base::Clock::now(), first_ms);
  return id;
}

void Timers::Erase(Id id) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return;
  if (found->second.kind == Kind::kTimeout) --timeouts_;
  pending_.erase(found);
}

void Timers::Clear(Id id) {
  if (ambient_.is_deterministic() && pending_.contains(id))
    outbox_.Send(protocol::TimerCleared{id}, 0);
  Erase(id);
  // Cleared timers leave their entries behind; they are swept when they are the larger part.
  constexpr size_t kFew = 64;
  if (heap_.size() < kFew || heap_.size() / 2 < pending_.size()) return;
  std::erase_if(heap_, [this](const Entry& entry) { return !pending_.contains(entry.id); });
  std::make_heap(heap_.begin(), heap_.end(), Later);
}

void Timers::DropCleared() {
  while (!heap_.empty() && !pending_.contains(heap_.front().id)) {
    std::pop_heap(heap_.begin(), heap_.end(), Later);
    heap_.pop_back();
  }
}

base::Deadline Timers::next_due() {
  DropCleared();
  if (heap_.empty()) return {};
  return heap_.front().due;
}

bool Timers::RunDue(IsolateScope& scope, base::Clock::time_point now) {
  DropCleared();
  if (heap_.empty() || heap_.front().due > now) return false;
  const Id id = heap_.front().id;
  std::pop_heap(heap_.begin(), heap_.end(), Later);
  heap_.pop_back();
  Call(scope, id, now);
  return true;
}

void Timers::Fire(IsolateScope& scope, Id id) {
  if (pending_.contains(id)) Call(scope, id, {});
}

void Timers::Call(IsolateScope& scope, Id id, base::Clock::time_point now) {
  const v8::HandleScope handles(scope.isolate());
  const Pending& timer = pending_.at(id);
  const v8::Local<v8::Function> callback = timer.callback.Get(scope.isolate());
  std::vector<v8::Local<v8::Value>> arguments;
  arguments.reserve(timer.arguments.size());
  for (const auto& argument : timer.arguments) arguments.push_back(argument.Get(scope.isolate()));
  // The callback may clear its own interval, so that is due again before it is called.
  if (timer.kind == Kind::kInterval) {
    Arm(id, now, timer.period_ms);
  } else {
    Erase(id);
  }
  DropCleared();
  LeavePending(callback->Call(scope.context(), v8::Undefined(scope.isolate()),
                              static_cast<int>(arguments.size()), arguments.data()));
}

namespace {

// The globals take a callback, a delay and the callback's arguments.
void SetTimer(const v8::FunctionCallbackInfo<v8::Value>& info, const std::string& name,
              Timers::Kind kind) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  IsolateScope& scope = cell.scope();
  if (!info[0]->IsFunction()) {
    ThrowTypeError(scope, name + " expects a function callback");
    return;
  }
  const size_t limit = cell.limits().timers;
  if (cell.timers().size() >= limit) {
    ThrowRangeError(scope, name + ": the cell may have " + std::to_string(limit) +
                               " timers pending (limits.timers); wait for some, or clear them");
    return;
  }
  double delay_ms = 0;
  if (!info[1]->IsUndefined() && !info[1]->NumberValue(scope.context()).To(&delay_ms)) return;
  std::vector<v8::Local<v8::Value>> arguments;
  for (int i = 2; i < info.Length(); ++i) arguments.push_back(info[i]);
  info.GetReturnValue().Set(
      cell.timers().Add(scope, info[0].As<v8::Function>(), delay_ms, kind, arguments));
}

void ClearTimer(const v8::FunctionCallbackInfo<v8::Value>& info, const std::string& name) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  IsolateScope& scope = cell.scope();
  if (info[0]->IsSymbol() || info[0]->IsBigInt()) {
    ThrowTypeError(scope, name + " expects a numeric timeout id");
    return;
  }
  double id = 0;
  if (!info[0]->NumberValue(scope.context()).To(&id)) return;
  constexpr double kMaxId = 4'294'967'295.0;
  if (id >= 1 && id <= kMaxId) cell.timers().Clear(static_cast<Timers::Id>(id));
}

}  // namespace

void Timers::SetTimeout(const v8::FunctionCallbackInfo<v8::Value>& info) {
  SetTimer(info, "setTimeout", Kind::kTimeout);
}

void Timers::ClearTimeout(const v8::FunctionCallbackInfo<v8::Value>& info) {
  ClearTimer(info, "clearTimeout");
}

void Timers::SetInterval(const v8::FunctionCallbackInfo<v8::Value>& info) {
  SetTimer(info, "setInterval", Kind::kInterval);
}

void Timers::SetBackground(const v8::FunctionCallbackInfo<v8::Value>& info) {
  SetTimer(info, "AbortSignal.timeout", Kind::kBackground);
}

void Timers::ClearInterval(const v8::FunctionCallbackInfo<v8::Value>& info) {
  ClearTimer(info, "clearInterval");
}

}  // namespace codecell::isolate
