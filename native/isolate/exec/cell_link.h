#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "base/backlog.h"
#include "base/feed.h"
#include "base/latch.h"
#include "base/mailbox.h"
#include "base/scheduling.h"
#include "isolate/engine/memory_use.h"
#include "isolate/engine/stop.h"
#include "isolate/engine/terminator.h"
#include "isolate/exec/tool_wait.h"
#include "protocol/command.h"
#include "protocol/event_sink.h"
#include "protocol/options.h"

namespace codecell::isolate {

// How far a thread's isolate has come.
enum class Stage {
  kMaking,
  kReady,      // It waits for its cell.
  kBegun,      // It has been given a cell, which may have been before it was ready.
  kDismissed,  // No cell will come.
};

// What has happened to a cell's thread.
enum class ThreadLife {
  kRunning,
  kEnded,
  kAbandoned,  // The host let go of it while it ran.
  kParked,     // It sleeps for ever.
};

// What a cell's thread and the host share; it lives as long as either needs it.
struct CellLink {
  // `feed` brings the commands where another process posts them; null: the host posts them.
  CellLink(const protocol::IsolateOptions& isolate_options,
           std::shared_ptr<protocol::EventSink> event_sink, base::Feed* feed = nullptr)
      : isolate(isolate_options),
        sink(std::move(event_sink)),
        mailbox(feed),
        backlog(isolate_options.queued_bytes) {}

  // Host. Gives the isolate its cell, once.
  protocol::BeginResult Begin(protocol::CellOptions cell_options) {
    // The cell's thread reads them only once the stage is kBegun.
    options = std::move(cell_options);
    Stage before = stage.load();
    while (before != Stage::kDismissed && !stage.compare_exchange_weak(before, Stage::kBegun)) {
    }
    if (before == Stage::kDismissed) return protocol::BeginResult::kGone;
    priority.Resume();
    mailbox.Wake();
    return before == Stage::kReady ? protocol::BeginResult::kRunning
                                   : protocol::BeginResult::kMaking;
  }

  // Any thread. False: a cell has begun.
  bool Dismiss() {
    Stage before = stage.load();
    while (before != Stage::kBegun && !stage.compare_exchange_weak(before, Stage::kDismissed)) {
    }
    mailbox.Wake();
    return before != Stage::kBegun;
  }

  // Any thread. Asks the cell to stop, in any state. Returns false if it has been asked before.
  bool Terminate(const Stop& why) {
    const bool first = terminator.Terminate(why);
    backlog.Release();
    mailbox.Wake();
    return first;
  }

  // Any thread. Stops the cell for a limit it has passed, and tells the host at once: the engine
  // may be in a builtin that it cannot interrupt.
  void StopForLimit(const Stop& passed);

  // A stop for the heap's limit, as the engine tells it whenever it gets no memory: or the one for
  // a limit of the whole process, where that leaves less.
  Stop TightestLimit(const Stop& heap_limit) const;

  const protocol::IsolateOptions isolate;
  protocol::CellOptions options;  // Of the cell that has begun.
  const std::shared_ptr<protocol::EventSink> sink;
  std::atomic<Stage> stage{Stage::kMaking};
  base::ThreadPriority priority;
  base::Mailbox<protocol::Command> mailbox;
  base::Backlog backlog;
  Terminator terminator;
  base::Latch over;  // Set as the last thing the thread does, or when it parks.
  std::atomic<ThreadLife> life{ThreadLife::kRunning};
  std::atomic<double> cpu_ms_before{0};  // The thread's processor time when its cell began.
  const std::shared_ptr<MemoryUse> memory = std::make_shared<MemoryUse>();
  ToolWait tool_wait;
  // In a process with one cell, set before the cell begins: the stop for the limit of the process's
  // memory, if that leaves the engine less than `room_in_heap` bytes.
  std::function<std::optional<Stop>(size_t room_in_heap)> process_limit;
};

}  // namespace codecell::isolate
