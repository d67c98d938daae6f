#include "host/event_port.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace codecell::host {

namespace {

// Delivered in one turn of the loop. More is hardly faster, and a turn should take a few
// milliseconds at most.
constexpr size_t kEntriesPerTurn = 512;
// Of one cell before the next has its turn.
constexpr size_t kEntriesOfOneCell = 64;

}  // namespace

bool EventPort::Open(Napi::Env env, Deliver deliver) {
  uv_loop_t* loop = nullptr;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return false;
  auto wake = std::make_unique<Wake>();
  wake->port = this;
  if (uv_async_init(loop, &wake->handle, OnWake) != 0) return false;
  wake->handle.data = wake.get();
  wake_ = wake.release();  // OnClosed adopts it.
  env_ = env;
  deliver_ = std::move(deliver);
  enter_ = Napi::Persistent(
      Napi::Function::New(env, [this](const Napi::CallbackInfo&) { DeliverAll(); }));
  LetGo();
  queue_.With([](Queue& queue) { queue.open = true; });
  return true;
}

void EventPort::Close() {
  std::vector<PortEntry> dropped;
  queue_.With([&](Queue& queue) {
    queue.open = false;
    dropped.swap(queue.entries);
  });
  lines_.clear();
  turns_.clear();
}

void EventPort::Dispose(std::function<void()> done) {
  enter_.Reset();
  wake_->closed = std::move(done);
  uv_close(reinterpret_cast<uv_handle_t*>(&wake_->handle), OnClosed);
  wake_ = nullptr;
}

void EventPort::OnClosed(uv_handle_t* handle) {
  const std::unique_ptr<Wake> wake(static_cast<Wake*>(handle->data));
  wake->closed();
}

void EventPort::KeepAlive() { uv_ref(reinterpret_cast<uv_handle_t*>(&wake_->handle)); }

void EventPort::LetGo() { uv_unref(reinterpret_cast<uv_handle_t*>(&wake_->handle)); }

void EventPort::Post(PortEntry entry) {
  // The wake-up is sent under the lock: Close() must not return while one is on its way.
  queue_.With([&](Queue& queue) {
    if (!queue.open) return;
    const bool first = queue.entries.empty();
    queue.entries.push_back(std::move(entry));
    if (first) uv_async_send(&wake_->handle);
  });
}

void EventPort::OnWake(uv_async_t* handle) {
  EventPort& port = *static_cast<Wake*>(handle->data)->port;
  const Napi::Env env(port.env_);
  const Napi::HandleScope handles(env);
  // The loop calls from outside JavaScript; this enters it, and runs what is due after a callback.
  if (port.enter_.IsEmpty()) return;
  napi_make_callback(env, nullptr, env.Global(), port.enter_.Value(), 0, nullptr, nullptr);
  // What the host's own code has thrown, on the way or in the ticks after it, is the host's
  // uncaught exception. Where the environment is being terminated nothing is pending.
  napi_value thrown = nullptr;
  if (env.IsExceptionPending() && napi_get_and_clear_last_exception(env, &thrown) == napi_ok) {
    napi_fatal_exception(env, thrown);
  }
}

void EventPort::DeliverAll() {
  TakeQueue();
  std::vector<PortEntry> entries = TakeTurn();
  if (!turns_.empty()) uv_async_send(&wake_->handle);
  if (!entries.empty()) deliver_(std::move(entries));
}

void EventPort::TakeQueue() {
  std::vector<PortEntry> entries;
  // The queue is emptied each time: only the first entry of an empty one sends a wake-up.
  queue_.With([&](Queue& queue) { entries.swap(queue.entries); });
  for (PortEntry& entry : entries) {
    std::deque<PortEntry>& line = lines_[entry.cell];
    if (line.empty()) turns_.push_back(entry.cell);
    line.push_back(std::move(entry));
  }
}

std::vector<PortEntry> EventPort::TakeTurn() {
  std::vector<PortEntry> entries;
  while (!turns_.empty() && entries.size() < kEntriesPerTurn) {
    const auto found = lines_.find(turns_.front());
    turns_.pop_front();
    std::deque<PortEntry>& line = found->second;
    const size_t count =
        std::min({line.size(), kEntriesOfOneCell, kEntriesPerTurn - entries.size()});
    const auto end = line.begin() + static_cast<std::ptrdiff_t>(count);
    std::move(line.begin(), end, std::back_inserter(entries));
    line.erase(line.begin(), end);
    if (line.empty()) {
      lines_.erase(found);
    } else {
      turns_.push_back(found->first);
    }
  }
  return entries;
}

}  // namespace codecell::host
