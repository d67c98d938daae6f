#include "zygote/frame_sink.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <variant>

#include "base/scheduling.h"
#include "isolate/thread/fatal_end.h"
#include "zygote/exit_codes.h"

namespace codecell::zygote {

namespace {

// More than this is written at once, so that a cell does not hold its output twice.
constexpr size_t kMaxWaiting = size_t{64} << 10;

// Whether the calling thread has the lock of a sink, or waits for it.
thread_local bool t_writes = false;

class Writing {
 public:
  Writing() { t_writes = true; }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;
  ~Writing() { t_writes = false; }
};

}  // namespace

bool FrameSink::IsWritingHere() { return t_writes; }

void FrameSink::Open(int channel, const protocol::Hello& hello) {
  const Writing writing;
  const std::lock_guard<std::mutex> lock(mutex_);
  channel_ = channel;
  protocol::AppendHello(frames_, hello);
}

void FrameSink::PushLater(protocol::Event event, size_t) {
  protocol::Usage usage;
  if (std::holds_alternative<protocol::Yielded>(event)) {
    usage = isolate::UsageOf(*link_, base::CurrentCpuTimeMs());
  }
  const Writing writing;
  const std::lock_guard<std::mutex> lock(mutex_);
  protocol::AppendEvent(frames_, event, usage);
  if (frames_.size() > kMaxWaiting) Send();
}

void FrameSink::Flush() {
  const Writing writing;
  const std::lock_guard<std::mutex> lock(mutex_);
  Send();
}

void FrameSink::TryFlush() {
  const Writing writing;
  const std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
  if (lock.owns_lock()) Send();
}

void FrameSink::SendSample(uint32_t number, const protocol::Usage& usage) {
  const Writing writing;
  const std::lock_guard<std::mutex> lock(mutex_);
  protocol::AppendSampled(frames_, number, usage);
  Send();
}

void FrameSink::Send() {
  size_t sent = 0;
  while (sent < frames_.size()) {
    const ssize_t count =
        send(channel_, frames_.data() + sent, frames_.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) _exit(kHostIsGone);
    sent += static_cast<size_t>(count);
  }
  frames_.clear();
  if (frames_.capacity() > kMaxWaiting * 2) frames_.shrink_to_fit();
}

}  // namespace codecell::zygote
