#pragma once

#include <cstddef>
#include <utility>

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
  void Push(Event event, size_t bytes) {
    PushLater(std::move(event), bytes);
    Flush();
  }
  // The same, without a wake-up for the host until Flush().
  virtual void PushLater(Event event, size_t bytes) = 0;
  // Any thread. Nothing where the host has seen everything.
  virtual void Flush() = 0;
};

}  // namespace codecell::protocol
