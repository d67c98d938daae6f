#include "host/channel.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace codecell::host {

namespace {

constexpr size_t kReadBytes = size_t{64} << 10;
// Pieces of one system call. More of them are sent with the next.
constexpr size_t kMaxPieces = 64;

bool IsFull() { return errno == EAGAIN || errno == EWOULDBLOCK; }

// How many bytes the socket has taken, or -1.
ssize_t SendPieces(int descriptor, iovec* pieces, size_t count) {
  msghdr message{};
  message.msg_iov = pieces;
  message.msg_iovlen = count;
  ssize_t sent = 0;
  do {
    sent = sendmsg(descriptor, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (sent < 0 && errno == EINTR);
  return sent;
}

}  // namespace

Napi::Function Channel::Define(Napi::Env env) {
  return DefineClass(
      env, "Channel",
      {InstanceMethod("send", &Channel::Send), InstanceMethod("unsentBytes", &Channel::UnsentBytes),
       InstanceMethod("keepAlive", &Channel::KeepAlive), InstanceMethod("close", &Channel::Close)});
}

Channel::Channel(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<Channel>(info),
      state_(AddonState::Of(info.Env())),
      on_bytes_(Napi::Persistent(info[1].As<Napi::Function>())),
      descriptor_(info[0].As<Napi::Number>().Int32Value()) {
  uv_loop_t* loop = nullptr;
  auto watch = std::make_unique<Watch>();
  int error = UV_EINVAL;
  if (napi_get_uv_event_loop(info.Env(), &loop) == napi_ok) {
    error = uv_poll_init(loop, &watch->handle, descriptor_);
  }
  if (error != 0) {
    Napi::Error::New(info.Env(), std::string("a channel cannot be watched: ") + uv_strerror(error))
        .ThrowAsJavaScriptException();
    return;
  }
  watch->handle.data = watch.get();
  watch->channel = this;
  watch_ = watch.release();  // The close callback adopts it.
  uv_unref(reinterpret_cast<uv_handle_t*>(&watch_->handle));
  Ref();  // Until it is closed.
  state_->AddOpen(this, [this] { End(); });
  Listen();
}

void Channel::Listen() {
  if (watch_ == nullptr || has_ended_) return;
  const int events = UV_READABLE | (waiting_.empty() ? 0 : UV_WRITABLE);
  uv_poll_start(&watch_->handle, events, OnEvents);
}

void Channel::OnEvents(uv_poll_t* handle, int status, int events) {
  Channel& channel = *static_cast<Watch*>(handle->data)->channel;
  const Napi::Env env = channel.Env();
  const Napi::HandleScope handles(env);
  [[maybe_unused]] const Napi::Object kept = channel.Value();  // It may be closed meanwhile.
  if (status < 0) {
    // The other end is closed and had not read everything, and libuv watches no more. What it has
    // said before can still be read, and then the end.
    while (channel.watch_ != nullptr && channel.Read()) {
    }
    channel.Listen();
    return;
  }
  if ((events & UV_WRITABLE) != 0) channel.SendWaiting();
  if ((events & UV_READABLE) != 0) channel.Read();
}

bool Channel::Read() {
  std::array<char, kReadBytes> buffer;  // NOLINT(*-member-init): only what was read is looked at.
  ssize_t count = 0;
  do {
    count = recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  } while (count < 0 && errno == EINTR);
  if (count < 0 && IsFull()) return false;
  const Napi::HandleScope handles(Env());
  if (count > 0) {
    Tell(Napi::Buffer<char>::Copy(Env(), buffer.data(), static_cast<size_t>(count)));
    return true;
  }
  has_ended_ = true;
  GiveUpSending();
  uv_poll_stop(&watch_->handle);
  Tell(Env().Null());
  return false;
}

void Channel::Tell(napi_value bytes) {
  const Napi::Env env = Env();
  napi_make_callback(env, nullptr, env.Global(), on_bytes_.Value(), 1, &bytes, nullptr);
  // What the host's own code has thrown is the host's uncaught exception. Where the environment is
  // being terminated nothing is pending.
  napi_value thrown = nullptr;
  if (env.IsExceptionPending() && napi_get_and_clear_last_exception(env, &thrown) == napi_ok) {
    napi_fatal_exception(env, thrown);
  }
}

void Channel::Send(const Napi::CallbackInfo& info) {
  if (watch_ == nullptr || !can_send_) return;
  const auto list = info[0].As<Napi::Array>();
  std::vector<std::string_view> frames;
  const uint32_t length = list.Length();
  frames.reserve(length);
  for (uint32_t i = 0; i < length; ++i) {
    const auto bytes = list.Get(i).As<Napi::Uint8Array>();
    frames.emplace_back(reinterpret_cast<const char*>(bytes.Data()), bytes.ByteLength());
  }
  size_t next = 0;
  while (waiting_.empty() && next < frames.size()) {
    std::array<iovec, kMaxPieces> pieces{};
    const size_t count = std::min(kMaxPieces, frames.size() - next);
    for (size_t i = 0; i < count; ++i) {
      const std::string_view frame = frames[next + i];
      pieces[i] = {const_cast<char*>(frame.data()), frame.size()};
    }
    const ssize_t sent = SendPieces(descriptor_, pieces.data(), count);
    if (sent < 0 && !IsFull()) {
      GiveUpSending();
      return;
    }
    auto left = static_cast<size_t>(std::max<ssize_t>(sent, 0));
    const size_t end = next + count;
    while (next < end && left >= frames[next].size()) left -= frames[next++].size();
    if (next < end) {
      frames[next].remove_prefix(left);
      break;
    }
  }
  if (next == frames.size()) return;
  const bool waits_first = waiting_.empty();
  for (; next < frames.size(); ++next) {
    waiting_bytes_ += frames[next].size();
    waiting_.emplace_back(frames[next]);
  }
  if (waits_first) Listen();
}

void Channel::SendWaiting() {
  while (!waiting_.empty()) {
    std::string& first = waiting_.front();
    iovec piece{first.data() + sent_of_first_, first.size() - sent_of_first_};
    const ssize_t sent = SendPieces(descriptor_, &piece, 1);
    if (sent < 0 && IsFull()) return;
    if (sent < 0) {
      GiveUpSending();
      break;
    }
    sent_of_first_ += static_cast<size_t>(sent);
    waiting_bytes_ -= static_cast<size_t>(sent);
    if (sent_of_first_ < first.size()) return;
    waiting_.pop_front();
    sent_of_first_ = 0;
  }
  Listen();
}

void Channel::GiveUpSending() {
  can_send_ = false;
  waiting_.clear();
  waiting_bytes_ = 0;
  sent_of_first_ = 0;
}

Napi::Value Channel::UnsentBytes(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(waiting_bytes_));
}

void Channel::KeepAlive(const Napi::CallbackInfo& info) {
  if (watch_ == nullptr) return;
  auto* handle = reinterpret_cast<uv_handle_t*>(&watch_->handle);
  if (info[0].As<Napi::Boolean>().Value()) {
    uv_ref(handle);
  } else {
    uv_unref(handle);
  }
}

void Channel::Close(const Napi::CallbackInfo&) {
  if (watch_ == nullptr) return;
  state_->ForgetOpen(this);
  End();
}

void Channel::End() {
  GiveUpSending();
  auto* handle = reinterpret_cast<uv_handle_t*>(&std::exchange(watch_, nullptr)->handle);
  uv_close(handle, [](uv_handle_t* closed) {
    const std::unique_ptr<Watch> adopted(static_cast<Watch*>(closed->data));
  });
  close(descriptor_);
  on_bytes_.Reset();
  Unref();
}

}  // namespace codecell::host
