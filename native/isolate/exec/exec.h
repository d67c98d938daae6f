#pragma once

#include <v8.h>

#include <cstddef>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/spin.h"
#include "isolate/engine/engine_compat.h"
#include "isolate/engine/heap_limit.h"
#include "isolate/engine/isolate_owner.h"
#include "isolate/engine/isolate_scope.h"
#include "isolate/engine/stop.h"
#include "isolate/exec/module_loader.h"
#include "isolate/exec/outbox.h"
#include "isolate/exec/rejections.h"
#include "isolate/exec/synthetic_modules.h"
#include "isolate/exec/timers.h"
#include "isolate/exec/tool_bridge.h"
#include "isolate/globals/realm.h"
#include "isolate/globals/stored_overlay.h"
#include "isolate/thread/cell_link.h"
#include "protocol/command.h"
#include "protocol/event.h"
#include "protocol/options.h"

namespace codecell::isolate {

// One exec on its isolate's thread: what the helpers find behind the isolate, and the loop that
// takes commands, runs timers and tasks, and decides when the cell's code is done.
class Exec {
 public:
  Exec(IsolateScope& scope, IsolateOwner& owner, CellLink& link);
  Exec(const Exec&) = delete;
  Exec& operator=(const Exec&) = delete;
  // Drops every handle into the isolate.
  ~Exec();

  static Exec& From(v8::Isolate* isolate);

  // Makes the realm, and warms a spare one up.
  void Prepare();
  // Waits for the cell. False: none will come.
  bool AwaitCell();
  // Takes over what is known now that the cell has come. In the realm's context; false: the engine
  // could not.
  bool Begin();
  // Runs the cell from its source to its end.
  protocol::Settled Run();

  IsolateScope& scope() { return scope_; }
  const protocol::CellOptions& options() const { return link_.options; }
  const protocol::CellLimits& limits() const { return link_.options.limits; }
  Realm& realm() { return realm_; }
  Outbox& outbox() { return outbox_; }
  ToolBridge& tools() { return tools_; }
  StoredOverlay& stored() { return stored_; }
  Timers& timers() { return timers_; }
  ModuleLoader& modules() { return modules_; }
  SyntheticModules& synthetic_modules() { return synthetic_modules_; }
  Rejections& rejections() { return rejections_; }

  // Whether no more of the cell's code may run.
  bool stopping() const { return link_.terminator.requested(); }

  Terminator& terminator() { return link_.terminator; }
  // Ends the cell from inside one of its calls: no more of its code runs, not even a finally.
  void StopHere(const Stop& why);
  // Makes a stop that has been asked for take effect before the caller returns to the cell's code.
  void StopNow();

  // Counts what the cell hands out. False: it passed a limit, and the cell has been stopped.
  bool AdmitOutput(OutputKind kind, size_t bytes);
  // Counts and copies a text the cell hands out. False as above.
  bool CopyOutput(OutputKind kind, v8::Local<v8::String> string, base::Text& text);
  // One text item. False as above.
  bool SendText(v8::Local<v8::String> string);

 private:
  // Runs something harmless on all the ways that most cells take, so that what the engine makes
  // lazily is there. Nothing a cell could see comes of it.
  void WarmUp();
  void Loop(v8::Local<v8::Promise> done);
  // One round of what is ready: commands, tasks, timers. False: nothing was.
  bool RunReady(v8::Local<v8::Promise> done);
  bool Apply(const std::vector<protocol::Command>& commands, v8::Local<v8::Promise> done);
  bool RunTasks();
  bool CanGoOn();
  base::Deadline NextDeadline();
  // Runs the microtasks. False: the cell is over.
  bool Drain(v8::Local<v8::Promise> done);

  // Sleeps until there is something to do, and takes the commands that have come.
  std::vector<protocol::Command> Wait();

  protocol::Settled Conclude(v8::Local<v8::Promise> done);
  void Fail(protocol::CellError error);

  IsolateScope& scope_;
  IsolateOwner& owner_;
  CellLink& link_;
  Outbox outbox_;
  ToolBridge tools_;
  StoredOverlay stored_;
  Timers timers_;
  Realm realm_;
  SyntheticModules synthetic_modules_;
  ModuleLoader modules_;
  Rejections rejections_;
  base::Spin answer_;
  HeapLimit heap_;

  std::optional<protocol::CellError> failure_;  // Set once the cell's code has failed.
  bool was_ready_ = false;                      // Before the cell began.
  bool deadlocked_ = false;
};

}  // namespace codecell::isolate
