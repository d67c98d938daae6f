#include "events_from_bytes.h"

#include <iterator>
#include <memory>
#include <string_view>
#include <utility>

namespace codecell::fuzz {

namespace {

constexpr int kMaxEvents = 64;
constexpr int kMaxCauses = 8;
// In the order of protocol::ErrorCode.
constexpr std::string_view kCodes[] = {
    "ERR_CELL_SCRIPT",           "ERR_CELL_DEADLOCK",           "ERR_CELL_ENGINE",
    "ERR_CELL_HEAP_LIMIT",       "ERR_CELL_CPU_LIMIT",          "ERR_CELL_MEMORY_LIMIT",
    "ERR_CELL_OUTPUT_LIMIT",     "ERR_CELL_OUTPUT_ITEMS_LIMIT", "ERR_CELL_NOTIFICATIONS_LIMIT",
    "ERR_CELL_TOOL_CALLS_LIMIT", "ERR_CELL_SOURCE_LIMIT"};

protocol::CellError ErrorFrom(Input& input, int depth) {
  protocol::CellError error;
  error.code = static_cast<protocol::ErrorCode>(input.Below(std::size(kCodes)));
  error.name = input.Text();
  error.message = input.Text();
  error.text = input.Text();
  const uint8_t parts = input.Byte();
  if ((parts & 1U) != 0) error.stack = input.Text();
  if ((parts & 2U) != 0) {
    error.position = protocol::Position{input.Byte(), input.Byte(), input.Text()};
  }
  if ((parts & 4U) != 0) {
    const auto allowed = static_cast<double>(input.Number());
    error.limit = protocol::LimitUse{"heapBytes", allowed, static_cast<double>(input.Number())};
  }
  if ((parts & 8U) != 0 && depth < kMaxCauses) {
    error.cause = std::make_unique<protocol::CellError>(ErrorFrom(input, depth + 1));
  }
  return error;
}

protocol::Settled SettledFrom(Input& input) {
  protocol::Settled settled;
  settled.end = static_cast<protocol::End>(input.Below(3));
  settled.thread = static_cast<protocol::ThreadFate>(input.Below(2));
  if (settled.end == protocol::End::kFailed) settled.error = ErrorFrom(input, 0);
  for (uint32_t i = input.Below(4); i > 0; --i) {
    base::Text key = input.Text();
    settled.writes.emplace_back(std::move(key), input.Text());
  }
  for (uint32_t i = input.Below(4); i > 0; --i) {
    settled.unhandled_rejections.push_back(input.Text());
  }
  settled.usage.cpu_ms = input.Number();
  settled.usage.tool_wait_ms = input.Number();
  settled.usage.heap_bytes = input.Number();
  settled.usage.heap_peak_bytes = input.Number();
  settled.usage.array_buffer_peak_bytes = input.Number();
  return settled;
}

protocol::Event EventFrom(Input& input) {
  switch (input.Below(14)) {
    case 0:
      return protocol::Started{};
    case 1:
      return protocol::TextOutput{input.Text()};
    case 2: {
      base::Text url = input.Text();
      return protocol::ImageOutput{std::move(url),
                                   static_cast<protocol::ImageDetail>(input.Below(4))};
    }
    case 3:
      return protocol::AudioOutput{input.Text()};
    case 4: {
      const auto level = static_cast<protocol::LogLevel>(input.Below(5));
      base::Text text = input.Text();
      return protocol::LogLine{level, std::move(text), static_cast<double>(input.Number())};
    }
    case 5:
      return protocol::Notification{input.Text()};
    case 6: {
      const protocol::ToolCallId call = input.Number();
      const uint32_t tool = input.Number();
      return protocol::ToolCall{call, tool, input.Text()};
    }
    case 7:
      return protocol::Yielded{};
    case 8:
      return SettledFrom(input);
    case 9:
      return protocol::Disposed{static_cast<double>(input.Number())};
    case 10:
      return protocol::Stopping{ErrorFrom(input, 0)};
    case 11: {
      const protocol::ToolCallId call = input.Number();
      base::Text query = input.Text();
      return protocol::ToolSearch{call, std::move(query), input.Number()};
    }
    case 12: {
      const protocol::ToolCallId call = input.Number();
      return protocol::ToolLookup{call, input.Text()};
    }
    default:
      return protocol::Ready{};
  }
}

// Collects an event's fields.
class Description {
 public:
  void Add(std::u16string_view field) {
    text_.push_back(u'\x01');
    text_.append(field);
  }
  void AddText(const base::Text& text) { Add(ToUtf16(text)); }
  void AddWord(std::string_view word) { Add(std::u16string(word.begin(), word.end())); }
  // Of whole numbers, which is all that is made here.
  void AddNumber(double number) { AddWord(std::to_string(static_cast<uint64_t>(number))); }

  void AddError(const protocol::CellError& error) {
    AddWord(kCodes[static_cast<size_t>(error.code)]);
    AddText(error.name);
    AddText(error.message);
    AddText(error.text);
    if (error.stack) AddText(*error.stack);
    if (error.position) {
      AddNumber(error.position->line);
      AddNumber(error.position->column);
      AddText(error.position->source_line);
    }
    if (error.cause) AddError(*error.cause);
    if (error.limit) {
      AddWord(error.limit->name);
      AddNumber(error.limit->allowed);
      AddNumber(error.limit->used);
    }
  }

  void AddSettled(const protocol::Settled& settled) {
    constexpr std::string_view kEnds[] = {"completed", "failed", "terminated"};
    AddWord(kEnds[static_cast<size_t>(settled.end)]);
    AddWord(settled.thread == protocol::ThreadFate::kParked ? "true" : "false");
    if (settled.error) AddError(*settled.error);
    for (const auto& [key, json] : settled.writes) {
      AddText(key);
      AddText(json);
    }
    for (const base::Text& text : settled.unhandled_rejections) AddText(text);
    AddNumber(settled.usage.cpu_ms);
    AddNumber(settled.usage.tool_wait_ms);
    AddNumber(static_cast<double>(settled.usage.heap_bytes));
    AddNumber(static_cast<double>(settled.usage.heap_peak_bytes));
    AddNumber(static_cast<double>(settled.usage.array_buffer_peak_bytes));
  }

  std::u16string Take() { return std::move(text_); }

 private:
  std::u16string text_;
};

}  // namespace

std::vector<protocol::Event> EventsFromBytes(Input& input) {
  std::vector<protocol::Event> events;
  while (!input.done() && events.size() < kMaxEvents) events.push_back(EventFrom(input));
  return events;
}

std::u16string Described(const protocol::Event& event) {
  constexpr std::string_view kKinds[] = {
      "started", "text",    "image",    "audio",    "log",   "notify",     "toolCall",
      "yielded", "settled", "disposed", "stopping", "ready", "toolSearch", "toolLookup"};
  constexpr std::string_view kDetails[] = {"auto", "low", "high", "original"};
  constexpr std::string_view kLevels[] = {"debug", "log", "info", "warn", "error"};
  Description to;
  to.AddWord(kKinds[event.index()]);
  if (const auto* output = std::get_if<protocol::TextOutput>(&event)) {
    to.AddText(output->text);
  } else if (const auto* image = std::get_if<protocol::ImageOutput>(&event)) {
    to.AddText(image->url);
    to.AddWord(kDetails[static_cast<size_t>(image->detail)]);
  } else if (const auto* audio = std::get_if<protocol::AudioOutput>(&event)) {
    to.AddText(audio->url);
  } else if (const auto* line = std::get_if<protocol::LogLine>(&event)) {
    to.AddWord(kLevels[static_cast<size_t>(line->level)]);
    to.AddText(line->text);
    to.AddNumber(line->time_ms);
  } else if (const auto* notification = std::get_if<protocol::Notification>(&event)) {
    to.AddText(notification->text);
  } else if (const auto* call = std::get_if<protocol::ToolCall>(&event)) {
    to.AddNumber(call->call);
    to.AddNumber(call->tool);
    to.AddText(call->input);
  } else if (const auto* search = std::get_if<protocol::ToolSearch>(&event)) {
    to.AddNumber(search->call);
    to.AddText(search->query);
    to.AddNumber(search->limit);
  } else if (const auto* lookup = std::get_if<protocol::ToolLookup>(&event)) {
    to.AddNumber(lookup->call);
    to.AddText(lookup->name);
  } else if (const auto* settled = std::get_if<protocol::Settled>(&event)) {
    to.AddSettled(*settled);
  } else if (const auto* disposed = std::get_if<protocol::Disposed>(&event)) {
    to.AddNumber(disposed->cpu_ms);
  } else if (const auto* stopping = std::get_if<protocol::Stopping>(&event)) {
    to.AddError(stopping->error);
  }
  return to.Take();
}

}  // namespace codecell::fuzz
