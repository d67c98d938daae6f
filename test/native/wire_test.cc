#include "protocol/wire.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "check.h"

namespace codecell::test {

namespace {

using base::Text;
using namespace protocol;  // NOLINT(google-build-using-namespace): the tests name all of it.

constexpr Usage kUsage{1.5, 0.25, 4096, size_t{1} << 33U, 7};

// The frames of one direction in the file of samples, which src/backend/wire/ writes and reads too.
std::vector<std::string> Samples(std::string_view direction) {
  std::ifstream file(CODECELL_WIRE_SAMPLES);
  Expect(file.is_open(), "there is the file of samples");
  std::vector<std::string> frames;
  std::string from;
  std::string hex;
  while (file >> from >> hex) {
    if (from != direction) continue;
    std::string& frame = frames.emplace_back();
    for (size_t i = 0; i < hex.size(); i += 2) {
      frame.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    }
  }
  return frames;
}

CellError SampleError() {
  CellError error = MakeError(ErrorCode::kHeapLimit, "RangeError", "");
  error.message = Text("too much \xe9");
  error.text = Text(std::u16string(u"RangeError: too much \u20ac"));
  error.stack = Text::Ascii("at 1");
  error.position = Position{3, 14, Text::Ascii("  throw x")};
  error.cause = std::make_unique<CellError>(MakeError(ErrorCode::kScript, "E", ""));
  error.cause->text = Text(std::string(1, '\0'));
  error.limit = LimitUse{"heapBytes", 10, 11};
  return error;
}

Settled SampleFailure() {
  Settled settled;
  settled.end = End::kFailed;
  settled.thread = ThreadFate::kParked;
  settled.error = SampleError();
  settled.writes.emplace_back(Text::Ascii("k"), Text::Ascii("[2]"));
  settled.writes.emplace_back(Text(std::u16string(u"\u20ac")), Text::Ascii("{}"));
  settled.unhandled_rejections.push_back(Text::Ascii("Error: a"));
  settled.unhandled_rejections.emplace_back("\xf6");
  settled.usage = kUsage;
  return settled;
}

std::vector<Event> SampleEvents() {
  std::vector<Event> events;
  events.emplace_back(Ready{});
  events.emplace_back(Started{});
  std::u16string odd = u"gr\u00fcn ";
  odd.push_back(0xD800);
  odd += u" \U0001F600";
  events.emplace_back(TextOutput{Text(std::move(odd))});
  events.emplace_back(
      ImageOutput{Text::Ascii("data:image/png;base64,AA=="), ImageDetail::kOriginal});
  events.emplace_back(AudioOutput{Text::Ascii("data:audio/wav;base64,AA==")});
  events.emplace_back(LogLine{LogLevel::kWarn, Text("\xe9"), 1'700'000'000'123});
  events.emplace_back(Notification{});
  events.emplace_back(ToolCall{1, 2, Text("{\"x\":\"\xe9\"}")});
  events.emplace_back(ToolSearch{3, Text::Ascii("sums"), 5});
  events.emplace_back(ToolLookup{4, Text::Ascii("add")});
  events.emplace_back(Yielded{});
  events.emplace_back(Stopping{SampleError()});
  events.emplace_back(SampleFailure());
  Settled completed;
  completed.usage = kUsage;
  events.emplace_back(std::move(completed));
  events.emplace_back(Disposed{2.5});
  events.emplace_back(TimerSet{3, 1'700'000'000'456});
  events.emplace_back(TimerCleared{3});
  events.emplace_back(Waiting{7});
  return events;
}

void WritesWhatTheHostReads() {
  std::vector<std::string> written;
  AppendHello(written.emplace_back(), {kWireVersion, 0x7F});
  for (const Event& event : SampleEvents()) {
    AppendEvent(written.emplace_back(), event, kUsage);
    if (std::holds_alternative<Yielded>(event)) AppendSampled(written.emplace_back(), 9, kUsage);
  }
  Expect(written == Samples("cell"), "each frame of the file, byte for byte");
}

std::string_view Fields(const std::string& frame) {
  return std::string_view(frame).substr(kFrameHeadBytes);
}

template <typename Message>
Message Read(const std::string& frame) {
  std::optional<HostMessage> message = ReadHostMessage(Fields(frame));
  Message* read = message ? std::get_if<Message>(&*message) : nullptr;
  Expect(read != nullptr, "a message of that kind");
  return read != nullptr ? std::move(*read) : Message{};
}

template <typename Message>
Message ReadCommand(const std::string& frame) {
  Command command = Read<Command>(frame);
  Expect(std::holds_alternative<Message>(command), "a command of that kind");
  return std::move(*std::get_if<Message>(&command));
}

void ReadsASetup(const std::string& frame) {
  const CellSetup setup = Read<SetupMessage>(frame).setup;
  Expect(setup.limits.heap_bytes == 1 && setup.limits.array_buffer_bytes == 2 &&
             setup.limits.cpu_ms == std::numeric_limits<double>::infinity() &&
             setup.limits.output_bytes == 4 && setup.limits.eval_bytes == 16 &&
             setup.limits.rss_bytes == 17,
         "the limits in their order");
  Expect(setup.console == Console::kOutput && setup.dialect == Dialect::kLenient &&
             setup.web_globals == WebGlobals::kAll &&
             setup.remote_images == RemoteImages::kRefused &&
             setup.on_deadlock == OnDeadlock::kFail,
         "what cells are like");
  const std::vector<Tool>& tools = setup.tools->tools;
  Expect(tools.size() == 2 && tools[0].name == "a" && tools[1].own_name == "b" &&
             tools[1].name_space == "n/\xc3\xb6\xf0\x9f\x98\x80" && tools[1].is_mcp &&
             tools[0].description.latin1() == "n\xe9\x65" && setup.tools->by_name.at("n__b") == 1 &&
             setup.tools->by_name_space.at(tools[1].name_space).size() == 1,
         "the tools, by name too");
  const auto values = setup.modules->find("v\xc3\xa4lued");
  Expect(setup.modules->size() == 2 && values != setup.modules->end() &&
             std::get_if<ValueModule>(&values->second)->exports.at(1).first == "two",
         "the modules");
}

void ReadsWhatTheHostWrites() {
  const std::vector<std::string> frames = Samples("host");
  Expect(frames.size() == 11, "a frame of each kind");
  Expect(Read<PrepareMessage>(frames[0]).heap_bytes == size_t{1} << 28U,
         "what an isolate is made with");
  ReadsASetup(frames[1]);
  const auto kept = Read<StoredMessage>(frames[2]).stored;
  const StoredValues& stored = *kept;
  Expect(stored.values.size() == 2 && stored.values.at(u"k\u00e9").length() == 3 &&
             stored.bytes == (1 + 2) * 2 + 16 + 16,
         "stored values, counted");
  Expect(Read<BeginMessage>(frames[3]).source.utf16() == u"text(\"\u20ac\")", "the source");
  const auto resolved = ReadCommand<ToolResolved>(frames[4]);
  Expect(resolved.call == 7 && resolved.is_json && resolved.result.latin1() == "{\"a\":1}",
         "a result");
  const auto rejected = ReadCommand<ToolRejected>(frames[5]);
  Expect(rejected.call == 0xFFFFFFFF && rejected.message.latin1() == "no", "a rejection");
  Read<TerminateMessage>(frames[6]);
  Expect(Read<SampleMessage>(frames[7]).number == 9, "a sample");
  const Deterministic deterministic = Read<DeterminismMessage>(frames[8]).deterministic;
  Expect(deterministic.seed[0] == 0x0123456789abcdef &&
             deterministic.seed[3] == 0x0123456789abcdef &&
             deterministic.now_ms == 1'700'000'000'123,
         "what a deterministic cell begins with");
  Expect(ReadCommand<AdvanceClock>(frames[9]).now_ms == 1'700'000'000'456, "the time");
  Expect(ReadCommand<FireTimer>(frames[10]).timer == 3, "a timer");
}

void RefusesWhatNoHostWrites() {
  for (const std::string& frame : Samples("host")) {
    const std::string_view fields = Fields(frame);
    for (size_t length = 0; length < fields.size(); ++length) {
      Expect(!ReadHostMessage(fields.substr(0, length)), "no frame that is cut");
    }
    Expect(!ReadHostMessage(std::string(fields) + '\0'), "no frame with a byte too many");
  }
  Expect(!ReadHostMessage(std::string_view("\0", 1)) && !ReadHostMessage("\x0c"),
         "no kind that there is not");
  Numbers numbers(1);
  for (const std::string& frame : Samples("host")) {
    for (int i = 0; i < 2000; ++i) {
      std::string changed(Fields(frame));
      changed[numbers.Below(static_cast<unsigned>(changed.size()))] =
          static_cast<char>(numbers.Below(256));
      static_cast<void>(ReadHostMessage(changed));
    }
  }
}

void CutsAStreamIntoFrames() {
  const std::vector<std::string> frames = Samples("host");
  std::string stream;
  for (const std::string& frame : frames) stream += frame;
  for (const size_t piece : {size_t{1}, size_t{3}, size_t{64}, stream.size()}) {
    FrameSplitter splitter(1 << 20);
    std::vector<std::string> cut;
    for (size_t at = 0; at < stream.size(); at += piece) {
      splitter.Add(std::string_view(stream).substr(at, piece));
      while (const auto frame = splitter.Next()) cut.emplace_back(*frame);
    }
    Expect(std::equal(cut.begin(), cut.end(), frames.begin(), frames.end(),
                      [](const auto& one, const auto& whole) { return one == Fields(whole); }),
           "the frames in their order");
  }
}

void RefusesLengthsThatCannotBe() {
  for (const std::string_view head : {std::string_view("\0\0\0\0", kFrameHeadBytes),
                                      std::string_view("\x65\0\0\0", kFrameHeadBytes)}) {
    FrameSplitter splitter(100);
    splitter.Add(head);
    Expect(!splitter.Next() && splitter.broken(), "zero, or more than may come");
  }
}

const Test kTests[] = {
    {"Wire: writes what the host reads", WritesWhatTheHostReads},
    {"Wire: reads what the host writes", ReadsWhatTheHostWrites},
    {"Wire: refuses what no host writes", RefusesWhatNoHostWrites},
    {"Wire: cuts a stream into frames", CutsAStreamIntoFrames},
    {"Wire: refuses lengths that cannot be", RefusesLengthsThatCannotBe},
};

}  // namespace

std::span<const Test> WireTests() { return kTests; }

}  // namespace codecell::test
