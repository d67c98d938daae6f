#pragma once

#include <v8.h>

#include <cstdint>

#include "isolate/exec/cell_link.h"
#include "isolate/thread/cell_loop.h"
#include "zygote/child_watch.h"
#include "zygote/frame_sink.h"
#include "zygote/inlet.h"

namespace codecell::zygote {

// A child that waits for its cell runs this meanwhile: the first write to each page of memory that
// it shares with the helper takes the system a while. The helper has run it too.
inline constexpr char kRehearsal[] = "text('ok')";

// Helper, before the first fork: what the engine does in a child that cannot go on.
void GuardChildren(v8::Isolate* isolate);

// What the helper has given up for its children, as bits of protocol::Confinement, and whether they
// are to give up more.
struct Confined {
  uint32_t powers = 0;
  bool has_sandbox = false;
};

// The process of one cell, from the fork to its exit.
class Child {
 public:
  Child(isolate::CellLink& link, FrameSink& sink, Inlet& inlet)
      : link_(link), sink_(sink), inlet_(inlet), watch_(link, sink, inlet) {}
  Child(const Child&) = delete;

  [[noreturn]] void Run(isolate::CellLoop& loop, int channel, const Confined& helper);

 private:
  isolate::CellLink& link_;
  FrameSink& sink_;
  Inlet& inlet_;
  ChildWatch watch_;
};

}  // namespace codecell::zygote
