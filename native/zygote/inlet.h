#pragma once

#include <pthread.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "base/feed.h"
#include "base/thread.h"
#include "isolate/exec/cell_link.h"
#include "protocol/options.h"
#include "protocol/wire.h"
#include "zygote/frame_sink.h"

namespace codecell::zygote {

// Reads what the host sends over a cell's channel. The cell's thread reads when it has nothing to
// do; while it computes, the watch reads for it.
class Inlet final : public base::Feed {
 public:
  Inlet();
  // Before the first frame.
  void Attach(isolate::CellLink& link, FrameSink& sink);
  // Child, on the cell's thread, which is the reader from here on. `wake` is an eventfd.
  void Open(int channel, int wake);
  // Child, before its cell runs: called on the cell's thread each time it has slept.
  void OnAwake(std::function<void()> awake) { awake_ = std::move(awake); }

  void Look() override;
  void Wait(base::Deadline deadline) override;
  void Wake() override;

  // Any thread. Waits for something to read, for so long, and reads it.
  void WaitAndLook(int milliseconds);
  // Any thread. Processor time of the cell's thread, in milliseconds.
  double CpuTimeMs() const { return clock_ ? clock_->CpuTimeMs() : 0; }
  // Any thread. How many times the cell's thread has gone to sleep, and whether it sleeps.
  uint32_t sleeps() const { return sleeps_.load(std::memory_order_relaxed); }
  bool is_asleep() const { return is_asleep_.load(std::memory_order_seq_cst); }

 private:
  // Under the lock. Takes what is in the channel.
  void Read();
  void Take(protocol::HostMessage message);

  isolate::CellLink* link_ = nullptr;
  FrameSink* sink_ = nullptr;
  int channel_ = -1;
  int wake_ = -1;
  pthread_t reader_{};
  std::atomic<bool> is_asleep_{false};
  std::atomic<bool> is_woken_{false};
  std::atomic<uint32_t> sleeps_{0};
  std::function<void()> awake_;

  std::mutex mutex_;
  protocol::FrameSplitter frames_;
  protocol::CellOptions options_;  // Until the cell begins.
  bool has_begun_ = false;
  std::optional<base::ThreadClock> clock_;  // Of the cell's thread.
};

}  // namespace codecell::zygote
