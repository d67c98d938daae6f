#pragma once

#include <cstdint>
#include <optional>

namespace codecell::zygote {

// What the host and the helper say to each other over the control socket: records of one size,
// numbers in the machine's byte order. src/backend/process/zygote-control.ts is the host's side.

enum class Ask : uint32_t {
  kFork = 1,  // A child with that number; the other end of its channel comes along.
  kKill = 2,  // That child, if it has not been reaped.
};

struct Request {
  Ask ask;
  uint32_t child;
};

enum class Answer : uint32_t {
  kReady = 1,   // The helper is warm. `value`: the version of this protocol.
  kForked = 2,  // `value`: the process id of the child.
  kFailed = 3,  // There is no such child. `value`: errno of the fork.
  kReaped = 4,  // The child is gone. `value`: its wait status.
};

struct Report {
  Answer answer;
  uint32_t child;
  int32_t value;
  uint32_t max_resident_kib;  // Of a child that was reaped.
};

static_assert(sizeof(Request) == 8 && sizeof(Report) == 16);

inline constexpr int32_t kControlVersion = 1;

// A request, and the descriptor that came with it.
struct Received {
  Request request;
  int descriptor = -1;
};

// The helper's end of the control socket.
class Control {
 public:
  explicit Control(int descriptor) : descriptor_(descriptor) {}

  int descriptor() const { return descriptor_; }
  // Waits for the next request. Nothing: the host is gone.
  std::optional<Received> Receive();
  // Exits where the host is gone.
  void Send(const Report& report);

 private:
  const int descriptor_;
};

}  // namespace codecell::zygote
