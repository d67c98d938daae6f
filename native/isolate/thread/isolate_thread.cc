#include "isolate/thread/isolate_thread.h"

#include <v8.h>

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/fault_guard.h"
#include "base/moments.h"
#include "base/scheduling.h"
#include "base/thread.h"
#include "isolate/engine/isolate_owner.h"
#include "isolate/engine/isolate_scope.h"
#include "isolate/exec/cell_link.h"
#include "isolate/thread/cell_loop.h"
#include "isolate/thread/fatal_end.h"
#include "isolate/thread/watchdog.h"

namespace codecell::isolate {

namespace {

// Scripts are kept within about 1 MiB (see isolate_owner.cc). What lies below is for the engine's
// own recursion, which does not ask: its regular-expression compiler needs tens of MiB for some
// patterns. Only pages that are touched cost memory.
constexpr size_t kIsolateStackBytes = size_t{64} << 20;

constexpr char kThreadName[] = "codecell";
// Threads that wait for the next cell, for each processor.
constexpr int kIdleThreads = 2;

// The threads of all cells of the process.
base::ThreadCache& Threads() {
  static auto& threads = *new base::ThreadCache(kThreadName, kIsolateStackBytes,
                                                kIdleThreads * base::ProcessorCount());
  return threads;
}

std::atomic<int> g_orphans{0};

// The cell whose thread this is; null on every other thread.
thread_local CellLink* t_link = nullptr;

// The engine ends the process when it cannot go on. On a cell's thread it must not: the outcome is
// sent, and the thread sleeps for ever and keeps all it holds.
[[noreturn]] void Park(CellLink& link, protocol::CellError error) {
  base::FaultGuard::LetGo();
  Watchdog::Forget(link);
  link.mailbox.Close();
  link.terminator.Forget();
  link.backlog.Release();
  if (link.life.exchange(ThreadLife::kParked) != ThreadLife::kAbandoned) ++g_orphans;
  protocol::Settled settled = FatalEnd(link, std::move(error));
  settled.thread = protocol::ThreadFate::kParked;
  link.sink->Push(std::move(settled), 0);
  link.over.Set();
  base::Thread::Park();
}

void OnOutOfMemory(const char* where, const v8::OOMDetails&) {
  if (t_link != nullptr) Park(*t_link, OutOfMemory(*t_link, where));
}

void OnFatalError(const char*, const char*) {
  if (t_link != nullptr) Park(*t_link, EngineFailure());
}

void OnFault(base::Fault fault) {
  switch (fault) {
    case base::Fault::kTrap:
      Park(*t_link, EngineFailure());
    case base::Fault::kStackOverflow:
      Park(*t_link, StackOverflow());
    case base::Fault::kAccess:
      // The process may go away under a thread that was cut off. Anywhere else the engine is at
      // fault and may have overwritten any memory of the process, which must not go on.
      if (t_link->life.load() == ThreadLife::kAbandoned) Park(*t_link, EngineFailure());
  }
}

void RunCell(const std::shared_ptr<CellLink>& link) {
  t_link = link.get();
  link->cpu_ms_before = base::CurrentCpuTimeMs();
  if (link->isolate.is_spare) {
    base::Thread::NameCurrent("codecell-spare");
    link->priority.StandBack();
    if (link->stage != Stage::kMaking) link->priority.Resume();
  }
  {
    const base::FaultGuard guarded(kIsolateStackBytes);
    std::optional<Watchdog::Watched> watched;
    // 1. The isolate, registered with the platform. Its loop is woken for the platform's tasks too.
    IsolateOwner owner(link->isolate.heap_bytes, link->memory,
                       [weak = std::weak_ptr<CellLink>(link)] {
                         if (const auto alive = weak.lock()) alive->mailbox.Wake();
                       });
    owner.isolate()->SetOOMErrorHandler(OnOutOfMemory);
    owner.isolate()->SetFatalErrorHandler(OnFatalError);
    {
      // 2. Its scopes, and the realm inside them.
      IsolateScope scope(owner.isolate());
      CellLoop loop(scope, owner, *link);
      loop.Prepare();
      {
        const Watchdog::Spare spare(*link);
        // Memory may have become short while the isolate was made.
        if (link->isolate.is_spare && Watchdog::IsMemoryShort()) link->Dismiss();
        if (loop.AwaitCell()) {
          base::Moments::Note(base::Moment::kRuns);
          link->cpu_ms_before = base::CurrentCpuTimeMs();
          base::Thread::NameCurrent(kThreadName);
          watched.emplace(link);
        }
      }
      if (watched) {
        // 3. The cell.
        protocol::Settled settled = loop.Run();
        settled.usage = UsageOf(*link, base::CurrentCpuTimeMs());
        // 4. The host learns the end before the isolate is taken down.
        link->mailbox.Close();
        const bool is_awaited = settled.end == protocol::End::kTerminated;
        link->sink->PushLater(std::move(settled), 0);
        // For a cell that was asked to stop, the host acts on the end only once the isolate is
        // gone, so it is woken once, for both events. Where that takes long the watchdog flushes
        // before.
        base::Moments::Note(base::Moment::kSends);
        if (!is_awaited) link->sink->Flush();
        // No thread waits for what follows. On one processor the scheduler may have put this thread
        // before the host's.
        if (!is_awaited) link->priority.StandBack();
      }
      // 5. Every handle goes (~CellLoop), then the scopes.
    }
    // 6. The isolate is disposed (~IsolateOwner).
  }
  t_link = nullptr;
  link->priority.Resume();
  // 7. Nothing of the engine is left on this thread.
  const double cpu_ms = base::CurrentCpuTimeMs() - link->cpu_ms_before;
  link->sink->Push(protocol::Disposed{cpu_ms}, 0);
  if (link->life.exchange(ThreadLife::kEnded) == ThreadLife::kAbandoned) --g_orphans;
  link->over.Set();
}

}  // namespace

std::unique_ptr<IsolateThread> IsolateThread::Start(const protocol::IsolateOptions& options,
                                                    std::shared_ptr<protocol::EventSink> sink) {
  if (options.is_spare && Watchdog::IsMemoryShort()) return nullptr;
  base::InstallFaultGuard(OnFault);
  auto link = std::make_shared<CellLink>(options, std::move(sink));
  std::unique_ptr<base::LentThread> thread = Threads().Run([link] { RunCell(link); });
  if (thread == nullptr) return nullptr;
  return std::unique_ptr<IsolateThread>(new IsolateThread(std::move(link), std::move(thread)));
}

IsolateThread::IsolateThread(std::shared_ptr<CellLink> link,
                             std::unique_ptr<base::LentThread> thread)
    : link_(std::move(link)), thread_(std::move(thread)) {}

IsolateThread::~IsolateThread() = default;

protocol::BeginResult IsolateThread::Begin(protocol::CellOptions options) {
  return link_->Begin(std::move(options));
}

void IsolateThread::Dismiss() { link_->Dismiss(); }

void IsolateThread::Post(protocol::Command command) { link_->mailbox.Post(std::move(command)); }

void IsolateThread::PostLater(protocol::Command command) {
  link_->mailbox.PostLater(std::move(command));
}

void IsolateThread::Terminate() { link_->Terminate({StopCause::kRequested}); }

void IsolateThread::Taken(size_t bytes) { link_->backlog.Remove(bytes); }

void IsolateThread::Join() { thread_->Join(); }

void IsolateThread::Abandon() {
  ThreadLife running = ThreadLife::kRunning;
  ++g_orphans;
  // A thread that has just ended, or that counted itself when it parked, is not counted again.
  if (!link_->life.compare_exchange_strong(running, ThreadLife::kAbandoned)) --g_orphans;
  thread_->Demote();
}

bool IsolateThread::WaitUntilOver(base::Clock::time_point deadline) {
  return link_->over.WaitUntil(deadline);
}

bool IsolateThread::parked() const { return link_->life.load() == ThreadLife::kParked; }

int IsolateThread::orphan_count() { return g_orphans.load(); }

protocol::Usage IsolateThread::Usage() const { return UsageOf(*link_, thread_->CpuTimeMs()); }

}  // namespace codecell::isolate
