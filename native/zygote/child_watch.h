#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>

#include "base/condition.h"
#include "isolate/exec/cell_link.h"
#include "zygote/frame_sink.h"
#include "zygote/inlet.h"

namespace codecell::zygote {

// The most that this process has had resident at any time.
size_t MaxResidentBytes();

// The second thread of a child. While the cell computes it hands out what the cell has said, reads
// what the host says, and stops the cell where it passes a limit. While the cell sleeps, so does
// it.
class ChildWatch {
 public:
  ChildWatch(isolate::CellLink& link, FrameSink& sink, Inlet& inlet);
  ChildWatch(const ChildWatch&) = delete;

  // Child. False: the system refuses a thread.
  bool Start();
  // The cell's thread: it may compute from here on.
  void Rouse();

 private:
  void Run();
  // One look at a cell that computes. Returns the milliseconds in which it passes no limit.
  int Look();

  isolate::CellLink& link_;
  FrameSink& sink_;
  Inlet& inlet_;
  std::mutex mutex_;
  base::Condition changed_;
  std::atomic<bool> dozes_{true};
};

}  // namespace codecell::zygote
