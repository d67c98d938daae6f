#include "isolate/outbox.h"

#include <utility>

namespace codecell::isolate {

namespace {

// What an event costs besides its text, roughly; so that empty items are held back too.
constexpr size_t kEventOverhead = 256;

}  // namespace

bool Outbox::Admit(size_t bytes) {
  output_ += bytes;
  return output_ <= limit_;
}

void Outbox::Send(protocol::Event event, size_t bytes) {
  backlog_.Add(bytes + kEventOverhead);
  sink_.Push(std::move(event), bytes + kEventOverhead);
}

}  // namespace codecell::isolate
