#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>

#include "isolate/exec/cell_link.h"
#include "protocol/event.h"
#include "protocol/event_sink.h"
#include "protocol/wire.h"

namespace codecell::zygote {

// Writes a cell's events to its channel as frames. A host that does not read holds the cell back:
// the channel does so, and not the cell's backlog.
class FrameSink final : public protocol::EventSink {
 public:
  // Whether the calling thread is in the middle of writing: for a handler of faults, which then may
  // not write.
  static bool IsWritingHere();

  // Before anything is pushed.
  void Attach(isolate::CellLink& link) { link_ = &link; }
  void Open(int channel, const protocol::Hello& hello);

  void PushLater(protocol::Event event, size_t bytes) override;
  void Flush() override;
  // Nothing while another thread writes.
  void TryFlush();
  // Answers what the host has asked, behind all events so far.
  void SendSample(uint32_t number, const protocol::Usage& usage);

 private:
  // Under the lock.
  void Send();

  isolate::CellLink* link_ = nullptr;
  int channel_ = -1;
  std::mutex mutex_;
  std::string frames_;  // Not yet written.
};

}  // namespace codecell::zygote
