#include "host/addon_state.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include "base/clock.h"
#include "host/event_writer.h"
#include "isolate/engine/platform_link.h"
#include "protocol/event_sink.h"

namespace codecell::host {

namespace {

// How long an exit waits for cells that do not react: at least so long, and more for many cells.
constexpr std::chrono::milliseconds kExitGrace{250};
constexpr std::chrono::milliseconds kExitGracePerCell{20};

// The end of one cell's line into the port.
class CellSink final : public protocol::EventSink {
 public:
  CellSink(std::shared_ptr<EventPort> port, CellKey cell) : port_(std::move(port)), cell_(cell) {}

  void PushLater(protocol::Event event, size_t bytes) override {
    port_->Post({cell_, std::move(event), bytes});
  }

  void Flush() override { port_->Flush(); }

 private:
  const std::shared_ptr<EventPort> port_;
  const CellKey cell_;
};

// The events of one cell in one delivery.
struct Parcel {
  std::shared_ptr<LiveCell> cell;
  EventWriter writer;
};

// Whether nothing follows from the event's cell.
bool IsLast(const protocol::Event& event) {
  const auto* settled = std::get_if<protocol::Settled>(&event);
  return std::holds_alternative<protocol::Disposed>(event) ||
         (settled != nullptr && settled->thread == protocol::ThreadFate::kParked);
}

}  // namespace

// The environment waits until the loop has let go of the port.
bool AddonState::EndWithEnvironment(Napi::Env env, std::shared_ptr<AddonState> state) {
  auto kept = std::make_unique<std::shared_ptr<AddonState>>(std::move(state));
  const auto on_cleanup = [](napi_async_cleanup_hook_handle handle, void* data) {
    const std::unique_ptr<std::shared_ptr<AddonState>> ended(
        static_cast<std::shared_ptr<AddonState>*>(data));
    (*ended)->Shutdown();
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

std::shared_ptr<LiveCell> AddonState::Start(const protocol::IsolateOptions& options,
                                            Napi::Function on_events) {
  if (closing_) return nullptr;
  auto cell = std::make_shared<LiveCell>();
  cell->key = ++last_key_;
  cell->on_events = Napi::Persistent(on_events);
  cells_.emplace(cell->key, cell);
  cell->thread =
      isolate::IsolateThread::Start(options, std::make_shared<CellSink>(port_, cell->key));
  if (cell->thread == nullptr) {
    cells_.erase(cell->key);
    return nullptr;
  }
  return cell;
}

protocol::BeginResult AddonState::Begin(LiveCell& cell, protocol::CellOptions options) {
  if (cell.thread == nullptr) return protocol::BeginResult::kGone;
  const protocol::BeginResult result = cell.thread->Begin(std::move(options));
  if (result != protocol::BeginResult::kGone) KeepAlive(cell);
  return result;
}

void AddonState::Post(LiveCell& cell, protocol::Command command) {
  if (cell.thread == nullptr) return;
  cell.thread->Post(std::move(command));
  port_->ExpectMore();
}

void AddonState::Dismiss(LiveCell& cell) {
  if (cell.thread == nullptr) return;
  cell.thread->Dismiss();
  KeepAlive(cell);
}

void AddonState::KeepAlive(LiveCell& cell) {
  if (cell.keeps_alive) return;
  cell.keeps_alive = true;
  if (++keeping_alive_ == 1) port_->KeepAlive();
}

void AddonState::Deliver(const std::vector<PortEntry>& entries) {
  const Napi::HandleScope handles(env_);
  std::vector<Parcel> parcels;
  for (const PortEntry& entry : entries) {
    // Most of a cell's entries stand together.
    if (parcels.empty() || parcels.back().cell->key != entry.cell) {
      const auto live = cells_.find(entry.cell);
      if (live == cells_.end()) continue;
      parcels.push_back({live->second, EventWriter(env_)});
    }
    Parcel& parcel = parcels.back();
    LiveCell& cell = *parcel.cell;
    if (cell.thread == nullptr) continue;
    parcel.writer.Write(entry.event);
    cell.thread->Taken(entry.bytes);
    if (IsLast(entry.event)) Finish(cell);
  }
  for (const Parcel& parcel : parcels) {
    const Napi::HandleScope inner(env_);
    if (parcel.cell->on_events.IsEmpty()) continue;  // Abandoned by an earlier parcel's callback.
    const Napi::Function on_events = parcel.cell->on_events.Value();
    // As arguments: to fill an array takes several times as long.
    const std::vector<napi_value>& values = parcel.writer.values();
    napi_call_function(env_, env_.Undefined(), on_events, values.size(), values.data(), nullptr);
    // One callback's failure must not cost the other cells their events. Where the environment is
    // being terminated every call fails and nothing is pending.
    napi_value thrown = nullptr;
    if (env_.IsExceptionPending() && napi_get_and_clear_last_exception(env_, &thrown) == napi_ok) {
      napi_fatal_exception(env_, thrown);
    }
  }
  for (const Parcel& parcel : parcels) {
    if (parcel.cell->thread == nullptr) parcel.cell->on_events.Reset();
  }
}

// The thread has ended, or sleeps for ever.
void AddonState::Finish(LiveCell& cell) {
  cell.last_usage = cell.thread->Usage();
  if (cell.thread->parked()) {
    cell.thread->Abandon();
  } else {
    cell.thread->Join();
  }
  Forget(cell);
}

void AddonState::Abandon(LiveCell& cell) {
  if (cell.thread == nullptr) return;
  cell.last_usage = cell.thread->Usage();
  cell.thread->Abandon();
  cell.on_events.Reset();
  Forget(cell);
}

void AddonState::Forget(LiveCell& cell) {
  cell.thread.reset();
  if (cell.keeps_alive && --keeping_alive_ == 0 && !closing_) port_->LetGo();
  cells_.erase(cell.key);
}

void AddonState::NoteExitCode(int code) {
  uv_loop_t* loop = nullptr;
  if (napi_get_uv_event_loop(env_, &loop) != napi_ok || loop != uv_default_loop()) return;
  exit_code_ = code;
}

void AddonState::Shutdown() {
  closing_ = true;
  port_->Close();
  for (const auto& [key, cell] : cells_) cell->thread->Terminate();
  const base::Clock::time_point deadline =
      base::Clock::now() + kExitGrace + kExitGracePerCell * static_cast<int>(cells_.size());
  while (!cells_.empty()) {
    const std::shared_ptr<LiveCell> cell = cells_.begin()->second;
    cell->on_events.Reset();
    if (cell->thread->WaitUntilOver(deadline)) {
      Finish(*cell);
    } else {
      cell->thread->Abandon();
      Forget(*cell);
    }
  }
  // The engine's teardown crashes under a thread that still runs in it.
  if (exit_code_ && isolate::IsolateThread::orphan_count() > 0) _exit(*exit_code_);
}

}  // namespace codecell::host
