#include "isolate/exec/outbox.h"

#include <chrono>
#include <utility>

namespace codecell::isolate {

namespace {

// What an event costs besides its text, roughly; so that empty items are held back too.
constexpr size_t kEventOverhead = 256;

constexpr std::chrono::microseconds kMaxDelay{50};

std::optional<Stop> Passed(StopCause cause, size_t allowed, size_t used) {
  if (used <= allowed) return {};
  return Stop{cause, static_cast<double>(allowed), static_cast<double>(used)};
}

}  // namespace

std::optional<Stop> Outbox::Admit(OutputKind kind, size_t bytes) {
  if (!is_open_) return {};
  bytes_ += bytes;
  if (auto stop = Passed(StopCause::kOutputLimit, limits_.output_bytes, bytes_)) return stop;
  if (kind == OutputKind::kItem) {
    return Passed(StopCause::kOutputItemsLimit, limits_.output_items, ++items_);
  }
  return Passed(StopCause::kNotificationsLimit, limits_.notifications, ++notifications_);
}

void Outbox::Send(protocol::Event event, size_t bytes) {
  if (!is_open_) return;
  if (!backlog_.TryAdd(bytes + kEventOverhead)) {
    Flush();
    backlog_.Add(bytes + kEventOverhead);
  }
  sink_.PushLater(std::move(event), bytes + kEventOverhead);
  const base::Clock::time_point now = base::Clock::now();
  if (!flush_at_) {
    flush_at_ = now + kMaxDelay;
  } else if (now >= *flush_at_) {
    Flush();
  }
}

void Outbox::Flush() {
  if (!flush_at_) return;
  flush_at_.reset();
  sink_.Flush();
}

}  // namespace codecell::isolate
