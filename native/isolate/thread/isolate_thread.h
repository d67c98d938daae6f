#pragma once

#include <cstddef>
#include <memory>

#include "base/clock.h"
#include "base/thread_cache.h"
#include "protocol/command.h"
#include "protocol/event.h"
#include "protocol/event_sink.h"
#include "protocol/options.h"

namespace codecell::isolate {

struct CellLink;

// An isolate on a thread of its own, and the one cell it is given, seen from outside. Every method
// may be called from any thread; the owner calls Join() after the Disposed event, or Abandon(),
// before it lets go.
class IsolateThread {
 public:
  // Begins to make an isolate; Ready follows if no cell has begun by then. Null where the system
  // refuses a thread.
  static std::unique_ptr<IsolateThread> Start(const protocol::IsolateOptions& options,
                                              std::shared_ptr<protocol::EventSink> sink);
  IsolateThread(const IsolateThread&) = delete;
  IsolateThread& operator=(const IsolateThread&) = delete;
  ~IsolateThread();

  // Gives the isolate its cell, once.
  protocol::BeginResult Begin(protocol::CellOptions options);
  // Ends an isolate that has no cell; Disposed follows. Nothing where it has one.
  void Dismiss();
  void Post(protocol::Command command);
  // The same, but that it reaches the cell with the next command at the latest.
  void PostLater(protocol::Command command);
  // Asks the cell to stop, in any state; Settled and Disposed follow. Idempotent.
  void Terminate();
  // The host has taken so much of the cell's backlog.
  void Taken(size_t bytes);
  void Join();
  // Lets go of a thread that may never end, at the lowest scheduling class.
  void Abandon();
  // Waits until the thread is about to end or has parked. False: the deadline passed first.
  bool WaitUntilOver(base::Clock::time_point deadline);
  // Whether the thread sleeps for ever and must not be joined.
  bool parked() const;

  // What the cell has used so far. Not after Join().
  protocol::Usage Usage() const;

  // Threads of the whole process that were abandoned and still run, or are parked.
  static int orphan_count();

 private:
  IsolateThread(std::shared_ptr<CellLink> link, std::unique_ptr<base::LentThread> thread);

  const std::shared_ptr<CellLink> link_;
  const std::unique_ptr<base::LentThread> thread_;
};

}  // namespace codecell::isolate
