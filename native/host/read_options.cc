#include "host/read_options.h"

#include <charconv>
#include <cstdint>
#include <string>
#include <utility>

#include "host/tables.h"

namespace codecell::host {

namespace {

size_t ReadSize(Napi::Object object, const char* name) {
  const Napi::Value value = object.Get(name);
  if (!value.IsNumber()) return 0;
  const double number = value.As<Napi::Number>().DoubleValue();
  constexpr double kTooLarge = 18446744073709551616.0;
  return number > 0 && number < kTooLarge ? static_cast<size_t>(number) : 0;
}

double ReadMilliseconds(Napi::Object object, const char* name) {
  return ReadNumber(object.Get(name));
}

bool ReadFlag(Napi::Object object, const char* name) { return host::ReadFlag(object.Get(name)); }

protocol::Console ReadConsole(Napi::Value value) {
  const std::string console = ReadUtf8(value);
  if (console == "logs") return protocol::Console::kLogs;
  return console == "output" ? protocol::Console::kOutput : protocol::Console::kOff;
}

protocol::CellLimits ReadLimits(Napi::Object limits) {
  protocol::CellLimits read;
  read.heap_bytes = ReadSize(limits, "heapBytes");
  read.array_buffer_bytes = ReadSize(limits, "arrayBufferBytes");
  read.cpu_ms = ReadMilliseconds(limits, "cpuMs");
  read.output_bytes = ReadSize(limits, "outputBytes");
  read.output_items = ReadSize(limits, "outputItems");
  read.notifications = ReadSize(limits, "notifications");
  read.stored_bytes = ReadSize(limits, "storedBytes");
  read.stored_keys = ReadSize(limits, "storedKeys");
  read.tool_calls = ReadSize(limits, "toolCalls");
  read.tool_calls_in_flight = ReadSize(limits, "toolCallsInFlight");
  read.tool_input_bytes = ReadSize(limits, "toolInputBytes");
  read.json_depth = ReadSize(limits, "jsonDepth");
  read.json_values = ReadSize(limits, "jsonValues");
  read.timers = ReadSize(limits, "timers");
  read.source_bytes = ReadSize(limits, "sourceBytes");
  read.eval_bytes = ReadSize(limits, "evalBytes");
  read.rss_bytes = ReadSize(limits, "rssBytes");
  return read;
}

}  // namespace

base::Text ReadText(Napi::Value value) {
  if (!value.IsString()) return {};
  size_t length = 0;
  if (napi_get_value_string_utf16(value.Env(), value, nullptr, 0, &length) != napi_ok) return {};
  std::u16string units(length, u'\0');
  // A string of `length` units has room for the terminator that Node-API writes.
  if (napi_get_value_string_utf16(value.Env(), value, units.data(), length + 1, &length) !=
      napi_ok) {
    return {};
  }
  return base::Text::Narrowed(std::move(units));
}

base::Text ReadAscii(Napi::Value value) {
  if (!value.IsString()) return {};
  size_t length = 0;
  if (napi_get_value_string_latin1(value.Env(), value, nullptr, 0, &length) != napi_ok) return {};
  std::string bytes(length, '\0');
  if (napi_get_value_string_latin1(value.Env(), value, bytes.data(), length + 1, &length) !=
      napi_ok) {
    return {};
  }
  return base::Text(std::move(bytes));
}

double ReadNumber(Napi::Value value) {
  return value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : 0;
}

bool ReadFlag(Napi::Value value) {
  bool flag = false;
  return napi_get_value_bool(value.Env(), value, &flag) == napi_ok && flag;
}

std::string ReadUtf8(Napi::Value value) {
  return value.IsString() ? value.As<Napi::String>().Utf8Value() : std::string();
}

std::shared_ptr<const protocol::ToolTable> ReadToolTable(Napi::Value tools) {
  auto table = std::make_shared<protocol::ToolTable>();
  if (!tools.IsArray()) return table;
  const Napi::Array list = tools.As<Napi::Array>();
  table->tools.reserve(list.Length());
  for (uint32_t i = 0; i < list.Length(); ++i) {
    const Napi::HandleScope handles(tools.Env());
    const Napi::Value entry = list[i];
    if (!entry.IsObject()) continue;
    const Napi::Object tool = entry.As<Napi::Object>();
    protocol::AddTool(*table, {ReadUtf8(tool.Get("name")), ReadUtf8(tool.Get("ownName")),
                               ReadUtf8(tool.Get("namespace")), ReadText(tool.Get("description")),
                               ReadFlag(tool, "isMcp")});
  }
  return table;
}

std::shared_ptr<const protocol::ModuleTable> ReadModuleTable(Napi::Value modules) {
  auto table = std::make_shared<protocol::ModuleTable>();
  if (!modules.IsArray()) return table;
  const Napi::Array list = modules.As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length(); ++i) {
    const Napi::HandleScope handles(modules.Env());
    const Napi::Value entry = list[i];
    if (!entry.IsObject()) continue;
    const Napi::Object module = entry.As<Napi::Object>();
    const std::string specifier = ReadUtf8(module.Get("specifier"));
    const Napi::Value exports = module.Get("exports");
    if (!exports.IsArray()) {
      (*table)[specifier] = protocol::SourceModule{ReadText(module.Get("source"))};
      continue;
    }
    protocol::ValueModule values;
    const Napi::Array pairs = exports.As<Napi::Array>();
    for (uint32_t j = 0; j + 1 < pairs.Length(); j += 2) {
      values.exports.emplace_back(ReadUtf8(pairs[j]), ReadText(pairs[j + 1]));
    }
    (*table)[specifier] = std::move(values);
  }
  return table;
}

std::shared_ptr<const protocol::StoredValues> ReadStoredValues(Napi::Value entries) {
  auto stored = std::make_shared<protocol::StoredValues>();
  if (!entries.IsArray()) return stored;
  const Napi::Array pairs = entries.As<Napi::Array>();
  for (uint32_t i = 0; i + 1 < pairs.Length(); i += 2) {
    const Napi::HandleScope handles(entries.Env());
    const Napi::Value key = pairs[i];
    if (!key.IsString()) continue;
    std::u16string name = key.As<Napi::String>().Utf16Value();
    base::Text json = ReadText(pairs[i + 1]);
    stored->bytes += protocol::StoredSize(name, json);
    stored->values[std::move(name)] = std::move(json);
  }
  return stored;
}

std::optional<protocol::Deterministic> ReadDeterministic(Napi::Value value) {
  if (!value.IsObject()) return {};
  const Napi::Object given = value.As<Napi::Object>();
  protocol::Deterministic read;
  read.now_ms = ReadMilliseconds(given, "nowMs");
  const std::string seed = ReadUtf8(given.Get("seed"));
  constexpr size_t kDigits = 16;
  constexpr int kHexadecimal = 16;
  for (size_t i = 0; i < read.seed.size() && seed.size() >= (i + 1) * kDigits; ++i) {
    const char* from = seed.data() + i * kDigits;
    std::from_chars(from, from + kDigits, read.seed.at(i), kHexadecimal);
  }
  return read;
}

protocol::IsolateOptions ReadIsolateOptions(Napi::Object options) {
  return {ReadSize(options, "heapBytes"), ReadSize(options, "queuedBytes"),
          ReadFlag(options, "isSpare")};
}

std::shared_ptr<const protocol::CellSetup> ReadCellSetup(Napi::Value setup) {
  auto read = std::make_shared<protocol::CellSetup>();
  if (!setup.IsObject()) return read;
  const Napi::Object given = setup.As<Napi::Object>();
  read->tools = ToolTableWrap::From(given.Get("tools"));
  read->modules = ModuleTableWrap::From(given.Get("modules"));
  const Napi::Value limits = given.Get("limits");
  if (limits.IsObject()) read->limits = ReadLimits(limits.As<Napi::Object>());
  read->on_deadlock =
      ReadFlag(given, "failOnDeadlock") ? protocol::OnDeadlock::kFail : protocol::OnDeadlock::kWait;
  read->console = ReadConsole(given.Get("console"));
  read->dialect = ReadUtf8(given.Get("dialect")) == "lenient" ? protocol::Dialect::kLenient
                                                              : protocol::Dialect::kStrict;
  read->web_globals =
      ReadFlag(given, "webGlobals") ? protocol::WebGlobals::kAll : protocol::WebGlobals::kNone;
  read->remote_images = ReadFlag(given, "remoteImages") ? protocol::RemoteImages::kAllowed
                                                        : protocol::RemoteImages::kRefused;
  return read;
}

}  // namespace codecell::host
