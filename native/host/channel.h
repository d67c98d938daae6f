#pragma once

#include <napi.h>
#include <uv.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <string>

#include "host/addon_state.h"

namespace codecell::host {

// The JS class `Channel` of binding.d.ts: a stream socket that the event loop watches. It is read
// and written here, because Node's own sockets take several times as long to make, to write to and
// to close.
class Channel : public Napi::ObjectWrap<Channel> {
 public:
  static Napi::Function Define(Napi::Env env);

  explicit Channel(const Napi::CallbackInfo& info);

 private:
  // Belongs to the loop from uv_poll_init until its close callback.
  struct Watch {
    uv_poll_t handle;
    Channel* channel;
  };

  void Send(const Napi::CallbackInfo& info);
  Napi::Value UnsentBytes(const Napi::CallbackInfo& info);
  void KeepAlive(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  static void OnEvents(uv_poll_t* handle, int status, int events);

  // Watches for what can be read, and where something waits, for room to write it.
  void Listen();
  // Reads once. False: nothing more can be read now.
  bool Read();
  void SendWaiting();
  // From here on nothing is sent.
  void GiveUpSending();
  void Tell(napi_value bytes);
  void End();

  const std::shared_ptr<AddonState> state_;
  Napi::FunctionReference on_bytes_;
  int descriptor_;
  Watch* watch_ = nullptr;  // Null once it is closed.
  bool can_send_ = true;
  bool has_ended_ = false;  // The other end is closed, and everything has been read.
  std::deque<std::string> waiting_;
  size_t sent_of_first_ = 0;
  size_t waiting_bytes_ = 0;
};

}  // namespace codecell::host
