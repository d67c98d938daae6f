#include "host/event_writer.h"

#include <utility>
#include <variant>
#include <vector>

namespace codecell::host {

namespace {

napi_value ToNapi(Napi::Env env, const base::Text& text) {
  napi_value value = nullptr;
  const napi_status status =
      text.is_latin1()
          ? napi_create_string_latin1(env, text.latin1().data(), text.latin1().size(), &value)
          : napi_create_string_utf16(env, text.utf16().data(), text.utf16().size(), &value);
  return status == napi_ok ? value : Napi::String::New(env, "");
}

const char* NameOf(protocol::ImageDetail detail) {
  switch (detail) {
    case protocol::ImageDetail::kAuto:
      return "auto";
    case protocol::ImageDetail::kLow:
      return "low";
    case protocol::ImageDetail::kHigh:
      return "high";
    case protocol::ImageDetail::kOriginal:
      return "original";
  }
  return "";
}

const char* NameOf(protocol::LogLevel level) {
  switch (level) {
    case protocol::LogLevel::kDebug:
      return "debug";
    case protocol::LogLevel::kLog:
      return "log";
    case protocol::LogLevel::kInfo:
      return "info";
    case protocol::LogLevel::kWarn:
      return "warn";
    case protocol::LogLevel::kError:
      return "error";
  }
  return "";
}

const char* NameOf(protocol::ErrorCode code) {
  switch (code) {
    case protocol::ErrorCode::kScript:
      return "ERR_CELL_SCRIPT";
    case protocol::ErrorCode::kDeadlock:
      return "ERR_CELL_DEADLOCK";
    case protocol::ErrorCode::kEngine:
      return "ERR_CELL_ENGINE";
    case protocol::ErrorCode::kHeapLimit:
      return "ERR_CELL_HEAP_LIMIT";
    case protocol::ErrorCode::kCpuLimit:
      return "ERR_CELL_CPU_LIMIT";
    case protocol::ErrorCode::kMemoryLimit:
      return "ERR_CELL_MEMORY_LIMIT";
    case protocol::ErrorCode::kOutputLimit:
      return "ERR_CELL_OUTPUT_LIMIT";
    case protocol::ErrorCode::kOutputItemsLimit:
      return "ERR_CELL_OUTPUT_ITEMS_LIMIT";
    case protocol::ErrorCode::kNotificationsLimit:
      return "ERR_CELL_NOTIFICATIONS_LIMIT";
    case protocol::ErrorCode::kToolCallsLimit:
      return "ERR_CELL_TOOL_CALLS_LIMIT";
    case protocol::ErrorCode::kSourceLimit:
      return "ERR_CELL_SOURCE_LIMIT";
  }
  return "";
}

const char* NameOf(protocol::End end) {
  switch (end) {
    case protocol::End::kCompleted:
      return "completed";
    case protocol::End::kFailed:
      return "failed";
    case protocol::End::kTerminated:
      return "terminated";
  }
  return "";
}

Napi::Object ToNapi(Napi::Env env, const protocol::CellError& error) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("code", NameOf(error.code));
  object.Set("name", ToNapi(env, error.name));
  object.Set("message", ToNapi(env, error.message));
  object.Set("text", ToNapi(env, error.text));
  if (error.stack) object.Set("stack", ToNapi(env, *error.stack));
  if (error.position) {
    object.Set("line", error.position->line);
    object.Set("column", error.position->column);
    object.Set("sourceLine", ToNapi(env, error.position->source_line));
  }
  if (error.cause) object.Set("cause", ToNapi(env, *error.cause));
  if (error.limit) {
    object.Set("limit", error.limit->name);
    object.Set("allowed", error.limit->allowed);
    object.Set("used", error.limit->used);
  }
  return object;
}

Napi::Array ToNapi(Napi::Env env, const std::vector<base::Text>& texts) {
  Napi::Array array = Napi::Array::New(env);
  uint32_t length = 0;
  for (const base::Text& text : texts) array.Set(length++, ToNapi(env, text));
  return array;
}

Napi::Array ToNapi(Napi::Env env, const std::vector<std::pair<base::Text, base::Text>>& writes) {
  Napi::Array array = Napi::Array::New(env);
  uint32_t length = 0;
  for (const auto& [key, json] : writes) {
    array.Set(length++, ToNapi(env, key));
    array.Set(length++, ToNapi(env, json));
  }
  return array;
}

}  // namespace

Napi::Object UsageToNapi(Napi::Env env, const protocol::Usage& usage) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("cpuMs", usage.cpu_ms);
  object.Set("toolWaitMs", usage.tool_wait_ms);
  object.Set("heapBytes", static_cast<double>(usage.heap_bytes));
  object.Set("heapPeakBytes", static_cast<double>(usage.heap_peak_bytes));
  object.Set("arrayBufferPeakBytes", static_cast<double>(usage.array_buffer_peak_bytes));
  return object;
}

void EventWriter::PutNumber(double number) { Put(Napi::Number::New(env_, number)); }

void EventWriter::PutText(const base::Text& text) { Put(ToNapi(env_, text)); }

template <typename Item>
void EventWriter::PutList(const std::vector<Item>& items) {
  Put(items.empty() ? env_.Undefined() : ToNapi(env_, items));
}

// Field by field: an object with properties by name takes several times as long.
void EventWriter::PutSettled(const protocol::Settled& settled) {
  PutWord(NameOf(settled.end));
  Put(Napi::Boolean::New(env_, settled.thread == protocol::ThreadFate::kParked));
  Put(settled.error ? static_cast<napi_value>(ToNapi(env_, *settled.error)) : env_.Undefined());
  PutList(settled.writes);
  PutList(settled.unhandled_rejections);
  PutNumber(settled.usage.cpu_ms);
  PutNumber(settled.usage.tool_wait_ms);
  PutNumber(static_cast<double>(settled.usage.heap_bytes));
  PutNumber(static_cast<double>(settled.usage.heap_peak_bytes));
  PutNumber(static_cast<double>(settled.usage.array_buffer_peak_bytes));
}

void EventWriter::PutWord(const char* word) { Put(Napi::String::New(env_, word)); }

void EventWriter::Write(const protocol::Event& event) {
  // The kinds are numbered in the order of the variant's members.
  PutNumber(static_cast<double>(event.index()));
  struct Fields {
    EventWriter& to;

    void operator()(const protocol::Started&) const {}
    void operator()(const protocol::TextOutput& output) const { to.PutText(output.text); }
    void operator()(const protocol::ImageOutput& output) const {
      to.PutText(output.url);
      to.PutWord(NameOf(output.detail));
    }
    void operator()(const protocol::AudioOutput& output) const { to.PutText(output.url); }
    void operator()(const protocol::LogLine& line) const {
      to.PutWord(NameOf(line.level));
      to.PutText(line.text);
      to.PutNumber(line.time_ms);
    }
    void operator()(const protocol::Notification& notification) const {
      to.PutText(notification.text);
    }
    void operator()(const protocol::ToolCall& call) const {
      to.PutNumber(call.call);
      to.PutNumber(call.tool);
      to.PutText(call.input);
    }
    void operator()(const protocol::Yielded&) const {}
    void operator()(const protocol::Settled& settled) const { to.PutSettled(settled); }
    void operator()(const protocol::Disposed& disposed) const { to.PutNumber(disposed.cpu_ms); }
    void operator()(const protocol::Stopping& stopping) const {
      to.Put(ToNapi(to.env_, stopping.error));
    }
    void operator()(const protocol::Ready&) const {}
    void operator()(const protocol::ToolSearch& search) const {
      to.PutNumber(search.call);
      to.PutText(search.query);
      to.PutNumber(search.limit);
    }
    void operator()(const protocol::ToolLookup& lookup) const {
      to.PutNumber(lookup.call);
      to.PutText(lookup.name);
    }
    void operator()(const protocol::TimerSet& set) const {
      to.PutNumber(set.timer);
      to.PutNumber(set.due_ms);
    }
    void operator()(const protocol::TimerCleared& cleared) const { to.PutNumber(cleared.timer); }
    void operator()(const protocol::Waiting& waiting) const { to.PutNumber(waiting.applied); }
  };
  std::visit(Fields{*this}, event);
}

}  // namespace codecell::host
