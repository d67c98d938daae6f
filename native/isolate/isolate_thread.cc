#include "isolate/isolate_thread.h"

#include <unistd.h>
#include <v8.h>

#include <atomic>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "isolate/cell_link.h"
#include "isolate/exec.h"
#include "isolate/isolate_owner.h"
#include "isolate/isolate_scope.h"
#include "isolate/trap_guard.h"

namespace codecell::isolate {

namespace {

// Scripts are kept within about 1 MiB (see isolate_owner.cc). What lies below is for the engine's
// own recursion, which does not ask: its regular-expression compiler needs tens of MiB for some
// patterns. Only pages that are touched cost memory.
constexpr size_t kStackBytes = size_t{64} << 20;

std::atomic<int> g_orphans{0};

// The cell whose thread this is; null on every other thread.
thread_local CellLink* t_link = nullptr;

protocol::CellError OutOfMemory(const CellLink& link, const char* where) {
  protocol::CellError error;
  error.code = protocol::ErrorCode::kHeapLimit;
  error.name = base::Text::Ascii("RangeError");
  error.message = base::Text::Ascii(
      "the cell ran out of memory in one step (" + std::string(where == nullptr ? "" : where) +
      "), beyond what the engine can undo; work on less data at a time");
  error.limit =
      protocol::LimitUse{link.options.heap_bytes, link.heap_bytes.load(std::memory_order_relaxed)};
  return error;
}

protocol::CellError EngineFailure() {
  protocol::CellError error;
  error.code = protocol::ErrorCode::kEngine;
  error.name = base::Text::Ascii("Error");
  error.message = base::Text::Ascii(
      "the engine could not go on with the cell: it met a size it cannot handle, or a fault of its "
      "own; work on less data at a time");
  return error;
}

// The engine ends the process when it cannot go on. On a cell's thread it does not: the outcome is
// told, and the thread sleeps for ever with all it holds.
[[noreturn]] void Park(CellLink& link, protocol::CellError error) {
  SetTrapsGuarded(false);
  link.mailbox.Close();
  link.terminator.Forget();
  link.backlog.Release();
  if (link.life.exchange(ThreadLife::kParked) != ThreadLife::kAbandoned) ++g_orphans;
  protocol::Settled settled;
  settled.thread = protocol::ThreadFate::kParked;
  if (link.terminator.requested()) {
    settled.end = protocol::End::kTerminated;
  } else {
    settled.end = protocol::End::kFailed;
    error.text = base::Text(error.name.latin1() + ": " + error.message.latin1());
    settled.error = std::move(error);
  }
  settled.cpu_ms = base::Thread::CurrentCpuTimeMs();
  settled.heap_bytes = link.heap_bytes.load(std::memory_order_relaxed);
  settled.heap_peak_bytes = settled.heap_bytes;
  link.sink->Push(std::move(settled), 0);
  link.over.Set();
  for (;;) pause();
}

void OnOutOfMemory(const char* where, const v8::OOMDetails&) {
  if (t_link != nullptr) Park(*t_link, OutOfMemory(*t_link, where));
}

void OnFatalError(const char*, const char*) {
  if (t_link != nullptr) Park(*t_link, EngineFailure());
}

void OnTrap() { Park(*t_link, EngineFailure()); }

void RunCell(const std::shared_ptr<CellLink>& link) {
  base::Thread::NameCurrent("codecell");
  t_link = link.get();
  SetTrapsGuarded(true);
  {
    // 1. The isolate, registered with the platform. Its loop is woken for the platform's tasks too.
    IsolateOwner owner(link->options, [weak = std::weak_ptr<CellLink>(link)] {
      if (const std::shared_ptr<CellLink> alive = weak.lock()) alive->mailbox.Wake();
    });
    owner.isolate()->SetOOMErrorHandler(OnOutOfMemory);
    owner.isolate()->SetFatalErrorHandler(OnFatalError);
    {
      // 2. Its scopes, and the cell inside them.
      IsolateScope scope(owner.isolate());
      Exec exec(scope, owner, *link);
      protocol::Settled settled = exec.Run();
      // 3. The host learns the end before the isolate is taken down.
      link->mailbox.Close();
      link->sink->Push(std::move(settled), 0);
      // 4. Every handle goes (~Exec), then the scopes.
    }
    // 5. The isolate is disposed (~IsolateOwner).
  }
  SetTrapsGuarded(false);
  t_link = nullptr;
  // 6. Nothing of the engine is left on this thread.
  link->sink->Push(protocol::Disposed{base::Thread::CurrentCpuTimeMs()}, 0);
  if (link->life.exchange(ThreadLife::kEnded) == ThreadLife::kAbandoned) --g_orphans;
  link->over.Set();
}

}  // namespace

std::unique_ptr<IsolateThread> IsolateThread::Start(protocol::CellOptions options,
                                                    std::shared_ptr<protocol::EventSink> sink) {
  GuardTraps(OnTrap);
  auto link = std::make_shared<CellLink>(std::move(options), std::move(sink));
  std::unique_ptr<base::Thread> thread =
      base::Thread::Start(kStackBytes, [link] { RunCell(link); });
  if (thread == nullptr) return nullptr;
  return std::unique_ptr<IsolateThread>(new IsolateThread(std::move(link), std::move(thread)));
}

IsolateThread::IsolateThread(std::shared_ptr<CellLink> link, std::unique_ptr<base::Thread> thread)
    : link_(std::move(link)), thread_(std::move(thread)) {}

IsolateThread::~IsolateThread() = default;

void IsolateThread::Post(protocol::Command command) { link_->mailbox.Post(std::move(command)); }

void IsolateThread::Terminate() {
  link_->terminator.Terminate();
  link_->backlog.Release();
  link_->mailbox.Wake();
}

void IsolateThread::Taken(size_t bytes) { link_->backlog.Remove(bytes); }

void IsolateThread::Join() { thread_->Join(); }

void IsolateThread::Abandon() {
  ThreadLife running = ThreadLife::kRunning;
  ++g_orphans;
  // A thread that has just ended, or that counted itself when it parked, is not counted again.
  if (!link_->life.compare_exchange_strong(running, ThreadLife::kAbandoned)) --g_orphans;
  thread_->Demote();
  thread_->Detach();
}

bool IsolateThread::WaitUntilOver(base::Clock::time_point deadline) {
  return link_->over.WaitUntil(deadline);
}

bool IsolateThread::parked() const { return link_->life.load() == ThreadLife::kParked; }

int IsolateThread::orphan_count() { return g_orphans.load(); }

size_t IsolateThread::HeapBytes() const {
  return link_->heap_bytes.load(std::memory_order_relaxed);
}

}  // namespace codecell::isolate
