#include "isolate/globals/settled_stream.h"

#include <cstdint>
#include <vector>

#include "isolate/exec/cell_context.h"
#include "isolate/globals/settled_entries.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

// A few values in an array of the cell's heap, which only our own callbacks ever see. Once the cell
// is being terminated the engine refuses every read; a field then reads as nothing.
class Record {
 public:
  static Record New(IsolateScope& scope, std::vector<v8::Local<v8::Value>> fields) {
    return Record(scope, v8::Array::New(scope.isolate(), fields.data(), fields.size()));
  }
  Record(IsolateScope& scope, v8::Local<v8::Value> data)
      : scope_(scope), fields_(data.As<v8::Array>()) {}

  v8::Local<v8::Value> Get(uint32_t field) const {
    return fields_->Get(scope_.context(), field)
        .FromMaybe(v8::Undefined(scope_.isolate()).As<v8::Value>());
  }
  uint32_t GetNumber(uint32_t field) const {
    const v8::Local<v8::Value> value = Get(field);
    return value->IsUint32() ? value.As<v8::Uint32>()->Value() : 0;
  }
  void Set(uint32_t field, v8::Local<v8::Value> value) {
    LeavePending(fields_->CreateDataProperty(scope_.context(), field, value));
  }
  void SetNumber(uint32_t field, uint32_t value) {
    Set(field, v8::Integer::NewFromUnsigned(scope_.isolate(), value));
  }
  v8::Local<v8::Array> data() const { return fields_; }

 private:
  IsolateScope& scope_;
  v8::Local<v8::Array> fields_;
};

// A queue of values in the cell's heap, with how many have been taken from it.
class Queue {
 public:
  Queue(Record& record, uint32_t values, uint32_t taken, IsolateScope& scope)
      : record_(record), values_field_(values), taken_field_(taken), scope_(scope) {}

  bool empty() const {
    const v8::Local<v8::Value> values = record_.Get(values_field_);
    return !values->IsArray() ||
           record_.GetNumber(taken_field_) >= values.As<v8::Array>()->Length();
  }
  void Push(v8::Local<v8::Value> value) {
    const v8::Local<v8::Value> values = record_.Get(values_field_);
    if (values->IsArray()) Record(scope_, values).Set(values.As<v8::Array>()->Length(), value);
  }
  // Undefined if there is nothing to take.
  v8::Local<v8::Value> Pop() {
    const v8::Local<v8::Value> values = record_.Get(values_field_);
    if (!values->IsArray()) return v8::Undefined(scope_.isolate());
    Record members(scope_, values);
    const uint32_t taken = record_.GetNumber(taken_field_);
    const v8::Local<v8::Value> value = members.Get(taken);
    members.Set(taken, v8::Undefined(scope_.isolate()));
    record_.SetNumber(taken_field_, taken + 1);
    return value;
  }

 private:
  Record& record_;
  const uint32_t values_field_;
  const uint32_t taken_field_;
  IsolateScope& scope_;
};

// State of as_settled.
enum StreamField : uint32_t { kEntries, kEntriesTaken, kWaiters, kWaitersTaken, kOpen };

// Data of one promise's callbacks: the state and the promise's key.
enum ReactionField : uint32_t { kState, kKey };

// State of stream_settled. Entries wait while a callback's promise is pending; a member is open
// until its callback is done.
enum CallbackField : uint32_t {
  kCallback,
  kResult,
  kCallbackOpen,
  kPending,
  kPendingTaken,
  kIsCallbackAtWork,
};

v8::Local<v8::Object> IteratorResult(IsolateScope& scope, v8::Local<v8::Value> value, bool done) {
  const v8::Local<v8::Object> result = v8::Object::New(scope.isolate());
  LeavePending(result->CreateDataProperty(scope.context(), Literal(scope, "value"), value));
  LeavePending(result->CreateDataProperty(scope.context(), Literal(scope, "done"),
                                          v8::Boolean::New(scope.isolate(), done)));
  return result;
}

v8::Local<v8::Object> DoneResult(IsolateScope& scope) {
  return IteratorResult(scope, v8::Undefined(scope.isolate()), true);
}

// Resolves a promise of ours that is kept in a record. False: the cell is being terminated.
bool Resolve(IsolateScope& scope, v8::Local<v8::Value> promise, v8::Local<v8::Value> value) {
  return promise->IsPromise() &&
         promise.As<v8::Promise::Resolver>()->Resolve(scope.context(), value).FromMaybe(false);
}

void OnStreamSettled(const v8::FunctionCallbackInfo<v8::Value>& info, Settlement settlement) {
  IsolateScope& scope = CellContext::From(info.GetIsolate()).scope();
  const Record reaction(scope, info.Data());
  Record state(scope, reaction.Get(kState));
  const uint32_t open = state.GetNumber(kOpen);
  if (open == 0) return;  // The iteration was left.
  v8::Local<v8::Object> entry;
  if (!NewSettledEntry(scope, reaction.Get(kKey), settlement, info[0]).ToLocal(&entry)) return;
  state.SetNumber(kOpen, open - 1);
  Queue waiters(state, kWaiters, kWaitersTaken, scope);
  if (waiters.empty()) {
    Queue(state, kEntries, kEntriesTaken, scope).Push(entry);
  } else if (!Resolve(scope, waiters.Pop(), IteratorResult(scope, entry, false))) {
    return;
  }
  while (open == 1 && !waiters.empty()) {
    if (!Resolve(scope, waiters.Pop(), DoneResult(scope))) return;
  }
}

void OnStreamFulfilled(const v8::FunctionCallbackInfo<v8::Value>& info) {
  OnStreamSettled(info, Settlement::kFulfilled);
}

void OnStreamRejected(const v8::FunctionCallbackInfo<v8::Value>& info) {
  OnStreamSettled(info, Settlement::kRejected);
}

void StreamNext(const v8::FunctionCallbackInfo<v8::Value>& info) {
  IsolateScope& scope = CellContext::From(info.GetIsolate()).scope();
  Record state(scope, info.Data());
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(scope.context()).ToLocal(&resolver)) return;
  Queue entries(state, kEntries, kEntriesTaken, scope);
  if (!entries.empty()) {
    LeavePending(resolver->Resolve(scope.context(), IteratorResult(scope, entries.Pop(), false)));
  } else if (state.GetNumber(kOpen) == 0) {
    LeavePending(resolver->Resolve(scope.context(), DoneResult(scope)));
  } else {
    Queue(state, kWaiters, kWaitersTaken, scope).Push(resolver);
  }
  info.GetReturnValue().Set(resolver->GetPromise());
}

void StreamReturn(const v8::FunctionCallbackInfo<v8::Value>& info) {
  IsolateScope& scope = CellContext::From(info.GetIsolate()).scope();
  Record state(scope, info.Data());
  state.SetNumber(kOpen, 0);
  state.Set(kEntries, v8::Array::New(scope.isolate()));
  state.SetNumber(kEntriesTaken, 0);
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(scope.context()).ToLocal(&resolver)) return;
  LeavePending(resolver->Resolve(scope.context(), IteratorResult(scope, info[0], true)));
  info.GetReturnValue().Set(resolver->GetPromise());
}

void ReturnIterator(const v8::FunctionCallbackInfo<v8::Value>& info) {
  info.GetReturnValue().Set(info.This());
}

v8::MaybeLocal<v8::Function> NewFunction(IsolateScope& scope, v8::FunctionCallback callback,
                                         v8::Local<v8::Value> data) {
  return v8::Function::New(scope.context(), callback, data, 0, v8::ConstructorBehavior::kThrow);
}

bool React(IsolateScope& scope, const KeyedPromise& member, v8::Local<v8::Array> state,
           v8::FunctionCallback fulfilled, v8::FunctionCallback rejected) {
  const Record reaction = Record::New(scope, {state, member.key});
  v8::Local<v8::Function> on_fulfilled;
  v8::Local<v8::Function> on_rejected;
  return NewFunction(scope, fulfilled, reaction.data()).ToLocal(&on_fulfilled) &&
         NewFunction(scope, rejected, reaction.data()).ToLocal(&on_rejected) &&
         !member.promise->Then(scope.context(), on_fulfilled, on_rejected).IsEmpty();
}

void FinishOne(IsolateScope& scope, Record& state) {
  const uint32_t open = state.GetNumber(kCallbackOpen) - 1;
  state.SetNumber(kCallbackOpen, open);
  if (open == 0) Resolve(scope, state.Get(kResult), v8::Undefined(scope.isolate()));
}

void RejectResult(IsolateScope& scope, Record& state, v8::Local<v8::Value> reason) {
  const v8::Local<v8::Value> result = state.Get(kResult);
  if (!result->IsPromise()) return;
  LeavePending(result.As<v8::Promise::Resolver>()->Reject(scope.context(), reason));
}

void CallNext(IsolateScope& scope, Record& state);

void OnCallbackDone(const v8::FunctionCallbackInfo<v8::Value>& info) {
  IsolateScope& scope = CellContext::From(info.GetIsolate()).scope();
  Record state(scope, info.Data());
  state.SetNumber(kIsCallbackAtWork, 0);
  FinishOne(scope, state);
  CallNext(scope, state);
}

void OnCallbackFailed(const v8::FunctionCallbackInfo<v8::Value>& info) {
  IsolateScope& scope = CellContext::From(info.GetIsolate()).scope();
  Record state(scope, info.Data());
  state.SetNumber(kIsCallbackAtWork, 0);
  RejectResult(scope, state, info[0]);
  CallNext(scope, state);
}

// Calls back with the entries that wait, one after another, until a callback returns a promise,
// which is awaited first.
void CallNext(IsolateScope& scope, Record& state) {
  const v8::Local<v8::Value> callback = state.Get(kCallback);
  Queue pending(state, kPending, kPendingTaken, scope);
  while (callback->IsFunction() && !pending.empty()) {
    const v8::HandleScope handles(scope.isolate());
    const v8::TryCatch caught(scope.isolate());
    v8::Local<v8::Value> entry = pending.Pop();
    v8::Local<v8::Value> returned;
    if (!callback.As<v8::Function>()
             ->Call(scope.context(), v8::Undefined(scope.isolate()), 1, &entry)
             .ToLocal(&returned)) {
      if (!caught.CanContinue()) return;
      RejectResult(scope, state, caught.Exception());
      continue;
    }
    if (!returned->IsPromise()) {
      FinishOne(scope, state);
      continue;
    }
    v8::Local<v8::Function> done;
    v8::Local<v8::Function> failed;
    if (NewFunction(scope, OnCallbackDone, state.data()).ToLocal(&done) &&
        NewFunction(scope, OnCallbackFailed, state.data()).ToLocal(&failed)) {
      state.SetNumber(kIsCallbackAtWork, 1);
      LeavePending(returned.As<v8::Promise>()->Then(scope.context(), done, failed));
    }
    return;
  }
}

void OnMemberSettled(const v8::FunctionCallbackInfo<v8::Value>& info, Settlement settlement) {
  IsolateScope& scope = CellContext::From(info.GetIsolate()).scope();
  const Record reaction(scope, info.Data());
  Record state(scope, reaction.Get(kState));
  v8::Local<v8::Object> entry;
  if (!NewSettledEntry(scope, reaction.Get(kKey), settlement, info[0]).ToLocal(&entry)) return;
  Queue(state, kPending, kPendingTaken, scope).Push(entry);
  if (state.GetNumber(kIsCallbackAtWork) == 0) CallNext(scope, state);
}

void OnMemberFulfilled(const v8::FunctionCallbackInfo<v8::Value>& info) {
  OnMemberSettled(info, Settlement::kFulfilled);
}

void OnMemberRejected(const v8::FunctionCallbackInfo<v8::Value>& info) {
  OnMemberSettled(info, Settlement::kRejected);
}

}  // namespace

void AsSettled(const v8::FunctionCallbackInfo<v8::Value>& info) {
  IsolateScope& scope = CellContext::From(info.GetIsolate()).scope();
  std::vector<KeyedPromise> promises;
  if (!CollectPromises(scope, info[0], "as_settled", promises)) return;
  const v8::Local<v8::Value> zero = v8::Integer::NewFromUnsigned(scope.isolate(), 0);
  const v8::Local<v8::Value> open =
      v8::Integer::NewFromUnsigned(scope.isolate(), static_cast<uint32_t>(promises.size()));
  const Record state = Record::New(
      scope, {v8::Array::New(scope.isolate()), zero, v8::Array::New(scope.isolate()), zero, open});
  for (const KeyedPromise& member : promises) {
    if (!React(scope, member, state.data(), OnStreamFulfilled, OnStreamRejected)) return;
  }
  const v8::Local<v8::Object> iterator = v8::Object::New(scope.isolate());
  v8::Local<v8::Function> next;
  v8::Local<v8::Function> leave;
  v8::Local<v8::Function> self;
  if (!NewFunction(scope, StreamNext, state.data()).ToLocal(&next) ||
      !NewFunction(scope, StreamReturn, state.data()).ToLocal(&leave) ||
      !NewFunction(scope, ReturnIterator, {}).ToLocal(&self) ||
      iterator->CreateDataProperty(scope.context(), Literal(scope, "next"), next).IsNothing() ||
      iterator->CreateDataProperty(scope.context(), Literal(scope, "return"), leave).IsNothing() ||
      iterator
          ->CreateDataProperty(scope.context(), v8::Symbol::GetAsyncIterator(scope.isolate()), self)
          .IsNothing()) {
    return;
  }
  info.GetReturnValue().Set(iterator);
}

void StreamSettled(const v8::FunctionCallbackInfo<v8::Value>& info) {
  IsolateScope& scope = CellContext::From(info.GetIsolate()).scope();
  if (!info[1]->IsFunction()) {
    ThrowTypeError(scope, std::string_view("stream_settled expects a function callback"));
    return;
  }
  std::vector<KeyedPromise> promises;
  v8::Local<v8::Promise::Resolver> result;
  if (!CollectPromises(scope, info[0], "stream_settled", promises) ||
      !v8::Promise::Resolver::New(scope.context()).ToLocal(&result)) {
    return;
  }
  const v8::Local<v8::Value> open =
      v8::Integer::NewFromUnsigned(scope.isolate(), static_cast<uint32_t>(promises.size()));
  const v8::Local<v8::Value> zero = v8::Integer::NewFromUnsigned(scope.isolate(), 0);
  const Record state =
      Record::New(scope, {info[1], result, open, v8::Array::New(scope.isolate()), zero, zero});
  if (promises.empty()) {
    LeavePending(result->Resolve(scope.context(), v8::Undefined(scope.isolate())));
  }
  for (const KeyedPromise& member : promises) {
    if (!React(scope, member, state.data(), OnMemberFulfilled, OnMemberRejected)) return;
  }
  info.GetReturnValue().Set(result->GetPromise());
}

}  // namespace codecell::isolate
