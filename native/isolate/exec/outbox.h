#pragma once

#include <cstddef>
#include <optional>

#include "base/backlog.h"
#include "base/clock.h"
#include "isolate/engine/stop.h"
#include "protocol/event.h"
#include "protocol/event_sink.h"
#include "protocol/limits.h"

namespace codecell::isolate {

enum class OutputKind {
  kItem,  // An output item or a console line.
  kNotification,
};

// Sends a cell's events to the host in order, and waits while the host has too many to read.
class Outbox {
 public:
  Outbox(protocol::EventSink& sink, base::Backlog& backlog, const protocol::CellLimits& limits)
      : sink_(sink), backlog_(backlog), limits_(limits) {}

  // Until this is called nothing is sent or counted: no cell has begun.
  void Open() { is_open_ = true; }

  // Counts an output before it is copied. Returns the reason to stop the cell where it passes a
  // limit.
  std::optional<Stop> Admit(OutputKind kind, size_t bytes);
  // Whether so many bytes more are within the limit of output.
  bool HasRoomFor(size_t bytes) const { return bytes_ + bytes <= limits_.output_bytes; }
  // Whether the host has been given an item, a console line or a notification.
  bool has_sent() const { return items_ + notifications_ > 0; }
  // Events sent in quick succession wake the host once: after a moment, or at Flush(), which the
  // loop calls before it waits. The watchdog flushes for a cell that computes.
  void Send(protocol::Event event, size_t bytes);
  void Flush();

 private:
  protocol::EventSink& sink_;
  base::Backlog& backlog_;
  const protocol::CellLimits& limits_;
  bool is_open_ = false;
  base::Deadline flush_at_;  // Empty: the host has been woken for everything sent.
  size_t bytes_ = 0;
  size_t items_ = 0;
  size_t notifications_ = 0;
};

}  // namespace codecell::isolate
