#include "host/addon_state.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include "base/clock.h"
#include "base/moments.h"
#include "base/process.h"
#include "host/event_writer.h"
#include "isolate/engine/platform_link.h"

namespace codecell::host {

namespace {

// How long an exit waits for cells that do not react: this, and some more for each.
constexpr std::chrono::milliseconds kExitGrace{250};
constexpr std::chrono::milliseconds kExitGracePerIsolate{20};

// The events of one isolate in one delivery.
struct Parcel {
  std::shared_ptr<LiveIsolate> isolate;
  EventWriter writer;
};

// Whether nothing follows from the event's isolate.
bool IsLast(const protocol::Event& event) {
  const auto* settled = std::get_if<protocol::Settled>(&event);
  return std::holds_alternative<protocol::Disposed>(event) ||
         (settled != nullptr && settled->thread == protocol::ThreadFate::kParked);
}

}  // namespace

// The environment waits until the loop no longer uses the port.
bool AddonState::EndWithEnvironment(Napi::Env env, std::shared_ptr<AddonState> state) {
  auto kept = std::make_unique<std::shared_ptr<AddonState>>(std::move(state));
  const auto on_cleanup = [](napi_async_cleanup_hook_handle handle, void* data) {
    const std::unique_ptr<std::shared_ptr<AddonState>> ended(
        static_cast<std::shared_ptr<AddonState>*>(data));
    (*ended)->Shutdown();
    (*ended)->CloseOpen();
    (*ended)->port_->Dispose([handle, state = *ended] { napi_remove_async_cleanup_hook(handle); });
  };
  if (napi_add_async_cleanup_hook(env, on_cleanup, kept.get(), nullptr) != napi_ok) return false;
  static_cast<void>(kept.release());  // on_cleanup adopts it.
  return true;
}

std::shared_ptr<AddonState> AddonState::Create(Napi::Env env) {
  auto state = std::make_shared<AddonState>(env);
  AddonState* raw = state.get();
  if (!state->port_->Open(
          env, [raw](const std::vector<PortEntry>& entries) { raw->Deliver(entries); })) {
    return nullptr;
  }
  // process.exit() runs the AtExit callbacks and no cleanup hooks; a natural exit and a worker's
  // end run both.
  if (!isolate::PlatformLink::Attach([state] { state->Shutdown(); })) return nullptr;
  if (!EndWithEnvironment(env, state)) return nullptr;
  env.SetInstanceData(new std::shared_ptr<AddonState>(state));
  return state;
}

std::shared_ptr<AddonState> AddonState::Of(Napi::Env env) {
  return *env.GetInstanceData<std::shared_ptr<AddonState>>();
}

std::shared_ptr<LiveIsolate> AddonState::Start(const protocol::IsolateOptions& options,
                                               Napi::Function on_events) {
  if (closing_) return nullptr;
  auto isolate = std::make_shared<LiveIsolate>();
  isolate->key = ++last_key_;
  isolate->on_events = Napi::Persistent(on_events);
  isolates_.emplace(isolate->key, isolate);
  isolate->thread = isolate::IsolateThread::Start(options, NewSink(port_, isolate->key));
  if (isolate->thread == nullptr) {
    isolates_.erase(isolate->key);
    return nullptr;
  }
  return isolate;
}

protocol::BeginResult AddonState::Begin(LiveIsolate& isolate, protocol::CellOptions options) {
  if (isolate.thread == nullptr) return protocol::BeginResult::kGone;
  base::Moments::Note(base::Moment::kHands);
  const protocol::BeginResult result = isolate.thread->Begin(std::move(options));
  if (result != protocol::BeginResult::kGone) KeepAlive(isolate);
  return result;
}

void AddonState::Post(LiveIsolate& isolate, protocol::Command command) {
  if (isolate.thread == nullptr) return;
  isolate.thread->Post(std::move(command));
  port_->ExpectMore();
}

void AddonState::PostLater(LiveIsolate& isolate, protocol::Command command) {
  if (isolate.thread != nullptr) isolate.thread->PostLater(std::move(command));
}

void AddonState::Dismiss(LiveIsolate& isolate) {
  if (isolate.thread == nullptr) return;
  isolate.thread->Dismiss();
  KeepAlive(isolate);
}

void AddonState::KeepAlive(LiveIsolate& isolate) {
  if (isolate.keeps_alive) return;
  isolate.keeps_alive = true;
  if (++keeping_alive_ == 1) port_->KeepAlive();
}

void AddonState::Deliver(const std::vector<PortEntry>& entries) {
  const Napi::HandleScope handles(env_);
  std::vector<Parcel> parcels;
  for (const PortEntry& entry : entries) {
    // Entries of one isolate mostly follow each other.
    if (parcels.empty() || parcels.back().isolate->key != entry.isolate) {
      const auto live = isolates_.find(entry.isolate);
      if (live == isolates_.end()) continue;
      parcels.push_back({live->second, EventWriter(env_)});
    }
    Parcel& parcel = parcels.back();
    LiveIsolate& isolate = *parcel.isolate;
    if (isolate.thread == nullptr) continue;
    parcel.writer.Write(entry.event);
    isolate.thread->Taken(entry.bytes);
    if (IsLast(entry.event)) Finish(isolate);
  }
  for (const Parcel& parcel : parcels) {
    const Napi::HandleScope inner(env_);
    if (parcel.isolate->on_events.IsEmpty())
      continue;  // Abandoned by an earlier parcel's callback.
    const Napi::Function on_events = parcel.isolate->on_events.Value();
    // As arguments: to fill an array takes several times as long.
    const std::vector<napi_value>& values = parcel.writer.values();
    base::Moments::Note(base::Moment::kDelivers);
    napi_call_function(env_, env_.Undefined(), on_events, values.size(), values.data(), nullptr);
    base::Moments::Note(base::Moment::kDelivered);
    // One callback's failure must not cost the other cells their events. Where the environment is
    // being terminated every call fails and nothing is pending.
    napi_value thrown = nullptr;
    if (env_.IsExceptionPending() && napi_get_and_clear_last_exception(env_, &thrown) == napi_ok) {
      napi_fatal_exception(env_, thrown);
    }
  }
  for (const Parcel& parcel : parcels) {
    if (parcel.isolate->thread == nullptr) parcel.isolate->on_events.Reset();
  }
}

// The thread has ended, or sleeps for ever.
void AddonState::Finish(LiveIsolate& isolate) {
  isolate.last_usage = isolate.thread->Usage();
  if (isolate.thread->parked()) {
    isolate.thread->Abandon();
  } else {
    isolate.thread->Join();
  }
  Forget(isolate);
}

void AddonState::Abandon(LiveIsolate& isolate) {
  if (isolate.thread == nullptr) return;
  isolate.last_usage = isolate.thread->Usage();
  isolate.thread->Abandon();
  isolate.on_events.Reset();
  Forget(isolate);
}

void AddonState::Forget(LiveIsolate& isolate) {
  isolate.thread.reset();
  if (isolate.keeps_alive && --keeping_alive_ == 0 && !closing_) port_->LetGo();
  isolates_.erase(isolate.key);
}

void AddonState::NoteExitCode(int code) {
  uv_loop_t* loop = nullptr;
  if (napi_get_uv_event_loop(env_, &loop) != napi_ok || loop != uv_default_loop()) return;
  exit_code_ = code;
}

void AddonState::CloseOpen() {
  for (const auto& [what, close] : std::exchange(open_, {})) close();
}

void AddonState::Shutdown() {
  closing_ = true;
  port_->Close();
  for (const auto& [key, isolate] : isolates_) isolate->thread->Terminate();
  const base::Clock::time_point deadline =
      base::Clock::now() + kExitGrace + kExitGracePerIsolate * static_cast<int>(isolates_.size());
  while (!isolates_.empty()) {
    const std::shared_ptr<LiveIsolate> isolate = isolates_.begin()->second;
    isolate->on_events.Reset();
    if (isolate->thread->WaitUntilOver(deadline)) {
      Finish(*isolate);
    } else {
      isolate->thread->Abandon();
      Forget(*isolate);
    }
  }
  // The engine's teardown crashes under a thread that still runs in it.
  if (exit_code_ && isolate::IsolateThread::orphan_count() > 0) base::ExitAtOnce(*exit_code_);
}

}  // namespace codecell::host
