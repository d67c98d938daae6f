#include <memory>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/mailbox.h"
#include "check.h"
#include "protocol/command.h"
#include "protocol/event.h"
#include "protocol/event_sink.h"
#include "protocol/options.h"

namespace codecell::test {

namespace {

using base::Mailbox;
using base::Text;
using protocol::Command;
using protocol::Event;

template <size_t Kind, typename Member>
constexpr bool kIsKind = std::is_same_v<std::variant_alternative_t<Kind, Event>, Member>;

// The kinds are written as numbers into what JavaScript reads; binding.d.ts lists them.
static_assert(kIsKind<0, protocol::Started>);
static_assert(kIsKind<1, protocol::TextOutput>);
static_assert(kIsKind<2, protocol::ImageOutput>);
static_assert(kIsKind<3, protocol::AudioOutput>);
static_assert(kIsKind<4, protocol::LogLine>);
static_assert(kIsKind<5, protocol::Notification>);
static_assert(kIsKind<6, protocol::ToolCall>);
static_assert(kIsKind<7, protocol::Yielded>);
static_assert(kIsKind<8, protocol::Settled>);
static_assert(kIsKind<9, protocol::Disposed>);
static_assert(kIsKind<10, protocol::Stopping>);
static_assert(kIsKind<11, protocol::Ready>);

// A copy would double what crosses, and a move that may throw makes a queue copy.
static_assert(!std::is_copy_constructible_v<Event> && std::is_nothrow_move_constructible_v<Event>);
static_assert(std::is_nothrow_move_constructible_v<Command>);

// The sink a host makes of a mailbox.
class MailboxSink final : public protocol::EventSink {
 public:
  void PushLater(Event event, size_t) override { events_.Post(std::move(event)); }
  void Flush() override {}
  Mailbox<Event>& events() { return events_; }

 private:
  Mailbox<Event> events_;
};

// A host that answers tool calls and a cell that makes them, without an engine between.
void CallsAndAnswersCross() {
  constexpr uint32_t kCalls = 5000;
  MailboxSink sink;
  Mailbox<Command> commands;
  std::thread cell([&] {
    for (uint32_t call = 1; call <= kCalls; ++call) {
      const Text input = Text::Narrowed(call % 2 == 0 ? u"{\"n\":1}" : u"\"\u4e00\"");
      sink.Push(protocol::ToolCall{call, call % 7, input}, input.size_bytes());
    }
    uint32_t settled = 0;
    while (settled < kCalls) {
      for (const Command& command : commands.Take({})) {
        ++settled;
        if (const auto* resolved = std::get_if<protocol::ToolResolved>(&command)) {
          Expect(resolved->call % 2 == 0 && resolved->result.latin1() == "{\"n\":1}",
                 "a result carries its call's text");
        } else {
          const auto& rejected = *std::get_if<protocol::ToolRejected>(&command);
          Expect(rejected.call % 2 == 1 && rejected.message.utf16() == u"\"\u4e00\"",
                 "a rejection carries its call's text");
        }
      }
    }
    sink.Push(protocol::Disposed{1.5}, 0);
  });
  uint32_t next = 1;
  for (bool disposed = false; !disposed;) {
    for (Event& event : sink.events().Take({})) {
      if (auto* call = std::get_if<protocol::ToolCall>(&event)) {
        Expect(call->call == next++ && call->tool == call->call % 7, "calls come in order");
        if (call->input.is_latin1()) {
          commands.Post(protocol::ToolResolved{call->call, std::move(call->input)});
        } else {
          commands.Post(protocol::ToolRejected{call->call, std::move(call->input)});
        }
      } else {
        disposed = std::holds_alternative<protocol::Disposed>(event);
        Expect(disposed && next == kCalls + 1, "the end comes last");
      }
    }
  }
  cell.join();
}

void OutcomeCrossesWhole() {
  constexpr int kCauses = 8;
  MailboxSink sink;
  std::thread cell([&] {
    auto error = std::make_unique<protocol::CellError>();
    for (int i = 0; i < kCauses; ++i) {
      auto outer = std::make_unique<protocol::CellError>();
      outer->message = Text::Ascii(std::to_string(i));
      outer->position = protocol::Position{i, i, Text::Ascii("source")};
      outer->cause = std::move(error);
      error = std::move(outer);
    }
    protocol::Settled settled;
    settled.end = protocol::End::kFailed;
    settled.error = std::move(*error);
    settled.writes.emplace_back(Text::Ascii("key"), Text::Ascii("[1]"));
    sink.Push(std::move(settled), 0);
  });
  std::vector<Event> events = sink.events().Take({});
  cell.join();
  const auto* settled = std::get_if<protocol::Settled>(events.data());
  Expect(events.size() == 1 && settled != nullptr, "one event, the outcome");
  if (settled == nullptr || !settled->error.has_value()) return;
  int causes = 0;
  for (const protocol::CellError* error = &settled->error.value(); error->cause != nullptr;
       error = error->cause.get()) {
    ++causes;
    Expect(error->message.latin1() == std::to_string(kCauses - causes), "causes in their order");
  }
  Expect(causes == kCauses, "every cause");
  Expect(settled->writes[0].second.latin1() == "[1]", "what was written");
}

// Sessions give one table to many cells, whose threads end when they end.
void TablesAreSharedByThreads() {
  constexpr int kRounds = 300;
  constexpr int kCells = 3;
  for (int round = 0; round < kRounds; ++round) {
    auto made = std::make_shared<protocol::ToolTable>();
    made->tools.push_back({"add", "add", "", Text::Ascii("Adds.")});
    made->by_name.emplace("add", 0);
    std::shared_ptr<const protocol::ToolTable> table = std::move(made);
    const std::weak_ptr<const protocol::ToolTable> watched = table;
    std::vector<std::thread> cells;
    cells.reserve(kCells);
    for (int i = 0; i < kCells; ++i) {
      cells.emplace_back([mine = table]() mutable {
        Expect(mine->tools[mine->by_name.at("add")].description.latin1() == "Adds.", "it is whole");
        mine.reset();
      });
    }
    table.reset();
    for (std::thread& cell : cells) cell.join();
    Expect(watched.expired(), "the last one to let go frees it");
  }
}

const Test kTests[] = {
    {"Protocol: calls and answers cross in order, with their texts", CallsAndAnswersCross},
    {"Protocol: an outcome crosses with its causes and writes", OutcomeCrossesWhole},
    {"Protocol: a table is shared by threads and freed by the last", TablesAreSharedByThreads},
};

}  // namespace

std::span<const Test> ProtocolTests() { return kTests; }

}  // namespace codecell::test
