#include "zygote/child.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <v8.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/fault_guard.h"
#include "base/random.h"
#include "base/scheduling.h"
#include "isolate/thread/fatal_end.h"
#include "protocol/wire.h"
#include "zygote/confine.h"
#include "zygote/engine_platform.h"
#include "zygote/exit_codes.h"
#include "zygote/frame_sink.h"

namespace codecell::zygote {

namespace {

// The cell of this process, once it may end by a fault.
isolate::CellLink* g_link = nullptr;

// The engine cannot go on: the process ends, once the host has been told.
[[noreturn]] void End(protocol::CellError error) {
  base::FaultGuard::LetGo();
  // It would wait for itself. How it exits tells the host enough.
  if (FrameSink::IsWritingHere()) _exit(kSignal + SIGABRT);
  g_link->sink->PushLater(isolate::FatalEnd(*g_link, std::move(error)), 0);
  g_link->sink->Push(protocol::Disposed{base::CurrentCpuTimeMs() - g_link->cpu_ms_before}, 0);
  _exit(0);
}

// How far a cell may come past rss_bytes before ChildWatch has ended it. Where the system gives no
// more, V8 reports that it is out of memory.
constexpr size_t kPastLimit = size_t{16} << 20;

// A limit on the whole process, which leaves it less than that.
std::optional<isolate::Stop> ProcessLimit(size_t room_in_heap) {
  if (g_link->stage != isolate::Stage::kBegun) return {};
  const size_t rss_bytes = g_link->options.setup.limits.rss_bytes;
  const size_t resident = MaxResidentBytes();
  const size_t room = rss_bytes + kPastLimit - std::min(rss_bytes + kPastLimit, resident);
  if (room >= room_in_heap) return {};
  return isolate::Stop{isolate::StopCause::kMemoryLimit, static_cast<double>(rss_bytes),
                       static_cast<double>(resident)};
}

void OnOutOfMemory(const char* where, const v8::OOMDetails&) {
  if (g_link != nullptr) End(isolate::OutOfMemory(*g_link, where));
}

void OnFatalError(const char*, const char*) {
  if (g_link != nullptr) End(isolate::EngineFailure());
}

void OnFault(base::Fault fault) {
  if (g_link == nullptr) return;
  switch (fault) {
    case base::Fault::kTrap:
      End(isolate::EngineFailure());
    case base::Fault::kStackOverflow:
      End(isolate::StackOverflow());
    case base::Fault::kAccess:
      // The engine is at fault, and nothing in this process is to be trusted.
      _exit(kSignal + SIGSEGV);
  }
}

// On a thread that runs nothing of the cell: the engine's workers, and ChildWatch. A confined child
// may not change what a signal does.
void OnOtherFault(int signal) {
  if (g_link != nullptr) _exit(kSignal + signal);
}

// Every child has the helper's state of Math.random(), which is not made before its first use.
void SeedRandom() {
  uint32_t seed = 0;
  while (seed == 0) {
    if (!base::FillRandom(&seed, sizeof seed)) _exit(kNotConfined);
    seed &= 0x7FFFFFFF;
  }
  const std::string flag = "--random-seed=" + std::to_string(seed);
  v8::V8::SetFlagsFromString(flag.c_str());
}

}  // namespace

void GuardChildren(v8::Isolate* isolate) {
  base::InstallFaultGuard(OnFault, OnOtherFault);
  isolate->SetOOMErrorHandler(OnOutOfMemory);
  isolate->SetFatalErrorHandler(OnFatalError);
}

void Child::Run(isolate::CellLoop& loop, int channel, const Confined& helper) {
  prctl(PR_SET_NAME, "codecell-cell");
  SeedRandom();
  g_link = &link_;
  link_.process_limit = ProcessLimit;
  if (!KeepOnly({channel, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)})) _exit(kNotConfined);
  protocol::Hello hello;
  hello.confinement = helper.powers | protocol::kNoDescriptors;
  if (helper.has_sandbox) hello.confinement |= ConfineChild();
  inlet_.Open(kConfinedDescriptors.channel, kConfinedDescriptors.wake);
  EnginePlatform::Get().AllowThreads();
  if (!watch_.Start()) _exit(kNotConfined);
  sink_.Open(kConfinedDescriptors.channel, hello);
  inlet_.Look();
  const bool is_ready_first = link_.stage != isolate::Stage::kBegun;
  if (is_ready_first) {
    loop.WarmUp(base::Text::Ascii(kRehearsal));
  } else {
    sink_.Flush();
  }
  if (!loop.AwaitCell()) _exit(0);
  if (is_ready_first) sink_.Push(protocol::Started{}, 0);
  const bool has_limits = (hello.confinement & protocol::kResourceLimits) != 0;
  const size_t resident = link_.options.setup.limits.rss_bytes + kPastLimit;
  if (has_limits && !LimitMemory(resident)) _exit(kNotConfined);
  link_.cpu_ms_before = base::CurrentCpuTimeMs();
  inlet_.OnAwake([this] { watch_.Rouse(); });
  watch_.Rouse();
  protocol::Settled settled = loop.Run();
  const protocol::Usage usage = isolate::UsageOf(link_, base::CurrentCpuTimeMs());
  settled.usage = usage;
  sink_.PushLater(std::move(settled), 0);
  sink_.Push(protocol::Disposed{usage.cpu_ms}, 0);
  _exit(0);
}

}  // namespace codecell::zygote
