#include "fuzz_cell.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include "base/clock.h"
#include "check_event.h"
#include "input.h"
#include "isolate/values/strings.h"

namespace codecell::fuzz {

namespace {

constexpr size_t kMebibyte = size_t{1} << 20;
// An isolate for each input would keep inputs apart, and be a hundred times slower.
constexpr int kInputsPerCell = 500;
constexpr int kRoundsToSettle = 16;

}  // namespace

protocol::IsolateOptions SmallIsolate() {
  return {.heap_bytes = 64 * kMebibyte, .queued_bytes = kMebibyte, .is_spare = false};
}

protocol::CellOptions SmallCell() {
  auto tools = std::make_shared<protocol::ToolTable>();
  tools->tools = {{"echo", "echo", "", base::Text::Ascii("Gives its input back.")},
                  {"files_search", "search", "files", base::Text(std::u16string(u"\u4e00"))},
                  {"ALL_TOOLS", "ALL_TOOLS", "", {}}};
  tools->by_name = {{"echo", 0}, {"files_search", 1}, {"ALL_TOOLS", 2}};
  tools->by_name_space = {{"files", {1}}};
  auto modules = std::make_shared<protocol::ModuleTable>();
  const auto add = [&](const char* name, const char* source) {
    (*modules)[name] = protocol::SourceModule{base::Text::Ascii(source)};
  };
  add("good", "export const one = 1;");
  add("broken", "export const = ;");
  add("throws", "throw new Error('no');");
  add("cycle", "export { one } from 'good'; import 'cycle'; import * as all from 'tools.js';");
  add("missing", "import 'nowhere';");
  (*modules)["values"] = protocol::ValueModule{{{"list", base::Text::Ascii("[1,{}]")}}};
  (*modules)["bad values"] = protocol::ValueModule{{{"list", base::Text::Ascii("[1,")}}};
  auto stored = std::make_shared<protocol::StoredValues>();
  stored->values[u"key"] = base::Text::Ascii("{\"a\":[1]}");
  protocol::CellOptions options;
  options.setup.tools = std::move(tools);
  options.setup.modules = std::move(modules);
  options.stored = std::move(stored);
  protocol::CellLimits& limits = options.setup.limits;
  limits.heap_bytes = 64 * kMebibyte;
  limits.array_buffer_bytes = 4 * kMebibyte;
  limits.cpu_ms = 10'000;
  limits.output_bytes = kMebibyte;
  limits.output_items = 10'000;
  limits.notifications = 1'000;
  limits.stored_bytes = kMebibyte / 4;
  limits.stored_keys = 100;
  limits.tool_calls = 10'000;
  limits.tool_calls_in_flight = 100;
  limits.tool_input_bytes = kMebibyte;
  limits.json_depth = 200;
  limits.json_values = 200'000;
  limits.timers = 1'000;
  limits.source_bytes = kMebibyte;
  limits.eval_bytes = kMebibyte / 4;
  limits.rss_bytes = SIZE_MAX;
  options.setup.console = protocol::Console::kLogs;
  return options;
}

// Takes every event at once, and remembers the tool calls.
class FuzzCell::Sink final : public protocol::EventSink {
 public:
  void ReadFor(isolate::CellLink& link) { link_ = &link; }

  void PushLater(protocol::Event event, size_t bytes) override {
    CheckEvent(event, link_->options);
    if (const auto* call = std::get_if<protocol::ToolCall>(&event)) calls_.push_back(call->call);
    if (const auto* search = std::get_if<protocol::ToolSearch>(&event)) {
      calls_.push_back(search->call);
    }
    if (const auto* lookup = std::get_if<protocol::ToolLookup>(&event)) {
      calls_.push_back(lookup->call);
    }
    if (bytes > 0) link_->backlog.Remove(bytes);
  }

  void Flush() override {}

  std::vector<protocol::ToolCallId> TakeCalls() { return std::exchange(calls_, {}); }

 private:
  isolate::CellLink* link_ = nullptr;
  std::vector<protocol::ToolCallId> calls_;
};

FuzzCell::FuzzCell()
    : sink_(std::make_shared<Sink>()),
      link_(SmallIsolate(), sink_),
      owner_(link_.isolate.heap_bytes, link_.memory, [] {}),
      scope_(owner_.isolate()),
      loop_(scope_, owner_, link_) {
  sink_->ReadFor(link_);
  loop_.Prepare();
  Expect(loop_.realm().exists(), "the realm can be created");
  entered_.emplace(loop_.realm().context(scope_));
  Expect(link_.Begin(SmallCell()) != protocol::BeginResult::kGone && loop_.Begin(),
         "the cell can begin");
}

FuzzCell::~FuzzCell() { entered_.reset(); }

bool FuzzCell::usable() { return !cell().stopping() && served_ < kInputsPerCell; }

v8::Local<v8::Value> FuzzCell::Evaluate(const std::string& script) {
  v8::Local<v8::String> source;
  v8::Local<v8::Script> compiled;
  v8::Local<v8::Value> value;
  Expect(isolate::Utf8ToV8(scope_, script).ToLocal(&source) &&
             v8::Script::Compile(scope_.context(), source).ToLocal(&compiled) &&
             compiled->Run(scope_.context()).ToLocal(&value),
         "the hostile script can be run");
  return value;
}

v8::MaybeLocal<v8::Value> FuzzCell::Call(v8::Local<v8::Value> functions, const char* name,
                                         std::span<const uint8_t> bytes) {
  ++served_;
  const v8::Local<v8::Context> context = scope_.context();
  v8::Local<v8::Value> function;
  Expect(
      functions.As<v8::Object>()->Get(context, isolate::Literal(scope_, name)).ToLocal(&function) &&
          function->IsFunction(),
      "the hostile script has the function");
  const auto buffer = v8::ArrayBuffer::New(scope_.isolate(), bytes.size());
  std::copy(bytes.begin(), bytes.end(), static_cast<uint8_t*>(buffer->Data()));
  v8::Local<v8::Value> arguments[] = {v8::Uint8Array::New(buffer, 0, bytes.size())};
  return function.As<v8::Function>()->Call(context, functions, 1, arguments);
}

void FuzzCell::Settle(const base::Text& json) {
  for (int round = 0; round < kRoundsToSettle && !cell().stopping(); ++round) {
    scope_.isolate()->PerformMicrotaskCheckpoint();
    const std::vector<protocol::ToolCallId> calls = sink_->TakeCalls();
    for (const protocol::ToolCallId call : calls) {
      if (cell().stopping()) return;
      if (call % 3 == 0) {
        cell().tools().Reject(scope_, {call, json});
      } else {
        cell().tools().Resolve(scope_, {call, json});
      }
    }
    const v8::TryCatch caught(scope_.isolate());
    const auto far = base::Clock::now() + std::chrono::hours{1};
    if (!cell().timers().RunDue(scope_, far) && calls.empty()) break;
  }
  if (cell().stopping()) return;
  for (const base::Text& text : cell().rejections().Texts(scope_)) {
    Expect(WellFormed(ToUtf16(text)) == ToUtf16(text), "a rejection's text is well-formed");
  }
}

}  // namespace codecell::fuzz
