#include <chrono>
#include <cstdio>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "base/mailbox.h"
#include "check_event.h"
#include "fuzz_cell.h"
#include "input.h"
#include "isolate/thread/isolate_thread.h"
#include "target.h"

namespace codecell::fuzz {

namespace {

using base::Clock;
using isolate::IsolateThread;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kRunsAtMost{100};
constexpr seconds kEndsWithin{5};
// A builtin that cannot be interrupted keeps its thread (docs/limits.md); many of them would keep
// the machine busy.
constexpr int kMaxOrphans = 8;

struct Sent {
  protocol::Event event;
  size_t bytes;
};

class Sink final : public protocol::EventSink {
 public:
  void PushLater(protocol::Event event, size_t bytes) override {
    sent_.Post({std::move(event), bytes});
  }
  void Flush() override {}
  std::vector<Sent> Take(base::Deadline deadline) { return sent_.Take(deadline); }

 private:
  base::Mailbox<Sent> sent_;
};

// One cell as the host sees it.
class Watch {
 public:
  Watch(IsolateThread& thread, Sink& sink, const protocol::CellOptions& options)
      : thread_(thread), sink_(sink), options_(options) {}

  // False: the thread does not end.
  bool UntilItsEnd() {
    const Clock::time_point terminate_at = Clock::now() + kRunsAtMost;
    while (!over_) {
      const Clock::time_point deadline = terminated_ ? terminate_at + kEndsWithin : terminate_at;
      for (const Sent& sent : sink_.Take(deadline)) Note(sent);
      if (over_ || Clock::now() < deadline) continue;
      if (terminated_) return false;
      terminated_ = true;
      thread_.Terminate();
    }
    return !parked_;
  }

 private:
  void Note(const Sent& sent) {
    Expect(!over_, "nothing comes after the end");
    CheckEvent(sent.event, options_);
    thread_.Taken(sent.bytes);
    if (const auto* call = std::get_if<protocol::ToolCall>(&sent.event)) {
      Expect(!settled_, "no tool is called after the outcome");
      if (call->tool == 0) {
        thread_.Post(protocol::ToolResolved{call->call, call->input});
      } else {
        thread_.Post(protocol::ToolRejected{call->call, call->input});
      }
    } else if (const auto* search = std::get_if<protocol::ToolSearch>(&sent.event)) {
      Expect(!settled_, "no tool is searched for after the outcome");
      thread_.Post(protocol::ToolResolved{search->call, search->query});
    } else if (const auto* lookup = std::get_if<protocol::ToolLookup>(&sent.event)) {
      Expect(!settled_, "no tool is looked up after the outcome");
      thread_.Post(protocol::ToolRejected{lookup->call, lookup->name});
    } else if (const auto* settled = std::get_if<protocol::Settled>(&sent.event)) {
      Expect(!settled_, "a cell has one outcome");
      settled_ = true;
      parked_ = settled->thread == protocol::ThreadFate::kParked;
      over_ = parked_;
      Expect(settled->end != protocol::End::kTerminated || terminated_,
             "only the host terminates a cell");
    } else if (std::holds_alternative<protocol::Disposed>(sent.event)) {
      Expect(settled_, "the outcome comes before the end");
      over_ = true;
    }
  }

  IsolateThread& thread_;
  Sink& sink_;
  const protocol::CellOptions& options_;
  bool terminated_ = false;
  bool settled_ = false;
  bool parked_ = false;
  bool over_ = false;
};

class SourceTarget final : public Target {
 public:
  void Run(std::span<const uint8_t> bytes) override {
    protocol::CellOptions options = SmallCell();
    options.source = base::Text::Narrowed(FromUtf8(bytes));
    // One more byte at its end, and a source is read in the other way.
    if (bytes.size() % 2 == 0) options.setup.dialect = protocol::Dialect::kLenient;
    const auto sink = std::make_shared<Sink>();
    const std::unique_ptr<IsolateThread> thread = IsolateThread::Start(SmallIsolate(), sink);
    Expect(thread != nullptr, "the system gives a thread");
    Expect(thread->Begin(options) != protocol::BeginResult::kGone, "the isolate takes the cell");
    if (Watch(*thread, *sink, options).UntilItsEnd()) {
      thread->Join();
      return;
    }
    thread->Abandon();
    std::fprintf(stderr, "A cell's thread was cut off; %d now.\n", IsolateThread::orphan_count());
    Expect(IsolateThread::orphan_count() <= kMaxOrphans, "few cells have to be cut off");
  }
};

}  // namespace

std::unique_ptr<Target> NewSourceTarget() { return std::make_unique<SourceTarget>(); }

}  // namespace codecell::fuzz
