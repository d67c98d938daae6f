#include "isolate/exec/timers.h"

#include <algorithm>
#include <string>
#include <utility>

#include "isolate/exec/cell_context.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

bool Timers::Later(const Entry& a, const Entry& b) {
  return a.due != b.due ? a.due > b.due : a.id > b.id;
}

Timers::Id Timers::Add(IsolateScope& scope, v8::Local<v8::Function> callback, double delay_ms,
                       const std::vector<v8::Local<v8::Value>>& arguments) {
  const Id id = ++last_id_;
  Pending pending;
  pending.callback.Reset(scope.isolate(), callback);
  pending.arguments.reserve(arguments.size());
  for (v8::Local<v8::Value> argument : arguments) {
    pending.arguments.emplace_back(scope.isolate(), argument);
  }
  pending_.emplace(id, std::move(pending));
  heap_.push_back({base::After(base::Clock::now(), delay_ms), id});
  std::push_heap(heap_.begin(), heap_.end(), Later);
  return id;
}

void Timers::Clear(Id id) {
  pending_.erase(id);
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
  const auto found = pending_.find(heap_.front().id);
  const Pending timer = std::move(found->second);
  pending_.erase(found);
  DropCleared();

  const v8::HandleScope handles(scope.isolate());
  std::vector<v8::Local<v8::Value>> arguments;
  arguments.reserve(timer.arguments.size());
  for (const auto& argument : timer.arguments) arguments.push_back(argument.Get(scope.isolate()));
  LeavePending(timer.callback.Get(scope.isolate())
                   ->Call(scope.context(), v8::Undefined(scope.isolate()),
                          static_cast<int>(arguments.size()), arguments.data()));
  return true;
}

void Timers::SetTimeout(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  IsolateScope& scope = cell.scope();
  if (!info[0]->IsFunction()) {
    ThrowTypeError(scope, "setTimeout expects a function callback");
    return;
  }
  const size_t limit = cell.limits().timers;
  if (cell.timers().size() >= limit) {
    ThrowRangeError(scope, "setTimeout: the cell may have " + std::to_string(limit) +
                               " timers pending (limits.timers); wait for some, or clear them");
    return;
  }
  double delay_ms = 0;
  if (!info[1]->IsUndefined() && !info[1]->NumberValue(scope.context()).To(&delay_ms)) return;
  std::vector<v8::Local<v8::Value>> arguments;
  for (int i = 2; i < info.Length(); ++i) arguments.push_back(info[i]);
  info.GetReturnValue().Set(
      cell.timers().Add(scope, info[0].As<v8::Function>(), delay_ms, arguments));
}

void Timers::ClearTimeout(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  IsolateScope& scope = cell.scope();
  if (info[0]->IsSymbol() || info[0]->IsBigInt()) {
    ThrowTypeError(scope, "clearTimeout expects a numeric timeout id");
    return;
  }
  double id = 0;
  if (!info[0]->NumberValue(scope.context()).To(&id)) return;
  constexpr double kMaxId = 4'294'967'295.0;
  if (id >= 1 && id <= kMaxId) cell.timers().Clear(static_cast<Id>(id));
}

}  // namespace codecell::isolate
