#pragma once

#include <v8.h>

#include <cstddef>
#include <optional>
#include <utility>

#include "base/text.h"
#include "isolate/engine/isolate_scope.h"
#include "isolate/engine/stop.h"
#include "isolate/engine/terminator.h"
#include "isolate/exec/ambient.h"
#include "isolate/exec/helper_functions.h"
#include "isolate/exec/lenient_program.h"
#include "isolate/exec/module_loader.h"
#include "isolate/exec/outbox.h"
#include "isolate/exec/rejections.h"
#include "isolate/exec/stored_overlay.h"
#include "isolate/exec/synthetic_modules.h"
#include "isolate/exec/timers.h"
#include "isolate/exec/tool_bridge.h"
#include "isolate/exec/web_libraries.h"
#include "protocol/error.h"
#include "protocol/options.h"

namespace codecell::isolate {

struct CellLink;

// What the helpers and the engine's callbacks find behind the isolate of a cell, on its thread:
// the cell's options, and the parts that hold its state. It neither waits nor runs the cell's code
// by itself; that is CellLoop's work.
class CellContext {
 public:
  CellContext(IsolateScope& scope, CellLink& link);
  CellContext(const CellContext&) = delete;
  CellContext& operator=(const CellContext&) = delete;
  // Drops every handle into the isolate.
  ~CellContext();

  static CellContext& From(v8::Isolate* isolate);

  // Takes over the options of the cell that begins.
  void Begin();

  IsolateScope& scope() { return scope_; }
  const protocol::CellOptions& options() const { return options_; }
  const protocol::CellLimits& limits() const { return options_.setup.limits; }
  Outbox& outbox() { return outbox_; }
  ToolBridge& tools() { return tools_; }
  StoredOverlay& stored() { return stored_; }
  Timers& timers() { return timers_; }
  HelperFunctions& helpers() { return helpers_; }
  ModuleLoader& modules() { return modules_; }
  LenientProgram& program() { return program_; }
  SyntheticModules& synthetic_modules() { return synthetic_modules_; }
  Rejections& rejections() { return rejections_; }
  WebLibraries& web() { return web_; }
  Ambient& ambient() { return ambient_; }

  // Whether no more of the cell's code may run.
  bool stopping() const { return terminator_.requested(); }

  Terminator& terminator() { return terminator_; }
  // Ends the cell from inside one of its calls: no more of its code runs, not even a finally.
  void StopHere(const Stop& why);
  // Makes a stop that has been asked for take effect before the caller returns to the cell's code.
  void StopNow();

  // Remembers what code has thrown that nothing of the cell awaits, such as a microtask or a
  // listener: the cell fails with the first.
  void NoteUncaught(const v8::TryCatch& caught);
  void NoteUncaught(v8::Local<v8::Value> thrown);
  std::optional<protocol::CellError> TakeUncaught() { return std::exchange(uncaught_, {}); }

  // Counts what the cell hands out. False: it passed a limit, and the cell has been stopped.
  bool AdmitOutput(OutputKind kind, size_t bytes);
  // Counts and copies a text the cell hands out. False as above.
  bool CopyOutput(OutputKind kind, v8::Local<v8::String> string, base::Text& text);
  // One text item. False as above.
  bool SendText(v8::Local<v8::String> string);

 private:
  IsolateScope& scope_;
  CellLink& link_;
  const protocol::CellOptions& options_;
  Terminator& terminator_;
  Outbox outbox_;
  Ambient ambient_;
  ToolBridge tools_;
  StoredOverlay stored_;
  Timers timers_;
  HelperFunctions helpers_;
  SyntheticModules synthetic_modules_;
  ModuleLoader modules_;
  LenientProgram program_;
  Rejections rejections_;
  WebLibraries web_;
  std::optional<protocol::CellError> uncaught_;
};

}  // namespace codecell::isolate
