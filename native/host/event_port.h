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

namespace codecell::host {

using CellKey = uint32_t;

// An event on its way from a cell's thread to JavaScript.
struct PortEntry {
  CellKey cell;
  protocol::Event event;
  size_t bytes;  // What it adds to its cell's backlog.
};

// The way from every cell of an environment to its host thread. One wake-up carries what has been
// posted by the time it is answered, up to a bound of events and of time, so that cells that talk
// without end leave the loop's other work its turns. Cells that have more to say than fits take
// turns, so that they do not keep each other waiting either.
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
  // Host, after Close(). Gives the loop's handle back; `done` is called when the loop has let go.
  void Dispose(std::function<void()> done);
  // Host. Whether waiting for events keeps the environment's loop alive.
  void KeepAlive();
  void LetGo();

  // Any thread. Adds to what waits, and the wake-up for it.
  void Post(PortEntry entry);
  void Flush();
  // Host. A cell has been given something it waits for: it may soon have more to tell.
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

  // Calls DeliverAll() from JavaScript, so that what is due after a callback is done too.
  void Enter();
  void DeliverAll();
  // Whether to deliver more in this turn of the loop. Looks for a moment where more is expected.
  bool HasMore(base::Clock::time_point turn_ends);
  // Takes everything out of the queue.
  std::vector<PortEntry> TakeQueue();
  // Puts entries at the ends of their cells' lines.
  void LineUp(std::vector<PortEntry> entries);
  // Takes what one turn of the loop may deliver out of the lines.
  std::vector<PortEntry> TakeTurn();

  napi_env env_ = nullptr;
  Deliver deliver_;  // Host only.
  // Host only: what is out of the queue and not delivered yet, by cell. No line is empty.
  std::unordered_map<CellKey, std::deque<PortEntry>> lines_;
  std::deque<CellKey> turns_;      // Host only: the cells that have a line, the next first.
  Napi::FunctionReference enter_;  // Calls DeliverAll() from JavaScript.
  Wake* wake_ = nullptr;
  bool expects_more_ = false;  // Host only.
  base::Spin look_;
  std::atomic<bool> is_flushed_{false};  // The queue has entries that are not to wait.
  base::Guarded<Queue> queue_;
};

}  // namespace codecell::host
