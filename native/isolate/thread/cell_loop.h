#pragma once

#include <v8.h>

#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/spin.h"
#include "isolate/engine/heap_limit.h"
#include "isolate/engine/isolate_owner.h"
#include "isolate/engine/isolate_scope.h"
#include "isolate/exec/cell_context.h"
#include "isolate/exec/cell_link.h"
#include "isolate/globals/realm.h"
#include "protocol/command.h"
#include "protocol/error.h"
#include "protocol/event.h"

namespace codecell::isolate {

// Runs one exec on its isolate's thread: it takes commands, runs timers and tasks, sleeps until the
// next of them, and decides when the cell's code is done and how it ended.
class CellLoop {
 public:
  CellLoop(IsolateScope& scope, IsolateOwner& owner, CellLink& link);
  CellLoop(const CellLoop&) = delete;
  CellLoop& operator=(const CellLoop&) = delete;
  // Drops every handle into the isolate.
  ~CellLoop() = default;

  // Makes the realm, and warms a spare one up.
  void Prepare();
  // Runs a small program that uses what many cells use, so that the engine has made what it makes
  // lazily. A cell sees nothing of it.
  void WarmUp(const base::Text& source);
  // Waits for the cell. False: none will come.
  bool AwaitCell();
  // Takes over the options of the cell that has come. In the realm's context; false: the engine
  // could not.
  bool Begin();
  // Runs the cell from its source to its end.
  protocol::Settled Run();

  CellContext& cell() { return cell_; }
  Realm& realm() { return realm_; }

 private:
  // Compiles the source and runs it; the promise of its end. Empty: it has failed to start.
  v8::Local<v8::Promise> RunSource();
  // What follows the end of a source that is read leniently. Returns the last promise.
  v8::Local<v8::Promise> RunRest(v8::Local<v8::Promise> done);
  v8::MaybeLocal<v8::Promise> NextPart(v8::Local<v8::Value> value);
  void RunUntilDone(v8::Local<v8::Promise> done);
  // Runs until no call and no timer is left.
  void RunLeftWork();
  // Runs while the promise is pending and there is something to do or, where there is nothing,
  // `may_wait` says so. False: it did not.
  template <typename MayWait>
  bool RunWhile(v8::Local<v8::Promise> done, const MayWait& may_wait);
  // One round of what is ready: commands, tasks, timers. False: nothing was.
  bool RunReady(v8::Local<v8::Promise> done);
  bool Apply(const std::vector<protocol::Command>& commands, v8::Local<v8::Promise> done);
  void Fire(const protocol::FireTimer& fire);
  bool RunTasks();
  bool CanGoOn();
  bool HasOpenWork();
  base::Deadline NextDeadline();
  // Runs the microtasks. False: the cell is over.
  bool Drain(v8::Local<v8::Promise> done);
  // Collects what the cell no longer uses where it has too much. False: it keeps more than it may,
  // and has been asked to stop.
  bool HoldHeap();

  // Sleeps until there is something to do, and takes the commands that have come.
  std::vector<protocol::Command> Wait();

  protocol::Settled Conclude(v8::Local<v8::Promise> done);
  void Fail(protocol::CellError error);

  bool stopping() const { return cell_.stopping(); }

  IsolateScope& scope_;
  IsolateOwner& owner_;
  CellLink& link_;
  CellContext cell_;
  Realm realm_;
  base::Spin answer_;
  HeapLimit heap_;

  std::optional<protocol::CellError> failure_;  // Set once the cell's code has failed.
  bool was_ready_ = false;                      // Before the cell began.
  bool deadlocked_ = false;
  double applied_ = 0;        // Commands.
  double told_applied_ = -1;  // When the host was told last.
};

}  // namespace codecell::isolate
