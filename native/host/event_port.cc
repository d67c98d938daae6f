#include "host/event_port.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <utility>

#include "base/moments.h"

namespace codecell::host {

namespace {

// Delivered in one turn of the loop. More is hardly faster, and a turn should take a few
// milliseconds at most.
constexpr size_t kEntriesPerTurn = 512;
// Of one isolate, before the next has its turn.
constexpr size_t kEntriesOfOneIsolate = 64;
// Delivered in one turn, besides the last entry. All events of a turn are in the host's heap before
// the first of them is read.
constexpr size_t kBytesPerTurn = size_t{16} << 20;

// How long the host checks for the next event of a cell, and how long one turn may take in all
// before the loop's other work runs.
constexpr std::chrono::microseconds kLook{15};
constexpr std::chrono::microseconds kMaxTurn{200};

class PortSink final : public protocol::EventSink {
 public:
  PortSink(std::shared_ptr<EventPort> port, IsolateKey isolate)
      : port_(std::move(port)), isolate_(isolate) {}

  void PushLater(protocol::Event event, size_t bytes) override {
    port_->Post({isolate_, std::move(event), bytes});
  }

  void Flush() override { port_->Flush(); }

 private:
  const std::shared_ptr<EventPort> port_;
  const IsolateKey isolate_;
};

}  // namespace

EventPort::EventPort() : look_(kLook) {}

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
  queue_.With([&](Queue& queue) {
    if (!queue.open) return;
    queue.entries.push_back(std::move(entry));
  });
}

void EventPort::Flush() {
  // The wake-up is sent under the lock: Close() must not return while one is on its way.
  queue_.With([&](Queue& queue) {
    if (!queue.open || queue.entries.empty()) return;
    is_flushed_.store(true, std::memory_order_release);
    if (queue.awake) return;
    queue.awake = true;
    uv_async_send(&wake_->handle);
  });
}

void EventPort::OnWake(uv_async_t* handle) {
  base::Moments::Note(base::Moment::kWakes);
  EventPort& port = *static_cast<Wake*>(handle->data)->port;
  const base::Clock::time_point turn_ends = base::Clock::now() + kMaxTurn;
  do {
    port.expects_more_ = false;
    port.Enter();
  } while (port.HasMore(turn_ends));
}

bool EventPort::HasMore(base::Clock::time_point turn_ends) {
  const bool has_time = base::Clock::now() < turn_ends;
  const auto has_come = [this] { return is_flushed_.load(std::memory_order_acquire); };
  if (has_time && expects_more_ && look_.Until(has_come)) return true;
  return queue_.With([&](Queue& queue) {
    const bool has_more = queue.open && (!queue.entries.empty() || !turns_.empty());
    queue.awake = has_more;
    if (has_more && !has_time) uv_async_send(&wake_->handle);
    return has_more && has_time;
  });
}

void EventPort::Enter() {
  const Napi::Env env(env_);
  const Napi::HandleScope handles(env);
  if (enter_.IsEmpty()) return;
  napi_make_callback(env, nullptr, env.Global(), enter_.Value(), 0, nullptr, nullptr);
  // What the host's own code has thrown, on the way or in the ticks after it, is the host's
  // uncaught exception. Where the environment is being terminated nothing is pending.
  napi_value thrown = nullptr;
  if (env.IsExceptionPending() && napi_get_and_clear_last_exception(env, &thrown) == napi_ok) {
    napi_fatal_exception(env, thrown);
  }
}

void EventPort::DeliverAll() {
  std::vector<PortEntry> entries = TakeQueue();
  size_t bytes = 0;
  for (const PortEntry& entry : entries) bytes += entry.bytes;
  // Where little waits, all of it fits into this turn.
  if (!turns_.empty() || entries.size() > kEntriesOfOneIsolate || bytes > kBytesPerTurn) {
    LineUp(std::move(entries));
    entries = TakeTurn();
  }
  if (!entries.empty()) deliver_(std::move(entries));
}

std::vector<PortEntry> EventPort::TakeQueue() {
  std::vector<PortEntry> entries;
  queue_.With([&](Queue& queue) {
    entries.swap(queue.entries);
    is_flushed_.store(false, std::memory_order_relaxed);
  });
  return entries;
}

void EventPort::LineUp(std::vector<PortEntry> entries) {
  for (PortEntry& entry : entries) {
    std::deque<PortEntry>& line = lines_[entry.isolate];
    if (line.empty()) turns_.push_back(entry.isolate);
    line.push_back(std::move(entry));
  }
}

std::vector<PortEntry> EventPort::TakeTurn() {
  std::vector<PortEntry> entries;
  size_t bytes = 0;
  while (!turns_.empty() && entries.size() < kEntriesPerTurn && bytes < kBytesPerTurn) {
    const auto found = lines_.find(turns_.front());
    turns_.pop_front();
    std::deque<PortEntry>& line = found->second;
    const size_t max_entries =
        std::min({line.size(), kEntriesOfOneIsolate, kEntriesPerTurn - entries.size()});
    auto end = line.begin();
    do {
      bytes += end->bytes;
      ++end;
    } while (end != line.begin() + static_cast<std::ptrdiff_t>(max_entries) &&
             bytes < kBytesPerTurn);
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

std::shared_ptr<protocol::EventSink> NewSink(std::shared_ptr<EventPort> port, IsolateKey isolate) {
  return std::make_shared<PortSink>(std::move(port), isolate);
}

}  // namespace codecell::host
