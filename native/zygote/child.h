#pragma once

#include <v8.h>

#include "isolate/engine/isolate_owner.h"
#include "isolate/exec/cell_link.h"
#include "isolate/thread/cell_loop.h"
#include "zygote/child_watch.h"
#include "zygote/frame_sink.h"
#include "zygote/inlet.h"

namespace codecell::zygote {

// Helper, before the first fork: what the engine does in a child that cannot go on.
void GuardChildren(v8::Isolate* isolate);

// The process of one cell, from the fork to its exit.
class Child {
 public:
  Child(isolate::CellLink& link, FrameSink& sink, Inlet& inlet)
      : link_(link), sink_(sink), inlet_(inlet), watch_(link, sink, inlet) {}
  Child(const Child&) = delete;

  [[noreturn]] void Run(isolate::CellLoop& loop, isolate::IsolateOwner& owner, int channel);

 private:
  isolate::CellLink& link_;
  FrameSink& sink_;
  Inlet& inlet_;
  ChildWatch watch_;
};

}  // namespace codecell::zygote
