#if !defined(_WIN32)

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <utility>

#include "base/thread.h"

namespace codecell::base {

namespace {

constexpr size_t kGuardBytes = size_t{1} << 20;

void* RunThread(void* data) {
  std::unique_ptr<std::function<void()>> run(static_cast<std::function<void()>*>(data));
  (*run)();
  return nullptr;
}

}  // namespace

std::unique_ptr<Thread> Thread::Start(size_t stack_bytes, std::function<void()> run) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return nullptr;
  pthread_attr_setstacksize(&attributes, stack_bytes);
  // A frame of the engine's can be larger than the usual guard of one page.
  pthread_attr_setguardsize(&attributes, kGuardBytes);
  auto data = std::make_unique<std::function<void()>>(std::move(run));
  pthread_t handle{};
  const bool started = pthread_create(&handle, &attributes, RunThread, data.get()) == 0;
  pthread_attr_destroy(&attributes);
  if (!started) return nullptr;
  static_cast<void>(data.release());  // RunThread owns it.
  return std::unique_ptr<Thread>(new Thread(handle));
}

void Thread::Join() { pthread_join(handle_, nullptr); }

void Thread::Detach() { pthread_detach(handle_); }

void Thread::NameCurrent(const char* name) {
#if defined(__APPLE__)
  pthread_setname_np(name);
#else
  pthread_setname_np(pthread_self(), name);
#endif
}

void Thread::Park() {
  for (;;) pause();
}

Stack Stack::OfCurrent() {
#if defined(__APPLE__)
  const auto start = static_cast<char*>(pthread_get_stackaddr_np(pthread_self()));
  return Stack(start - pthread_get_stacksize_np(pthread_self()));
#else
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return Stack(nullptr);
  void* end = nullptr;
  size_t size = 0;
  pthread_attr_getstack(&attributes, &end, &size);
  pthread_attr_destroy(&attributes);
  return Stack(static_cast<char*>(end));
#endif
}

void Stack::Trim(ptrdiff_t kept_bytes) const {
#if defined(__APPLE__)
  constexpr int kGiveBack = MADV_FREE;
#else
  constexpr int kGiveBack = MADV_DONTNEED;
#endif
  if (end_ == nullptr) return;
  const auto page = static_cast<ptrdiff_t>(sysconf(_SC_PAGESIZE));
  const char* here = static_cast<const char*>(__builtin_frame_address(0));
  const ptrdiff_t unused = (here - end_ - kept_bytes) / page * page;
  if (unused > 0) madvise(end_, static_cast<size_t>(unused), kGiveBack);
}

}  // namespace codecell::base

#endif
