#pragma once

#include "base/clock.h"

namespace codecell::base {

// Brings items into a mailbox from a place where its reader has to look for them, such as a socket.
class Feed {
 public:
  Feed() = default;
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;
  virtual ~Feed() = default;

  // Reader. Posts what is there, without waiting.
  virtual void Look() = 0;
  // Reader. Sleeps until something has been posted, Wake() was called, or the deadline has passed.
  // May return earlier.
  virtual void Wait(Deadline deadline) = 0;
  // Any thread.
  virtual void Wake() = 0;
};

}  // namespace codecell::base
