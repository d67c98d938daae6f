#include "isolate/outbox.h"

#include <utility>

namespace codecell::isolate {

namespace {

// What an event costs besides its text, roughly; so that empty items are held back too.
constexpr size_t kEventOverhead = 256;

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
  backlog_.Add(bytes + kEventOverhead);
  sink_.Push(std::move(event), bytes + kEventOverhead);
}

}  // namespace codecell::isolate
