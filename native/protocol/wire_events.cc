#include <cstring>
#include <string>
#include <utility>
#include <variant>

#include "protocol/wire.h"
#include "protocol/wire_bytes.h"

namespace codecell::protocol {

namespace {

// What an error has besides its code and texts.
enum ErrorPart : uint8_t { kStack = 1, kPosition = 2, kCause = 4, kLimit = 8 };

// Begins a frame, and writes its length when it goes.
class Frame {
 public:
  Frame(std::string& to, size_t kind) : bytes(to), to_(to), from_(to.size()) {
    bytes.PutNumber(0);
    bytes.PutByte(static_cast<uint8_t>(kind));
  }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;
  ~Frame() {
    const auto length = static_cast<uint32_t>(to_.size() - from_ - kFrameHeadBytes);
    std::memcpy(to_.data() + from_, &length, sizeof length);
  }

  ByteWriter bytes;

 private:
  std::string& to_;
  const size_t from_;
};

void PutUsage(ByteWriter& to, const Usage& usage) {
  to.PutDouble(usage.cpu_ms);
  to.PutDouble(usage.tool_wait_ms);
  to.PutDouble(static_cast<double>(usage.heap_bytes));
  to.PutDouble(static_cast<double>(usage.heap_peak_bytes));
  to.PutDouble(static_cast<double>(usage.array_buffer_peak_bytes));
}

void PutError(ByteWriter& to, const CellError& error) {
  to.PutByte(static_cast<uint8_t>(error.code));
  to.PutText(error.name);
  to.PutText(error.message);
  to.PutText(error.text);
  to.PutByte(static_cast<uint8_t>((error.stack ? kStack : 0) | (error.position ? kPosition : 0) |
                                  (error.cause ? kCause : 0) | (error.limit ? kLimit : 0)));
  if (error.stack) to.PutText(*error.stack);
  if (error.position) {
    to.PutNumber(static_cast<uint32_t>(error.position->line));
    to.PutNumber(static_cast<uint32_t>(error.position->column));
    to.PutText(error.position->source_line);
  }
  if (error.cause) PutError(to, *error.cause);
  if (error.limit) {
    to.PutAscii(error.limit->name);
    to.PutDouble(error.limit->allowed);
    to.PutDouble(error.limit->used);
  }
}

void PutSettled(ByteWriter& to, const Settled& settled) {
  to.PutByte(static_cast<uint8_t>(settled.end));
  to.PutFlag(settled.thread == ThreadFate::kParked);
  to.PutFlag(settled.error.has_value());
  if (settled.error) PutError(to, *settled.error);
  to.PutNumber(static_cast<uint32_t>(settled.writes.size()));
  for (const auto& [key, json] : settled.writes) {
    to.PutText(key);
    to.PutText(json);
  }
  to.PutNumber(static_cast<uint32_t>(settled.unhandled_rejections.size()));
  for (const base::Text& text : settled.unhandled_rejections) to.PutText(text);
  PutUsage(to, settled.usage);
}

struct EventFields {
  ByteWriter& to;
  const Usage& usage;

  void operator()(const Started&) const {}
  void operator()(const TextOutput& output) const { to.PutText(output.text); }
  void operator()(const ImageOutput& output) const {
    to.PutText(output.url);
    to.PutByte(static_cast<uint8_t>(output.detail));
  }
  void operator()(const AudioOutput& output) const { to.PutText(output.url); }
  void operator()(const LogLine& line) const {
    to.PutByte(static_cast<uint8_t>(line.level));
    to.PutText(line.text);
    to.PutDouble(line.time_ms);
  }
  void operator()(const Notification& notification) const { to.PutText(notification.text); }
  void operator()(const ToolCall& call) const {
    to.PutNumber(call.call);
    to.PutNumber(call.tool);
    to.PutText(call.input);
  }
  void operator()(const Yielded&) const { PutUsage(to, usage); }
  void operator()(const Settled& settled) const { PutSettled(to, settled); }
  void operator()(const Disposed& disposed) const { to.PutDouble(disposed.cpu_ms); }
  void operator()(const Stopping& stopping) const { PutError(to, stopping.error); }
  void operator()(const Ready&) const {}
  void operator()(const ToolSearch& search) const {
    to.PutNumber(search.call);
    to.PutText(search.query);
    to.PutNumber(search.limit);
  }
  void operator()(const ToolLookup& lookup) const {
    to.PutNumber(lookup.call);
    to.PutText(lookup.name);
  }
  void operator()(const TimerSet& set) const {
    to.PutNumber(set.timer);
    to.PutDouble(set.due_ms);
  }
  void operator()(const TimerCleared& cleared) const { to.PutNumber(cleared.timer); }
  void operator()(const Waiting& waiting) const { to.PutDouble(waiting.applied); }
};

}  // namespace

void AppendEvent(std::string& to, const Event& event, const Usage& usage) {
  // The kinds are numbered in the order of the variant's members.
  Frame frame(to, event.index());
  std::visit(EventFields{frame.bytes, usage}, event);
}

void AppendHello(std::string& to, const Hello& hello) {
  Frame frame(to, static_cast<size_t>(FromCell::kHello));
  frame.bytes.PutNumber(hello.version);
  frame.bytes.PutNumber(hello.confinement);
}

void AppendSampled(std::string& to, uint32_t number, const Usage& usage) {
  Frame frame(to, static_cast<size_t>(FromCell::kSampled));
  frame.bytes.PutNumber(number);
  PutUsage(frame.bytes, usage);
}

std::optional<std::string_view> FrameSplitter::Next() {
  if (broken_) return {};
  uint32_t length = 0;
  if (bytes_.size() - at_ >= kFrameHeadBytes) {
    std::memcpy(&length, bytes_.data() + at_, sizeof length);
    broken_ = length == 0 || length > max_frame_bytes_;
    if (broken_) return {};
  }
  if (length == 0 || bytes_.size() - at_ - kFrameHeadBytes < length) {
    bytes_.erase(0, at_);
    at_ = 0;
    return {};
  }
  const std::string_view frame(bytes_.data() + at_ + kFrameHeadBytes, length);
  at_ += kFrameHeadBytes + length;
  return frame;
}

}  // namespace codecell::protocol
