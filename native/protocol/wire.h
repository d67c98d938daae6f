#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/text.h"
#include "protocol/command.h"
#include "protocol/event.h"
#include "protocol/options.h"

// How a host and a cell in another process speak: frames over a stream. A frame is the length of
// what follows (4 bytes), its kind (1 byte), and the fields of that kind. src/backend/wire/ is the
// same in TypeScript, and its kinds.ts lists the fields.
namespace codecell::protocol {

// Of both sides. They are built together; another number means that files were mixed up.
inline constexpr uint32_t kWireVersion = 1;

inline constexpr size_t kFrameHeadBytes = 4;

// Host → cell, by number.
enum class ToCell : uint8_t {
  kPrepare = 1,  // What is decided about an isolate before its cell is known.
  kSetup = 2,    // The first half of what a cell is given;
  kStored = 3,   // its stored values, if there are any;
  kBegin = 4,    // and its source, with which it begins.
  kToolResolved = 5,
  kToolRejected = 6,
  kTerminate = 7,
  kSample = 8,
  kDeterminism = 9,  // Before kBegin: the cell is deterministic.
  kClock = 10,       // Before the command that it belongs to.
  kTimerFired = 11,
};

// Cell → host: the numbers of `Event`'s members, and these.
enum class FromCell : uint8_t {
  kHello = 32,
  kSampled = 33,
};

struct PrepareMessage {
  size_t heap_bytes;
};

struct SetupMessage {
  CellSetup setup;
};

struct StoredMessage {
  std::shared_ptr<const StoredValues> stored;
};

struct BeginMessage {
  base::Text source;
};

struct DeterminismMessage {
  Deterministic deterministic;
};

struct TerminateMessage {};

// To be answered with a Sampled of the same number, behind all events so far.
struct SampleMessage {
  uint32_t number;
};

using HostMessage = std::variant<PrepareMessage, SetupMessage, StoredMessage, BeginMessage, Command,
                                 TerminateMessage, SampleMessage, DeterminismMessage>;

// Which powers a cell's process has given up: bits of Hello.
enum Confinement : uint32_t {
  kNoNewPrivileges = 1U << 0,  // It gains none by running another program.
  kNoDescriptors = 1U << 1,    // Nothing is open but its channel.
  kEmptyEnvironment = 1U << 2,
  kResourceLimits = 1U << 3,  // No core, no files.
  kSeccomp = 1U << 4,
  kNamespaces = 1U << 5,
  kDiesWithHost = 1U << 6,
};

// The first frame of a cell's process.
struct Hello {
  uint32_t version = kWireVersion;
  uint32_t confinement = 0;  // Bits of Confinement.
};

// Appends a whole frame. `usage` goes with Yielded, and is not read for other events.
void AppendEvent(std::string& to, const Event& event, const Usage& usage);
void AppendHello(std::string& to, const Hello& hello);
void AppendSampled(std::string& to, uint32_t number, const Usage& usage);

// What a frame says, without its length. Nothing where it says what no host says.
std::optional<HostMessage> ReadHostMessage(std::string_view frame);

// Cuts a stream of bytes into frames.
class FrameSplitter {
 public:
  // A longer frame is refused.
  explicit FrameSplitter(size_t max_frame_bytes) : max_frame_bytes_(max_frame_bytes) {}

  void Add(std::string_view bytes) { bytes_.append(bytes); }
  // The next whole frame, without its length, until the next call of a method. Nothing where there
  // is none yet, or the stream is broken.
  std::optional<std::string_view> Next();
  // Whether a frame was too long or empty. Nothing of the stream can be read from then on.
  bool broken() const { return broken_; }

 private:
  const size_t max_frame_bytes_;
  std::string bytes_;
  size_t at_ = 0;  // Bytes that frames have been read from.
  bool broken_ = false;
};

}  // namespace codecell::protocol
