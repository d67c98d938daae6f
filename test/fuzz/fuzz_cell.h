#pragma once

#include <v8.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "isolate/engine/isolate_owner.h"
#include "isolate/engine/isolate_scope.h"
#include "isolate/exec/cell_link.h"
#include "isolate/thread/cell_loop.h"
#include "isolate/thread/isolate_thread.h"
#include "protocol/event.h"
#include "protocol/options.h"

namespace codecell::fuzz {

protocol::IsolateOptions SmallIsolate();
// Small limits, three tools, and modules of every kind.
protocol::CellOptions SmallCell();

// A cell's isolate, realm and helpers without its loop, on the calling thread: an input costs
// microseconds instead of a thread and an isolate. It serves many inputs, until one stops the cell.
class FuzzCell {
 public:
  FuzzCell();
  FuzzCell(const FuzzCell&) = delete;
  FuzzCell& operator=(const FuzzCell&) = delete;
  ~FuzzCell();

  isolate::IsolateScope& scope() { return scope_; }
  isolate::CellContext& cell() { return loop_.cell(); }
  // Whether it can serve another input.
  bool usable();

  // The value of a script that runs in the realm.
  v8::Local<v8::Value> Evaluate(const std::string& script);
  // Calls a function of the script's with the bytes as a Uint8Array. Empty with an exception
  // pending, or where the cell is being stopped.
  v8::MaybeLocal<v8::Value> Call(v8::Local<v8::Value> functions, const char* name,
                                 std::span<const uint8_t> bytes);
  // Runs what is ready, as the loop would: microtasks, open tool calls, timers. Tools answer with
  // the JSON text, or with it as an error's.
  void Settle(const base::Text& json);

 private:
  class Sink;

  const std::shared_ptr<Sink> sink_;
  isolate::CellLink link_;
  isolate::IsolateOwner owner_;
  isolate::IsolateScope scope_;
  isolate::CellLoop loop_;
  std::optional<v8::Context::Scope> entered_;
  int served_ = 0;
};

}  // namespace codecell::fuzz
