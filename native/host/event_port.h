#pragma once

#include <napi.h>
#include <uv.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/spin.h"
#include "protocol/event.h"
#include "protocol/event_sink.h"

namespace codecell::host {

using IsolateKey = uint32_t;

// An event on its way from a cell's thread to JavaScript.
struct PortEntry {
  IsolateKey isolate;
  protocol::Event event;
  size_t bytes;  // What it adds to its cell's backlog.
};

// The way of events from all isolates of an environment to its host thread. One wake-up delivers
// what has been posted until the loop answers it, up to a bound of events and of time, so that
// cells that send without end do not keep the loop from its other work. Isolates that send more
// than fits take turns, so that none waits long for another.
class EventPort {
 public:
  using Deliver = std::function<void(std::vector<PortEntry>)>;

  EventPort();
  EventPort(const EventPort&) = delete;
  EventPort& operator=(const EventPort&) = delete;

  // Host. `deliver` is called on the host's thread, inside a JavaScript callback. False: the
  // environment has no event loop.
  bool Open(Napi::Env env, Deliver deliver);
  // Host. Nothing is delivered from here on.
  void Close();
  // Host, after Close(). Closes the loop's handle; `done` is called when the loop no longer uses
  // it.
  void Dispose(std::function<void()> done);
  // Host. Whether waiting for events keeps the environment's loop alive.
  void KeepAlive();
  void LetGo();

  // Any thread. Adds to what waits, and the wake-up for it.
  void Post(PortEntry entry);
  void Flush();
  // Host. A cell has been sent a command that it waits for, and may soon send the next event.
  void ExpectMore() { expects_more_ = true; }

 private:
  // Belongs to the loop from uv_async_init until its close callback.
  struct Wake {
    uv_async_t handle;
    EventPort* port;
    std::function<void()> closed;
  };
  struct Queue {
    std::vector<PortEntry> entries;
    bool open = false;
    bool awake = false;  // A wake-up is on its way, or the host is delivering.
  };

  static void OnWake(uv_async_t* handle);
  static void OnClosed(uv_handle_t* handle);

  // Calls DeliverAll() from JavaScript, so that ticks and microtasks run after it.
  void Enter();
  void DeliverAll();
  // Whether to deliver more in this turn of the loop. Where more is expected it checks for a
  // moment.
  bool HasMore(base::Clock::time_point turn_ends);
  // Takes everything out of the queue.
  std::vector<PortEntry> TakeQueue();
  // Puts entries at the ends of their isolates' lines.
  void LineUp(std::vector<PortEntry> entries);
  // Takes what one turn of the loop may deliver out of the lines.
  std::vector<PortEntry> TakeTurn();

  napi_env env_ = nullptr;
  Deliver deliver_;  // Host only.
  // Host only: what is out of the queue and not delivered yet, by isolate. No line is empty.
  std::unordered_map<IsolateKey, std::deque<PortEntry>> lines_;
  std::deque<IsolateKey> turns_;   // Host only: the isolates that have a line, the next first.
  Napi::FunctionReference enter_;  // Calls DeliverAll() from JavaScript.
  Wake* wake_ = nullptr;
  bool expects_more_ = false;  // Host only.
  base::Spin look_;
  std::atomic<bool> is_flushed_{false};  // Flush() was called for entries in the queue.
  base::Guarded<Queue> queue_;
};

// Where the events of one isolate enter the port. It may outlive the environment: a closed port
// drops what it is given.
std::shared_ptr<protocol::EventSink> NewSink(std::shared_ptr<EventPort> port, IsolateKey isolate);

}  // namespace codecell::host
