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

namespace codecell::isolate {

namespace {

// Scripts are kept within about 1 MiB (see isolate_owner.cc). What lies below is for the engine's own
// recursion, which does not ask: its regular-expression compiler needs tens of MiB for some patterns.
// Only pages that are touched cost memory.
constexpr size_t kStackBytes = size_t{64} << 20;

std::atomic<int> g_orphans{0};

// The cell whose thread this is; null on every other thread.
thread_local CellLink* t_link = nullptr;

protocol::Settled OutOfMemory(const CellLink& link, const char* where) {
  protocol::Settled settled;
  settled.thread = protocol::ThreadFate::kParked;
  settled.end = protocol::End::kFailed;
  settled.cpu_ms = base::Thread::CurrentCpuTimeMs();
  protocol::CellError error;
  error.code = protocol::ErrorCode::kHeapLimit;
  error.name = base::Text::Ascii("RangeError");
  error.message = base::Text::Ascii(
      "the cell ran out of memory in one step (" + std::string(where == nullptr ? "" : where) +
      "), beyond what the engine can undo; work on less data at a time");
  error.text = base::Text(std::string("RangeError: " + error.message.latin1()));
  const size_t used = link.heap_bytes.load(std::memory_order_relaxed);
  error.limit = protocol::LimitUse{link.options.heap_bytes, used};
  settled.error = std::move(error);
  settled.heap_bytes = used;
  settled.heap_peak_bytes = used;
  return settled;
}

// The engine ends the process when a handler of its fatal errors returns. On a cell's thread it does
// not: the outcome is told, and the thread sleeps for ever with all it holds.
void ParkForEver(const char* where) {
  if (t_link == nullptr) return;
  CellLink& link = *t_link;
  link.mailbox.Close();
  link.terminator.Forget();
  link.backlog.Release();
  if (link.life.exchange(ThreadLife::kParked) != ThreadLife::kAbandoned) ++g_orphans;
  link.sink->Push(OutOfMemory(link, where), 0);
  link.over.Set();
  for (;;) pause();
}

void OnOutOfMemory(const char* where, const v8::OOMDetails&) { ParkForEver(where); }

void OnFatalError(const char* where, const char*) { ParkForEver(where); }

void RunCell(const std::shared_ptr<CellLink>& link) {
  base::Thread::NameCurrent("codecell");
  t_link = link.get();
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
  t_link = nullptr;
  // 6. Nothing of the engine is left on this thread.
  link->sink->Push(protocol::Disposed{base::Thread::CurrentCpuTimeMs()}, 0);
  if (link->life.exchange(ThreadLife::kEnded) == ThreadLife::kAbandoned) --g_orphans;
  link->over.Set();
}

}  // namespace

std::unique_ptr<IsolateThread> IsolateThread::Start(protocol::CellOptions options,
                                                    std::shared_ptr<protocol::EventSink> sink) {
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
