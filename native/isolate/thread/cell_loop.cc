#include "isolate/thread/cell_loop.h"

#include <chrono>
#include <string>
#include <utility>

#include "base/moments.h"
#include "isolate/exec/limit_error.h"
#include "isolate/values/exception.h"

namespace codecell::isolate {

namespace {

// Some tools answer sooner than a sleeping thread can be woken.
constexpr std::chrono::microseconds kSpin{30};

// What most cells use.
constexpr char kWarmUp[] =
    "const list = await Promise.all([1, 2].map(async (n) => ({ n, s: `${n}` })));\n"
    "text(list); text(JSON.stringify(JSON.parse(JSON.stringify(list))));\n"
    "for (const { s } of list) { try { throw new Error(s); } catch (error) { text(error.stack); } "
    "}";

}  // namespace

CellLoop::CellLoop(IsolateScope& scope, IsolateOwner& owner, CellLink& link)
    : scope_(scope),
      owner_(owner),
      link_(link),
      cell_(scope, link),
      answer_(kSpin),
      heap_(scope, link.isolate.heap_bytes, *link.memory,
            [&link](const Stop& why) { link.StopForLimit(why); }) {}

void CellLoop::Prepare() {
  const bool exists = realm_.Create(scope_);
  if (exists && link_.isolate.is_spare && link_.stage == Stage::kMaking) {
    WarmUp(base::Text::Ascii(kWarmUp));
  }
}

void CellLoop::WarmUp(const base::Text& source) {
  const v8::HandleScope handles(scope_.isolate());
  const v8::Context::Scope entered(realm_.context(scope_));
  LeavePending(cell_.modules().Start(scope_, source));
  scope_.isolate()->PerformMicrotaskCheckpoint();
}

bool CellLoop::AwaitCell() {
  const v8::HandleScope handles(scope_.isolate());
  Stage before = Stage::kMaking;
  was_ready_ = link_.stage.compare_exchange_strong(before, Stage::kReady);
  if (was_ready_) {
    link_.priority.Resume();
    link_.sink->Push(protocol::Ready{}, 0);
  }
  for (;;) {
    const Stage stage = link_.stage;
    if (stage == Stage::kBegun) return true;
    if (stage == Stage::kDismissed || (stopping() && link_.Dismiss())) return false;
    link_.mailbox.Take({});
  }
}

bool CellLoop::Begin() {
  cell_.Begin();
  owner_.array_buffers().SetLimit(cell_.limits().array_buffer_bytes);
  return realm_.Begin(scope_, cell_.options());
}

protocol::Settled CellLoop::Run() {
  v8::Local<v8::Promise> done;
  const size_t source_bytes = cell_.options().source.size_bytes();
  if (source_bytes > cell_.limits().source_bytes) {
    Fail(LimitError(protocol::ErrorCode::kSourceLimit,
                    static_cast<double>(cell_.limits().source_bytes),
                    static_cast<double>(source_bytes)));
    return Conclude(done);
  }
  std::optional<v8::Context::Scope> entered;
  if (realm_.exists()) entered.emplace(realm_.context(scope_));
  if (!stopping() && realm_.exists() && Begin()) {
    heap_.Measure();
    if (!was_ready_) {
      cell_.outbox().Send(protocol::Started{}, 0);
      cell_.outbox().Flush();
    }
    return Conclude(RunSource());
  }
  if (!stopping()) {
    Fail(protocol::MakeError(protocol::ErrorCode::kEngine, "Error",
                             "the engine could not create a context for the cell"));
  }
  return Conclude(done);
}

v8::Local<v8::Promise> CellLoop::RunSource() {
  const base::Text& source = cell_.options().source;
  base::Moments::Note(base::Moment::kCompiles);
  const bool is_lenient = cell_.options().setup.dialect == protocol::Dialect::kLenient;
  auto started =
      is_lenient ? cell_.program().Start(scope_, source) : cell_.modules().Start(scope_, source);
  if (!started.ok()) {
    Fail(std::move(started.error()));
    return {};
  }
  base::Moments::Note(base::Moment::kEvaluated);
  v8::Local<v8::Promise> done = started.value();
  RunUntilDone(done);
  if (is_lenient) done = RunRest(done);
  if (!stopping()) HoldHeap();
  return done;
}

v8::Local<v8::Promise> CellLoop::RunRest(v8::Local<v8::Promise> done) {
  const auto has_ended_well = [&] {
    return !stopping() && !failure_ && done->State() == v8::Promise::kFulfilled;
  };
  while (has_ended_well()) {
    if (cell_.program().HasLeftWork(done->Result())) RunLeftWork();
    if (!has_ended_well()) break;
    v8::Local<v8::Promise> next;
    if (!NextPart(done->Result()).ToLocal(&next)) break;
    done = next;
    RunUntilDone(done);
  }
  return done;
}

v8::MaybeLocal<v8::Promise> CellLoop::NextPart(v8::Local<v8::Value> value) {
  const v8::TryCatch caught(scope_.isolate());
  v8::Local<v8::Promise> next;
  if (cell_.program().Next(scope_, value).ToLocal(&next)) return next;
  if (caught.HasCaught() && caught.CanContinue() && !stopping())
    Fail(TakeError(scope_, caught, cell_.options().source));
  return {};
}

void CellLoop::Fail(protocol::CellError error) {
  if (!failure_) failure_ = std::move(error);
}

bool CellLoop::Drain(v8::Local<v8::Promise> done) {
  std::optional<Terminator::Deferral> deferred;
  cell_.modules().DeferStops(deferred);
  scope_.isolate()->PerformMicrotaskCheckpoint();
  deferred.reset();
  if (auto uncaught = cell_.TakeUncaught()) Fail(*std::move(uncaught));
  return !stopping() && !failure_ && done->State() == v8::Promise::kPending;
}

template <typename MayWait>
bool CellLoop::RunWhile(v8::Local<v8::Promise> done, const MayWait& may_wait) {
  while (Drain(done)) {
    const v8::HandleScope handles(scope_.isolate());
    if (RunReady(done)) continue;
    // Asked after the mailbox was emptied: a later request wakes Take().
    if (stopping()) return true;
    if (!may_wait()) return false;
    if (!HoldHeap()) return true;
    Apply(Wait(), done);
  }
  return true;
}

void CellLoop::RunUntilDone(v8::Local<v8::Promise> done) {
  deadlocked_ = !RunWhile(done, [this] { return CanGoOn(); });
}

void CellLoop::RunLeftWork() {
  v8::Local<v8::Promise::Resolver> never;
  if (v8::Promise::Resolver::New(scope_.context()).ToLocal(&never)) {
    RunWhile(never->GetPromise(), [this] { return HasOpenWork(); });
  }
}

bool CellLoop::HoldHeap() {
  const std::optional<Stop> passed = heap_.Passed();
  if (passed) link_.Terminate(*passed);
  return !passed;
}

std::vector<protocol::Command> CellLoop::Wait() {
  if (cell_.ambient().is_deterministic() && applied_ != told_applied_) {
    told_applied_ = applied_;
    cell_.outbox().Send(protocol::Waiting{applied_}, 0);
  }
  cell_.outbox().Flush();
  if (!cell_.tools().has_open_calls()) return link_.mailbox.Take(NextDeadline());
  link_.tool_wait.Begin();
  answer_.Until([this] { return link_.mailbox.is_ready(); });
  std::vector<protocol::Command> commands = link_.mailbox.Take(NextDeadline());
  link_.tool_wait.End();
  return commands;
}

bool CellLoop::RunReady(v8::Local<v8::Promise> done) {
  if (Apply(link_.mailbox.TakeReady(), done)) return true;
  if (RunTasks()) return true;
  const v8::TryCatch caught(scope_.isolate());
  if (!cell_.timers().RunDue(scope_, base::Clock::now())) return false;
  cell_.NoteUncaught(caught);
  return true;
}

bool CellLoop::Apply(const std::vector<protocol::Command>& commands, v8::Local<v8::Promise> done) {
  for (const protocol::Command& command : commands) {
    if (const auto* clock = std::get_if<protocol::AdvanceClock>(&command)) {
      cell_.ambient().Advance(clock->now_ms);
      continue;
    }
    applied_ += 1;
    if (const auto* resolved = std::get_if<protocol::ToolResolved>(&command)) {
      cell_.tools().Resolve(scope_, *resolved);
    } else if (const auto* rejected = std::get_if<protocol::ToolRejected>(&command)) {
      cell_.tools().Reject(scope_, *rejected);
    } else if (const auto* fire = std::get_if<protocol::FireTimer>(&command)) {
      Fire(*fire);
    }
    if (!Drain(done)) break;
  }
  return !commands.empty();
}

void CellLoop::Fire(const protocol::FireTimer& fire) {
  const v8::TryCatch caught(scope_.isolate());
  cell_.timers().Fire(scope_, fire.timer);
  cell_.NoteUncaught(caught);
}

bool CellLoop::RunTasks() {
  bool ran = false;
  while (const std::unique_ptr<v8::Task> task = owner_.tasks().TakeDue()) {
    const v8::HandleScope handles(scope_.isolate());
    const v8::TryCatch caught(scope_.isolate());
    task->Run();
    ran = true;
    if (stopping()) break;
  }
  return ran;
}

// Delayed tasks are the engine's housekeeping; none of them settles a promise of the cell.
bool CellLoop::CanGoOn() {
  return HasOpenWork() || !cell_.timers().empty() ||
         cell_.options().setup.on_deadlock == protocol::OnDeadlock::kWait;
}

bool CellLoop::HasOpenWork() {
  return cell_.tools().has_open_calls() || cell_.timers().has_timeouts() ||
         owner_.tasks().has_due();
}

base::Deadline CellLoop::NextDeadline() {
  return base::Earlier(cell_.timers().next_due(), owner_.tasks().next_due());
}

protocol::Settled CellLoop::Conclude(v8::Local<v8::Promise> done) {
  protocol::Settled settled;
  // What a timer or a microtask has thrown counts, even if the module is through.
  const bool fulfilled = !failure_ && !done.IsEmpty() && done->State() == v8::Promise::kFulfilled;
  if (!stopping() && !failure_ && !done.IsEmpty() && done->State() == v8::Promise::kRejected) {
    Fail(DescribeThrown(scope_, done->Result(), cell_.options().source));
  }
  if (!stopping()) settled.unhandled_rejections = cell_.rejections().Texts(scope_);
  if (deadlocked_ && !stopping()) {
    Fail(protocol::MakeError(
        protocol::ErrorCode::kDeadlock, "Error",
        "the cell can never go on: it awaits a promise that nothing will settle, as no timer, no "
        "tool call and no other work is left"));
  }

  heap_.Measure();
  Stop stop = link_.terminator.why();
  if (stop.cause == StopCause::kHeapLimit) {
    stop.used = static_cast<double>(link_.memory->heap_peak());
  }
  std::optional<protocol::CellError> passed = LimitErrorOf(stop);
  const bool completed =
      stop.cause == StopCause::kExit || (stop.cause == StopCause::kNone && fulfilled);
  // A cell that was cut off leaves no writes, which may be half done.
  if (completed || stop.cause == StopCause::kNone) settled.writes = cell_.stored().TakeWrites();
  if (completed) {
    settled.end = protocol::End::kCompleted;
  } else if (stop.cause == StopCause::kRequested) {
    settled.end = protocol::End::kTerminated;
  } else {
    settled.end = protocol::End::kFailed;
    settled.error = passed ? std::move(passed) : std::move(failure_);
  }
  return settled;
}

}  // namespace codecell::isolate
