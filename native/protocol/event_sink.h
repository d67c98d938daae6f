#pragma once

#include <cstddef>

#include "protocol/event.h"

namespace codecell::protocol {

// Where a cell's events go.
class EventSink {
 public:
  EventSink() = default;
  EventSink(const EventSink&) = delete;
  EventSink& operator=(const EventSink&) = delete;
  virtual ~EventSink() = default;

  // Isolate thread. Hands an event over, in order, and returns at once. `bytes` is what the event
  // adds to the cell's backlog.
  virtual void Push(Event event, size_t bytes) = 0;
};

}  // namespace codecell::protocol
