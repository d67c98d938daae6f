#include "zygote/child.h"

#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <v8.h>

#include <cstdint>
#include <string>
#include <utility>

#include "base/fault_guard.h"
#include "base/random.h"
#include "base/scheduling.h"
#include "isolate/thread/fatal_end.h"
#include "zygote/engine_platform.h"
#include "zygote/exit_codes.h"

namespace codecell::zygote {

namespace {

// The cell of this process, once it may end by a fault.
isolate::CellLink* g_link = nullptr;

// The engine cannot go on: the process ends, once the host has been told.
[[noreturn]] void End(protocol::CellError error) {
  base::FaultGuard::LetGo();
  g_link->sink->PushLater(isolate::FatalEnd(*g_link, std::move(error)), 0);
  g_link->sink->Push(protocol::Disposed{base::CurrentCpuTimeMs() - g_link->cpu_ms_before}, 0);
  _exit(0);
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
      return;  // The engine is at fault, and nothing in this process is to be trusted.
  }
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
  base::InstallFaultGuard(OnFault);
  isolate->SetOOMErrorHandler(OnOutOfMemory);
  isolate->SetFatalErrorHandler(OnFatalError);
}

void Child::Run(isolate::CellLoop& loop, isolate::IsolateOwner&, int channel) {
  prctl(PR_SET_NAME, "codecell-cell");
  SeedRandom();
  inlet_.Open(channel, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  sink_.Open(channel, protocol::Hello{});
  EnginePlatform::Get().AllowThreads();
  g_link = &link_;
  if (!watch_.Start()) _exit(kNotConfined);
  inlet_.Look();
  if (!loop.AwaitCell()) _exit(0);
  link_.cpu_ms_before = base::CurrentCpuTimeMs();
  watch_.Rouse();
  protocol::Settled settled = loop.Run();
  const protocol::Usage usage = isolate::UsageOf(link_, base::CurrentCpuTimeMs());
  settled.usage = usage;
  sink_.PushLater(std::move(settled), 0);
  sink_.Push(protocol::Disposed{usage.cpu_ms}, 0);
  _exit(0);
}

}  // namespace codecell::zygote
