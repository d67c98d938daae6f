const events = ["test/cell/events.test.ts", "test/backend/thread-contract.test.ts"];
const exits = ["test/backend/exit.test.ts", "test/backend/workers.test.ts"];
const turns = [...events, "test/backend/turns.test.ts", "test/options/limits.test.ts"];

/** @type {readonly import("./index.mjs").NativeFault[]} */
export const faultsOfHost = [
  {
    fault: "one turn of the loop delivers any number of bytes",
    file: "host/event_port.cc",
    from: "entries.size() < kEntriesPerTurn && bytes < kBytesPerTurn) {",
    to: "entries.size() < kEntriesPerTurn) {",
    tests: turns,
  },
  {
    fault: "one cell's events of one turn may have any number of bytes",
    file: "host/event_port.cc",
    from: "static_cast<std::ptrdiff_t>(max_entries) &&\n             bytes < kBytesPerTurn);",
    to: "static_cast<std::ptrdiff_t>(max_entries));",
    tests: turns,
  },
  {
    fault: "a cell that sends much goes before all others",
    file: "host/event_port.cc",
    from: "turns_.push_back(found->first);\n",
    to: "turns_.push_front(found->first);\n",
    tests: turns,
  },
  {
    fault: "what does not fit into a turn is lost",
    file: "host/event_port.cc",
    from: "(!queue.entries.empty() || !turns_.empty());",
    to: "!queue.entries.empty();",
    tests: turns,
  },
  {
    fault: "cells that send without end keep the loop from its other work",
    file: "host/event_port.cc",
    from: "const bool has_time = base::Clock::now() < turn_ends;",
    to: "const bool has_time = base::Clock::now() < turn_ends + std::chrono::hours{1};",
    tests: turns,
  },
  {
    fault: "what is delivered still counts for the cell's queue",
    file: "host/addon_state.cc",
    from: "isolate.thread->Taken(entry.bytes);",
    to: "static_cast<void>(entry.bytes);",
    tests: turns,
  },
  {
    fault: "what a handler throws is dropped",
    file: "host/addon_state.cc",
    from: "      napi_fatal_exception(env_, thrown);",
    to: "      static_cast<void>(thrown);",
    tests: [...events, "test/backend/addon.test.ts"],
    hiddenBy:
      "What handlers of the host throw is caught in TypeScript, so only a fault of ours comes here.",
  },
  {
    fault: "a cell that runs does not keep the process alive",
    file: "host/addon_state.cc",
    from: "if (++keeping_alive_ == 1) port_->KeepAlive();",
    to: "++keeping_alive_;",
    tests: exits,
  },
  {
    fault: "a cell that has ended keeps the process alive",
    file: "host/addon_state.cc",
    from: "if (isolate.keeps_alive && --keeping_alive_ == 0 && !closing_) port_->LetGo();",
    to: "",
    tests: exits,
  },
  {
    fault: "an exit waits for a thread that cannot be stopped",
    file: "host/addon_state.cc",
    from: "if (isolate->thread->WaitUntilOver(deadline)) {",
    to: "if (isolate->thread->WaitUntilOver(base::Clock::time_point::max())) {",
    tests: exits,
  },
  {
    fault: "the process tears the engine down under an orphan",
    file: "host/addon_state.cc",
    from: "if (exit_code_ && isolate::IsolateThread::orphan_count() > 0) base::ExitAtOnce(*exit_code_);",
    to: "",
    tests: exits,
  },
  {
    fault: "a cell can be started while the environment ends",
    file: "host/addon_state.cc",
    from: "if (closing_) return nullptr;",
    to: "",
    tests: exits,
  },
  {
    fault: "a limit that is not given is none",
    file: "host/read_options.cc",
    from: 'read.tool_calls_in_flight = ReadSize(limits, "toolCallsInFlight");',
    to: "read.tool_calls_in_flight = SIZE_MAX;",
    tests: ["test/options/limits-of-use.test.ts", "test/tools/tools.test.ts"],
  },
  {
    fault: "remote images are let through",
    file: "host/read_options.cc",
    from: "                                                        : protocol::RemoteImages::kRefused;",
    to: "                                                        : protocol::RemoteImages::kAllowed;",
    tests: ["test/globals/output.test.ts"],
  },
  {
    fault: "a cell that can never go on is never told so",
    file: "host/read_options.cc",
    from: 'ReadFlag(given, "failOnDeadlock") ? protocol::OnDeadlock::kFail',
    to: 'ReadFlag(given, "failOnDeadlock") ? protocol::OnDeadlock::kWait',
    tests: ["test/cell/lifecycle.test.ts"],
  },
  {
    fault: "the sizes of stored values are not counted when a cell begins",
    file: "host/read_options.cc",
    from: "stored->bytes += protocol::StoredSize(name, json);",
    to: "",
    tests: ["test/globals/stored-values.test.ts", "test/options/limits-of-use.test.ts"],
  },
];
