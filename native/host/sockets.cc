#include "host/sockets.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "host/channel.h"

namespace codecell::host {

namespace {

Napi::Value Throw(Napi::Env env, const char* call) {
  const std::string message = std::string(call) + " failed with error " + std::to_string(errno);
  Napi::Error::New(env, message).ThrowAsJavaScriptException();
  return env.Undefined();
}

Napi::Value SocketPair(const Napi::CallbackInfo& info) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return Throw(info.Env(), "socketpair");
  }
  Napi::Array pair = Napi::Array::New(info.Env(), 2);
  pair.Set(0U, ends[0]);
  pair.Set(1U, ends[1]);
  return pair;
}

Napi::Value SendDescriptor(const Napi::CallbackInfo& info) {
  const int socket = info[0].As<Napi::Number>().Int32Value();
  auto bytes = info[1].As<Napi::Uint8Array>();
  const int descriptor = info[2].As<Napi::Number>().Int32Value();
  iovec part{bytes.Data(), bytes.ByteLength()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> ancillary{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = ancillary.data();
    message.msg_controllen = ancillary.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
  }
  ssize_t sent = 0;
  do {
    sent = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (sent < 0 && errno == EINTR);
  if (sent == static_cast<ssize_t>(bytes.ByteLength())) {
    return Napi::Boolean::New(info.Env(), true);
  }
  // A record is sent whole or not at all: no part of one fits where the whole does not.
  if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return Throw(info.Env(), "sendmsg");
  return Napi::Boolean::New(info.Env(), false);
}

}  // namespace

void DefineSockets(Napi::Env env, Napi::Object exports) {
  exports.Set("socketPair", Napi::Function::New(env, SocketPair, "socketPair"));
  exports.Set("Channel", Channel::Define(env));
  exports.Set("sendDescriptor", Napi::Function::New(env, SendDescriptor, "sendDescriptor"));
}

}  // namespace codecell::host
