#pragma once

#include <napi.h>
#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/guarded.h"
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
// posted by the time it is answered, up to a bound, and there is at most one in a turn of the event
// loop, so that cells that talk without end leave the loop's other work its turns. Cells that have
// more to say than fits take turns, so that they do not keep each other waiting either.
class EventPort {
 public:
  using Deliver = std::function<void(std::vector<PortEntry>)>;

  EventPort() = default;
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

  // Any thread.
  void Post(PortEntry entry);

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
  };

  static void OnWake(uv_async_t* handle);
  static void OnClosed(uv_handle_t* handle);

  void DeliverAll();
  // Takes everything out of the queue into the lines.
  void TakeQueue();
  // Takes what one turn of the loop may deliver out of the lines.
  std::vector<PortEntry> TakeTurn();

  napi_env env_ = nullptr;
  Deliver deliver_;  // Host only.
  // Host only: what is out of the queue and not delivered yet, by cell. No line is empty.
  std::unordered_map<CellKey, std::deque<PortEntry>> lines_;
  std::deque<CellKey> turns_;      // Host only: the cells that have a line, the next first.
  Napi::FunctionReference enter_;  // Calls DeliverAll() from JavaScript.
  Wake* wake_ = nullptr;
  base::Guarded<Queue> queue_;
};

}  // namespace codecell::host
