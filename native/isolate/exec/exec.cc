#include "isolate/exec/exec.h"

#include <chrono>
#include <string>
#include <utility>

#include "isolate/exec/limit_error.h"
#include "isolate/values/exception.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

constexpr uint32_t kExecSlot = 0;
constexpr std::chrono::microseconds kSpin{30};

}  // namespace

Exec::Exec(IsolateScope& scope, IsolateOwner& owner, CellLink& link)
    : scope_(scope),
      owner_(owner),
      link_(link),
      outbox_(*link.sink, link.backlog, link.options.limits),
      tools_(*this),
      stored_(link.options.limits),
      synthetic_modules_(*this),
      modules_(*this),
      answer_(kSpin),
      heap_(scope, link) {
  v8::Isolate* isolate = scope.isolate();
  isolate->SetData(kExecSlot, this);
  isolate->SetPromiseRejectCallback(Rejections::OnReject);
  isolate->SetHostImportModuleDynamicallyCallback(ModuleLoader::ImportDynamically);
  link_.terminator.Attach(scope);
}

Exec::~Exec() {
  link_.terminator.Detach(scope_);
  timers_.Reset();
  tools_.Reset();
  rejections_.Reset();
  modules_.Reset();
  synthetic_modules_.Reset();
  realm_.Reset();
  v8::Isolate* isolate = scope_.isolate();
  isolate->SetData(kExecSlot, nullptr);
}

Exec& Exec::From(v8::Isolate* isolate) { return *static_cast<Exec*>(isolate->GetData(kExecSlot)); }

void Exec::StopHere(const Stop& why) {
  link_.Terminate(why);
  StopNow();
}

void Exec::StopNow() {
  scope_.isolate()->TerminateExecution();  // Deferred by none: the cell's code is at work.
  // The engine looks at the request when code is entered. Entering some makes it take effect before
  // the caller's next statement.
  const v8::Local<v8::Context> context = scope_.context();
  v8::Local<v8::Script> nothing;
  if (v8::Script::Compile(context, Literal(scope_, "0")).ToLocal(&nothing)) {
    LeavePending(nothing->Run(context));
  }
}

bool Exec::AdmitOutput(OutputKind kind, size_t bytes) {
  const std::optional<Stop> passed = outbox_.Admit(kind, bytes);
  if (passed) StopHere(*passed);
  return !passed;
}

bool Exec::CopyOutput(OutputKind kind, v8::Local<v8::String> string, base::Text& text) {
  if (!AdmitOutput(kind, SizeOf(string))) return false;
  text = ToText(scope_, string);
  return true;
}

bool Exec::SendText(v8::Local<v8::String> string) {
  base::Text text;
  if (!CopyOutput(OutputKind::kItem, string, text)) return false;
  const size_t bytes = text.size_bytes();
  outbox_.Send(protocol::TextOutput{std::move(text)}, bytes);
  return true;
}

void Exec::Prepare() {
  const bool exists = realm_.Create(scope_);
  if (exists && link_.isolate.is_spare && link_.stage == Stage::kMaking) WarmUp();
}

void Exec::WarmUp() {
  const v8::HandleScope handles(scope_.isolate());
  const v8::Context::Scope entered(realm_.context(scope_));
  static const base::Text source = base::Text::Ascii(
      "const list = await Promise.all([1, 2].map(async (n) => ({ n, s: `${n}` })));\n"
      "text(list); text(JSON.stringify(JSON.parse(JSON.stringify(list))));\n"
      "for (const { s } of list) { try { throw new Error(s); } catch (error) { text(error.stack); "
      "} }");
  LeavePending(modules_.Start(scope_, source));
  scope_.isolate()->PerformMicrotaskCheckpoint();
}

bool Exec::AwaitCell() {
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

bool Exec::Begin() {
  outbox_.Open();
  owner_.array_buffers().SetLimit(limits().array_buffer_bytes);
  stored_.Begin(options().stored);
  tools_.Begin(options().tools);
  return realm_.Begin(scope_, options());
}

protocol::Settled Exec::Run() {
  v8::Local<v8::Promise> done;
  const size_t source_bytes = options().source.size_bytes();
  if (source_bytes > limits().source_bytes) {
    Fail(LimitError(protocol::ErrorCode::kSourceLimit, static_cast<double>(limits().source_bytes),
                    static_cast<double>(source_bytes)));
    return Conclude(done);
  }
  std::optional<v8::Context::Scope> entered;
  if (realm_.exists()) entered.emplace(realm_.context(scope_));
  if (!stopping() && realm_.exists() && Begin()) {
    heap_.Measure();
    if (!was_ready_) {
      outbox_.Send(protocol::Started{}, 0);
      outbox_.Flush();
    }
    auto started = modules_.Start(scope_, link_.options.source);
    if (started.ok()) {
      done = started.value();
      Loop(done);
      if (!stopping()) heap_.IsHeld();
    } else {
      Fail(std::move(started.error()));
    }
    return Conclude(done);
  }
  if (!stopping()) {
    Fail(protocol::MakeError(protocol::ErrorCode::kEngine, "Error",
                             "the engine could not create a context for the cell"));
  }
  return Conclude(done);
}

void Exec::Fail(protocol::CellError error) {
  if (!failure_) failure_ = std::move(error);
}

bool Exec::Drain(v8::Local<v8::Promise> done) {
  scope_.isolate()->PerformMicrotaskCheckpoint();
  return !stopping() && !failure_ && done->State() == v8::Promise::kPending;
}

void Exec::Loop(v8::Local<v8::Promise> done) {
  while (Drain(done)) {
    const v8::HandleScope handles(scope_.isolate());
    if (RunReady(done)) continue;
    // Asked after the mailbox was emptied: a later request wakes Take().
    if (stopping()) return;
    if (!CanGoOn()) {
      deadlocked_ = true;
      return;
    }
    if (!heap_.IsHeld()) return;
    Apply(Wait(), done);
  }
}

std::vector<protocol::Command> Exec::Wait() {
  outbox_.Flush();
  if (!tools_.has_open_calls()) return link_.mailbox.Take(NextDeadline());
  link_.tool_wait.Begin();
  // Many a tool answers sooner than a sleeping thread is woken.
  answer_.Until([this] { return link_.mailbox.is_ready(); });
  std::vector<protocol::Command> commands = link_.mailbox.Take(NextDeadline());
  link_.tool_wait.End();
  return commands;
}

bool Exec::RunReady(v8::Local<v8::Promise> done) {
  if (Apply(link_.mailbox.TakeReady(), done)) return true;
  if (RunTasks()) return true;
  v8::TryCatch caught(scope_.isolate());
  if (!timers_.RunDue(scope_, base::Clock::now())) return false;
  if (caught.HasCaught() && caught.CanContinue()) Fail(TakeError(scope_, caught));
  return true;
}

bool Exec::Apply(const std::vector<protocol::Command>& commands, v8::Local<v8::Promise> done) {
  for (const protocol::Command& command : commands) {
    if (const auto* resolved = std::get_if<protocol::ToolResolved>(&command)) {
      tools_.Resolve(scope_, *resolved);
    } else if (const auto* rejected = std::get_if<protocol::ToolRejected>(&command)) {
      tools_.Reject(scope_, *rejected);
    }
    if (!Drain(done)) break;
  }
  return !commands.empty();
}

bool Exec::RunTasks() {
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
bool Exec::CanGoOn() {
  return tools_.has_open_calls() || !timers_.empty() || owner_.tasks().has_due() ||
         link_.options.on_deadlock == protocol::OnDeadlock::kWait;
}

base::Deadline Exec::NextDeadline() {
  return base::Earlier(timers_.next_due(), owner_.tasks().next_due());
}

protocol::Settled Exec::Conclude(v8::Local<v8::Promise> done) {
  protocol::Settled settled;
  const bool fulfilled = !done.IsEmpty() && done->State() == v8::Promise::kFulfilled;
  if (!stopping() && !failure_ && !done.IsEmpty() && done->State() == v8::Promise::kRejected) {
    Fail(DescribeThrown(scope_, done->Result()));
  }
  if (!stopping()) settled.unhandled_rejections = rejections_.Texts(scope_);
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
  // What was cut off in the middle leaves nothing half done behind.
  if (completed || stop.cause == StopCause::kNone) settled.writes = stored_.TakeWrites();
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
