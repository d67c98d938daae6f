#pragma once

#include <v8.h>

#include <cstddef>

#include "base/backlog.h"
#include "base/text.h"
#include "isolate/isolate_scope.h"
#include "protocol/event.h"
#include "protocol/event_sink.h"

namespace codecell::isolate {

// The way out of a cell: events in order, held back while the host has too much to read.
class Outbox {
 public:
  // `limit_bytes` bounds the cell's output items as held here: one byte a unit, or two.
  Outbox(protocol::EventSink& sink, base::Backlog& backlog, size_t limit_bytes)
      : sink_(sink), backlog_(backlog), limit_(limit_bytes) {}

  // Counts an output item of that many bytes before it is copied. False: it would pass the limit.
  bool Admit(size_t bytes);
  void Send(protocol::Event event, size_t bytes);

  size_t limit_bytes() const { return limit_; }
  size_t output_bytes() const { return output_; }

 private:
  protocol::EventSink& sink_;
  base::Backlog& backlog_;
  const size_t limit_;
  size_t output_ = 0;
};

}  // namespace codecell::isolate
