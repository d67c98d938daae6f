#include "zygote/zygote_main.h"

#include <cppgc/platform.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <v8.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

#include "base/fault_guard.h"
#include "base/library_files.h"
#include "base/thread.h"
#include "isolate/engine/engine_flags.h"
#include "isolate/engine/engine_version.h"
#include "isolate/engine/isolate_owner.h"
#include "isolate/engine/isolate_scope.h"
#include "isolate/engine/platform_link.h"
#include "isolate/exec/web_libraries.h"
#include "isolate/thread/cell_loop.h"
#include "zygote/child.h"
#include "zygote/confine.h"
#include "zygote/engine_platform.h"
#include "zygote/exit_codes.h"
#include "zygote/fork_server.h"
#include "zygote/frame_sink.h"
#include "zygote/inlet.h"
#include "zygote/program_pages.h"

namespace codecell::zygote {

namespace {

// As for the threads of cells: scripts use little of it, the engine's own recursion much.
constexpr size_t kMainStackBytes = size_t{64} << 20;

// The engine of Node 24 may write to all of it from the start, so it counts as memory that a child
// has.
constexpr size_t kCodeBytes = size_t{64} << 20;

struct Arguments {
  int control;
  size_t heap_bytes;
  const char* library_folder;
  bool has_sandbox;
};

// The engine's caches of what many cells use, and the machine's zone and languages, which cannot be
// asked for later.
constexpr char kWarmUp[] =
    "new Date(0).toString(); new Date().toLocaleString(); new Intl.NumberFormat().format(1.5);\n"
    "'b'.localeCompare('a'); /(?<a>\\w+)-\\d/u.exec('ab-1'); [3, 1, 2].sort((a, b) => a - b);\n"
    "new Intl.DateTimeFormat().resolvedOptions().timeZone;";

void SetFlags() {
  // A child seeds its Math.random() by a flag.
  v8::V8::SetFlagsFromString("--no-freeze-flags-after-init");
  isolate::SetEngineFlags();
}

void GrowStack() {
  rlimit stack{};
  getrlimit(RLIMIT_STACK, &stack);
  if (stack.rlim_max == RLIM_INFINITY || stack.rlim_max >= kMainStackBytes) {
    stack.rlim_cur = kMainStackBytes;
    setrlimit(RLIMIT_STACK, &stack);
  }
}

// glibc sets up signals for the first thread of a process, which a confined child may not.
void MakeFirstThread() {
  constexpr size_t kSmallStack = size_t{256} << 10;
  const std::unique_ptr<base::Thread> thread = base::Thread::Start(kSmallStack, [] {});
  if (thread != nullptr) thread->Join();
}

int Serve(const Arguments& arguments) {
  EnginePlatform& platform = EnginePlatform::Get();
  protocol::IsolateOptions options;
  options.heap_bytes = arguments.heap_bytes;
  options.queued_bytes = SIZE_MAX;  // The channel holds a cell back.
  options.is_spare = true;
  const auto sink = std::make_shared<FrameSink>();
  Inlet inlet;
  const auto link = std::make_shared<isolate::CellLink>(options, sink, &inlet);
  sink->Attach(*link);
  inlet.Attach(*link, *sink);
  const base::FaultGuard guarded(kMainStackBytes);
  isolate::IsolateOwner owner(
      options.heap_bytes, link->memory, [&link] { link->mailbox.Wake(); }, kCodeBytes);
  GuardChildren(owner.isolate());
  isolate::IsolateScope scope(owner.isolate());
  isolate::CellLoop loop(scope, owner, *link);
  loop.Prepare();
  if (!loop.realm().exists()) return kNoIsolate;
  loop.WarmUp(base::Text::Ascii(kWarmUp));
  platform.RunPosted();
  SharePagesOfCode();
  loop.WarmUp(base::Text::Ascii(kRehearsal));
  platform.RunPosted();

  Confined confined{0, arguments.has_sandbox};
  if (arguments.has_sandbox) confined.powers = ConfineHelper();
  ForkServer server(arguments.control);
  const int channel = server.Run();
  if (channel < 0) return kHostIsGone;
  Child child(*link, *sink, inlet);
  child.Run(loop, channel, confined);
}

}  // namespace

int Main(int argc, char** argv) {
  if (argc < 6) return kBadArguments;
  const Arguments arguments{std::atoi(argv[2]), std::strtoull(argv[3], nullptr, 10), argv[4],
                            std::strcmp(argv[5], "off") != 0};
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NAME, "codecell-zygote");
  if (!isolate::IsBuiltForThisEngine()) {
    std::fprintf(stderr, "built for V8 %s, and this is V8 %s\n",
                 isolate::BuiltForEngineVersion().c_str(), v8::V8::GetVersion());
    return kOtherEngine;
  }
  GrowStack();
  SetFlags();
  EnginePlatform& platform = EnginePlatform::Get();
  isolate::PlatformLink::UseOwnPlatform([](v8::Isolate*, std::shared_ptr<v8::TaskRunner> runner) {
    EnginePlatform::Get().SetForeground(std::move(runner));
  });
  v8::V8::InitializePlatform(&platform);
  cppgc::InitializeProcess(platform.GetPageAllocator());
  v8::V8::Initialize();
  // Cells have no files, so all of them are read now.
  base::LibraryFiles::SetFolder(arguments.library_folder);
  isolate::WebLibraries::ReadFiles();
  MakeFirstThread();
  return Serve(arguments);
}

}  // namespace codecell::zygote
