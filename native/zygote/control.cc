#include "zygote/control.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace codecell::zygote {

std::optional<Received> Control::Receive() {
  Received received{};
  auto* to = reinterpret_cast<char*>(&received.request);
  size_t filled = 0;
  while (filled < sizeof(Request)) {
    iovec part{to + filled, sizeof(Request) - filled};
    alignas(cmsghdr) char ancillary[CMSG_SPACE(sizeof(int))];
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = ancillary;
    message.msg_controllen = sizeof ancillary;
    const ssize_t count = recvmsg(descriptor_, &message, MSG_CMSG_CLOEXEC);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return {};
    filled += static_cast<size_t>(count);
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (header != nullptr && header->cmsg_type == SCM_RIGHTS) {
      std::memcpy(&received.descriptor, CMSG_DATA(header), sizeof(int));
    }
  }
  return received;
}

void Control::Send(const Report& report) {
  const auto* from = reinterpret_cast<const char*>(&report);
  size_t sent = 0;
  while (sent < sizeof report) {
    const ssize_t count = send(descriptor_, from + sent, sizeof report - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) _exit(0);
    sent += static_cast<size_t>(count);
  }
}

}  // namespace codecell::zygote
