#include "zygote/inlet.h"

#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "isolate/thread/fatal_end.h"
#include "zygote/exit_codes.h"

namespace codecell::zygote {

namespace {

// The host bounds what it sends; this only keeps a broken length from being believed.
constexpr size_t kMaxFrameBytes = size_t{2} << 30;
constexpr size_t kReadBytes = size_t{64} << 10;

}  // namespace

Inlet::Inlet() : frames_(kMaxFrameBytes) {}

void Inlet::Attach(isolate::CellLink& link, FrameSink& sink) {
  link_ = &link;
  sink_ = &sink;
  reader_ = pthread_self();
}

void Inlet::Open(int channel, int wake) {
  channel_ = channel;
  wake_ = wake;
  clock_ = base::ThreadClock::OfCurrent();
}

void Inlet::Look() {
  if (channel_ < 0) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  Read();
}

void Inlet::Wait(base::Deadline deadline) {
  sleeps_.fetch_add(1, std::memory_order_relaxed);
  is_asleep_.store(true, std::memory_order_seq_cst);
  if (!is_woken_.exchange(false, std::memory_order_seq_cst)) {
    timespec left{};
    if (deadline) {
      const auto nanoseconds = std::max<int64_t>(
          0, std::chrono::duration_cast<std::chrono::nanoseconds>(*deadline - base::Clock::now())
                 .count());
      left = {nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
    }
    std::array<pollfd, 2> both{{{channel_, POLLIN, 0}, {wake_, POLLIN, 0}}};
    ppoll(both.data(), both.size(), deadline ? &left : nullptr, nullptr);
    if ((both[1].revents & POLLIN) != 0) {
      uint64_t count = 0;
      while (read(wake_, &count, sizeof count) < 0 && errno == EINTR) {
      }
    }
    is_woken_.store(false, std::memory_order_relaxed);
  }
  is_asleep_.store(false, std::memory_order_seq_cst);
  if (awake_) awake_();
  Look();
}

// What the reader itself has posted it sees without being woken.
void Inlet::Wake() {
  if (wake_ < 0 || pthread_equal(pthread_self(), reader_) != 0) return;
  is_woken_.store(true, std::memory_order_seq_cst);
  if (!is_asleep()) return;
  const uint64_t one = 1;
  while (write(wake_, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

void Inlet::WaitAndLook(int milliseconds) {
  pollfd channel{channel_, POLLIN, 0};
  if (poll(&channel, 1, milliseconds) > 0) Look();
}

void Inlet::Read() {
  static char* const buffer = new char[kReadBytes];
  for (;;) {
    // NOLINTNEXTLINE(clang-analyzer-unix.BlockInCriticalSection): it does not wait.
    const ssize_t count = recv(channel_, buffer, kReadBytes, MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (count <= 0) _exit(kHostIsGone);
    frames_.Add(std::string_view(buffer, static_cast<size_t>(count)));
    while (const std::optional<std::string_view> frame = frames_.Next()) {
      std::optional<protocol::HostMessage> message = protocol::ReadHostMessage(*frame);
      if (!message) _exit(kBadFrame);
      Take(*std::move(message));
    }
    if (frames_.broken()) _exit(kBadFrame);
    if (static_cast<size_t>(count) < kReadBytes) return;
  }
}

void Inlet::Take(protocol::HostMessage message) {
  if (auto* command = std::get_if<protocol::Command>(&message)) {
    link_->mailbox.Post(std::move(*command));
  } else if (auto* setup = std::get_if<protocol::SetupMessage>(&message)) {
    options_.setup = std::move(setup->setup);
  } else if (auto* stored = std::get_if<protocol::StoredMessage>(&message)) {
    options_.stored = std::move(stored->stored);
  } else if (auto* begin = std::get_if<protocol::BeginMessage>(&message)) {
    if (std::exchange(has_begun_, true)) _exit(kBadFrame);
    if (options_.setup.tools == nullptr || options_.setup.modules == nullptr) _exit(kBadFrame);
    if (options_.stored == nullptr) {
      options_.stored = std::make_shared<const protocol::StoredValues>();
    }
    options_.source = std::move(begin->source);
    link_->Begin(std::move(options_));
    options_ = {};
  } else if (const auto* determinism = std::get_if<protocol::DeterminismMessage>(&message)) {
    options_.deterministic = determinism->deterministic;
  } else if (std::holds_alternative<protocol::TerminateMessage>(message)) {
    link_->Terminate({isolate::StopCause::kRequested});
  } else if (const auto* sample = std::get_if<protocol::SampleMessage>(&message)) {
    sink_->SendSample(sample->number, isolate::UsageOf(*link_, CpuTimeMs()));
  }
}

}  // namespace codecell::zygote
