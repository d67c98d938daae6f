#pragma once

#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <functional>
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

// The way from every cell of an environment to its host thread. One wake-up carries all that has
// been posted by the time it is answered.
class EventPort {
 public:
  using Deliver = std::function<void(const std::vector<PortEntry>&)>;

  EventPort() = default;
  EventPort(const EventPort&) = delete;
  EventPort& operator=(const EventPort&) = delete;

  // Host. `deliver` is called on the host's thread. False: Node-API refused.
  bool Open(napi_env env, Deliver deliver);
  // Host. Nothing is delivered from here on.
  void Close();
  // Host. Whether waiting for events keeps the environment's loop alive.
  void KeepAlive(napi_env env);
  void LetGo(napi_env env);

  // Any thread.
  void Post(PortEntry entry);

 private:
  struct Queue {
    std::vector<PortEntry> entries;
    bool wake_pending = false;
    bool open = false;
  };

  static void OnWake(napi_env env, napi_value, void* context, void*);

  Deliver deliver_;  // Host only.
  napi_threadsafe_function wake_ = nullptr;
  base::Guarded<Queue> queue_;
};

}  // namespace codecell::host
