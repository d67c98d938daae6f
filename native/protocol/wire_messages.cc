#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "protocol/wire.h"
#include "protocol/wire_bytes.h"

namespace codecell::protocol {

namespace {

CellLimits ReadLimits(ByteReader& from) {
  CellLimits limits;
  limits.heap_bytes = from.Size();
  limits.array_buffer_bytes = from.Size();
  limits.cpu_ms = from.Double();
  limits.output_bytes = from.Size();
  limits.output_items = from.Size();
  limits.notifications = from.Size();
  limits.stored_bytes = from.Size();
  limits.stored_keys = from.Size();
  limits.tool_calls = from.Size();
  limits.tool_calls_in_flight = from.Size();
  limits.tool_input_bytes = from.Size();
  limits.json_depth = from.Size();
  limits.json_values = from.Size();
  limits.timers = from.Size();
  limits.source_bytes = from.Size();
  limits.eval_bytes = from.Size();
  limits.rss_bytes = from.Size();
  return limits;
}

std::shared_ptr<const ToolTable> ReadTools(ByteReader& from) {
  auto table = std::make_shared<ToolTable>();
  for (uint32_t left = from.Number(); left > 0 && from.ok(); --left) {
    Tool tool;
    tool.name = from.Utf8();
    tool.own_name = from.Utf8();
    tool.name_space = from.Utf8();
    tool.description = from.Text();
    tool.is_mcp = from.Flag();
    AddTool(*table, std::move(tool));
  }
  return table;
}

ValueModule ReadValues(ByteReader& from) {
  ValueModule values;
  for (uint32_t left = from.Number(); left > 0 && from.ok(); --left) {
    std::string name = from.Utf8();
    values.exports.emplace_back(std::move(name), from.Text());
  }
  return values;
}

std::shared_ptr<const ModuleTable> ReadModules(ByteReader& from) {
  auto table = std::make_shared<ModuleTable>();
  for (uint32_t left = from.Number(); left > 0 && from.ok(); --left) {
    const std::string specifier = from.Utf8();
    if (from.Flag()) {
      (*table)[specifier] = ReadValues(from);
    } else {
      (*table)[specifier] = SourceModule{from.Text()};
    }
  }
  return table;
}

SetupMessage ReadSetup(ByteReader& from) {
  CellSetup setup;
  setup.limits = ReadLimits(from);
  setup.console = static_cast<Console>(from.Choice(3));
  setup.dialect = static_cast<Dialect>(from.Choice(2));
  setup.web_globals = from.Flag() ? WebGlobals::kAll : WebGlobals::kNone;
  setup.remote_images = from.Flag() ? RemoteImages::kAllowed : RemoteImages::kRefused;
  setup.on_deadlock = from.Flag() ? OnDeadlock::kFail : OnDeadlock::kWait;
  setup.tools = ReadTools(from);
  setup.modules = ReadModules(from);
  return {std::move(setup)};
}

StoredMessage ReadStored(ByteReader& from) {
  auto stored = std::make_shared<StoredValues>();
  for (uint32_t left = from.Number(); left > 0 && from.ok(); --left) {
    std::u16string key = from.Utf16();
    base::Text json = from.Text();
    stored->bytes += StoredSize(key, json);
    stored->values[std::move(key)] = std::move(json);
  }
  return {std::move(stored)};
}

ToolResolved ReadResolved(ByteReader& from) {
  const ToolCallId call = from.Number();
  const bool is_json = from.Flag();
  return {call, from.Text(), is_json};
}

ToolRejected ReadRejected(ByteReader& from) {
  const ToolCallId call = from.Number();
  return {call, from.Text()};
}

DeterminismMessage ReadDeterminism(ByteReader& from) {
  Deterministic deterministic;
  for (uint64_t& word : deterministic.seed) {
    const uint64_t high = from.Number();
    constexpr unsigned kHalf = 32;
    word = (high << kHalf) | from.Number();
  }
  deterministic.now_ms = from.Double();
  return {deterministic};
}

std::optional<HostMessage> ReadFields(ToCell kind, ByteReader& from) {
  switch (kind) {
    case ToCell::kPrepare:
      return PrepareMessage{from.Size()};
    case ToCell::kSetup:
      return ReadSetup(from);
    case ToCell::kStored:
      return ReadStored(from);
    case ToCell::kBegin:
      return BeginMessage{from.Text()};
    case ToCell::kToolResolved:
      return Command(ReadResolved(from));
    case ToCell::kToolRejected:
      return Command(ReadRejected(from));
    case ToCell::kTerminate:
      return TerminateMessage{};
    case ToCell::kSample:
      return SampleMessage{from.Number()};
    case ToCell::kDeterminism:
      return ReadDeterminism(from);
    case ToCell::kClock:
      return Command(AdvanceClock{from.Double()});
    case ToCell::kTimerFired:
      return Command(FireTimer{from.Number()});
  }
  return {};
}

}  // namespace

std::optional<HostMessage> ReadHostMessage(std::string_view frame) {
  ByteReader from(frame);
  const auto kind = static_cast<ToCell>(from.Byte());
  std::optional<HostMessage> message = ReadFields(kind, from);
  if (!from.done()) return {};
  return message;
}

}  // namespace codecell::protocol
