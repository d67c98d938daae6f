#pragma once

#include <napi.h>

#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "host/event_port.h"
#include "isolate/thread/isolate_thread.h"
#include "protocol/event.h"
#include "protocol/options.h"

namespace codecell::host {

// An isolate as the host's thread sees it. After its end the thread is null.
struct LiveIsolate {
  IsolateKey key = 0;
  std::unique_ptr<isolate::IsolateThread> thread;
  bool keeps_alive = false;  // The process, until the thread has ended.
  Napi::FunctionReference on_events;
  protocol::Usage last_usage;  // Set when the thread ends.

  protocol::Usage Usage() const { return thread == nullptr ? last_usage : thread->Usage(); }
};

// Everything the addon holds for one environment (the main thread or a worker): the isolates whose
// threads have not been joined, and their way to JavaScript. Host thread only.
class AddonState {
 public:
  static std::shared_ptr<AddonState> Create(Napi::Env env);
  static std::shared_ptr<AddonState> Of(Napi::Env env);

  explicit AddonState(Napi::Env env) : env_(env) {}
  AddonState(const AddonState&) = delete;
  AddonState& operator=(const AddonState&) = delete;

  // Begins to make an isolate. Null where the system refuses a thread, or the environment is going
  // away.
  std::shared_ptr<LiveIsolate> Start(const protocol::IsolateOptions& options,
                                     Napi::Function on_events);
  // Gives an isolate its cell, which keeps the process alive from now on.
  protocol::BeginResult Begin(LiveIsolate& isolate, protocol::CellOptions options);
  // Ends an isolate that has no cell; the process waits for that.
  void Dismiss(LiveIsolate& isolate);
  void Post(LiveIsolate& isolate, protocol::Command command);
  // Reaches the cell with the next command that is posted.
  void PostLater(LiveIsolate& isolate, protocol::Command command);
  // Cuts an isolate off; see IsolateThread::Abandon.
  void Abandon(LiveIsolate& isolate);
  // Threads that have or had a cell, or were dismissed, and have not been joined.
  size_t thread_count() const { return keeping_alive_; }
  // Threads that keep an isolate ready, or make one.
  size_t spare_count() const { return isolates_.size() - keeping_alive_; }
  // Wakes the loop for the events that no wake-up has been sent for yet.
  void FlushEvents() { port_->Flush(); }
  // The exit code to use if the process has to leave at once. Ignored in a worker, whose end is not
  // the process's.
  void NoteExitCode(int code);

  // Something else that uses the environment's loop, and how to close it if the environment goes
  // away first.
  void AddOpen(const void* what, std::function<void()> close) {
    open_.emplace(what, std::move(close));
  }
  void ForgetOpen(const void* what) { open_.erase(what); }

  // Ends and joins every isolate, as the environment goes away; abandons what cannot be ended.
  void Shutdown();

 private:
  static bool EndWithEnvironment(Napi::Env env, std::shared_ptr<AddonState> state);

  void CloseOpen();
  void Deliver(const std::vector<PortEntry>& entries);
  void KeepAlive(LiveIsolate& isolate);
  void Finish(LiveIsolate& isolate);
  void Forget(LiveIsolate& isolate);

  const Napi::Env env_;
  const std::shared_ptr<EventPort> port_ = std::make_shared<EventPort>();
  std::unordered_map<IsolateKey, std::shared_ptr<LiveIsolate>> isolates_;
  std::unordered_map<const void*, std::function<void()>> open_;
  size_t keeping_alive_ = 0;  // Of `isolates_`.
  IsolateKey last_key_ = 0;
  bool closing_ = false;
  std::optional<int> exit_code_;  // Set in the main thread once the process is about to exit.
};

}  // namespace codecell::host
