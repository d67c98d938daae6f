#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

#include "base/backlog.h"
#include "base/latch.h"
#include "base/mailbox.h"
#include "isolate/memory_use.h"
#include "isolate/terminator.h"
#include "isolate/tool_wait.h"
#include "protocol/command.h"
#include "protocol/event_sink.h"
#include "protocol/options.h"

namespace codecell::isolate {

// What has become of a cell's thread.
enum class ThreadLife {
  kRunning,
  kEnded,
  kAbandoned,  // The host let go of it while it ran.
  kParked,     // It sleeps for ever.
};

// What a cell's thread and the host share; it lives as long as either needs it.
struct CellLink {
  CellLink(protocol::CellOptions cell_options, std::shared_ptr<protocol::EventSink> event_sink)
      : options(std::move(cell_options)),
        sink(std::move(event_sink)),
        backlog(options.queued_bytes) {}

  // Any thread. Asks the cell to stop, wherever it is. False: it had been asked before.
  bool Terminate(const Stop& why) {
    const bool first = terminator.Terminate(why);
    backlog.Release();
    mailbox.Wake();
    return first;
  }

  const protocol::CellOptions options;
  const std::shared_ptr<protocol::EventSink> sink;
  base::Mailbox<protocol::Command> mailbox;
  base::Backlog backlog;
  Terminator terminator;
  base::Latch over;  // Set as the last thing the thread does, or when it parks.
  std::atomic<ThreadLife> life{ThreadLife::kRunning};
  const std::shared_ptr<MemoryUse> memory = std::make_shared<MemoryUse>();
  ToolWait tool_wait;
};

}  // namespace codecell::isolate
