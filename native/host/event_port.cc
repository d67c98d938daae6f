#include "host/event_port.h"

#include <utility>

namespace codecell::host {

bool EventPort::Open(napi_env env, Deliver deliver) {
  napi_value name = nullptr;
  if (napi_create_string_latin1(env, "codecell", NAPI_AUTO_LENGTH, &name) != napi_ok) return false;
  if (napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, this,
                                      OnWake, &wake_) != napi_ok) {
    return false;
  }
  deliver_ = std::move(deliver);
  LetGo(env);
  queue_.With([](Queue& queue) { queue.open = true; });
  return true;
}

void EventPort::Close() {
  std::vector<PortEntry> dropped;
  queue_.With([&](Queue& queue) {
    queue.open = false;
    dropped.swap(queue.entries);
  });
}

void EventPort::KeepAlive(napi_env env) { napi_ref_threadsafe_function(env, wake_); }

void EventPort::LetGo(napi_env env) { napi_unref_threadsafe_function(env, wake_); }

void EventPort::Post(PortEntry entry) {
  // The call is made under the lock: Close() must not return while one is on its way.
  queue_.With([&](Queue& queue) {
    if (!queue.open) return;
    queue.entries.push_back(std::move(entry));
    if (queue.wake_pending) return;
    queue.wake_pending =
        napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking) == napi_ok;
  });
}

void EventPort::OnWake(napi_env env, napi_value, void* context, void*) {
  auto& port = *static_cast<EventPort*>(context);
  std::vector<PortEntry> entries;
  port.queue_.With([&](Queue& queue) {
    entries.swap(queue.entries);
    queue.wake_pending = false;
  });
  // Without an environment the function is being torn down.
  if (env != nullptr && !entries.empty()) port.deliver_(entries);
}

}  // namespace codecell::host
