#if defined(_WIN32)

#include <process.h>
#include <windows.h>

#include <limits>
#include <string>
#include <utility>

#include "base/thread.h"

namespace codecell::base {

namespace {

unsigned __stdcall RunThread(void* data) {
  std::unique_ptr<std::function<void()>> run(static_cast<std::function<void()>*>(data));
  (*run)();
  return 0;
}

}  // namespace

std::unique_ptr<Thread> Thread::Start(size_t stack_bytes, std::function<void()> run) {
  if (stack_bytes > std::numeric_limits<unsigned>::max()) return nullptr;
  auto data = std::make_unique<std::function<void()>>(std::move(run));
  // Without the flag the size is what is in memory from the start.
  const uintptr_t handle = _beginthreadex(nullptr, static_cast<unsigned>(stack_bytes), RunThread,
                                          data.get(), STACK_SIZE_PARAM_IS_A_RESERVATION, nullptr);
  if (handle == 0) return nullptr;
  static_cast<void>(data.release());  // RunThread owns it.
  return std::unique_ptr<Thread>(new Thread(reinterpret_cast<HANDLE>(handle)));
}

void Thread::Join() {
  WaitForSingleObject(handle_, INFINITE);
  CloseHandle(handle_);
}

void Thread::Detach() { CloseHandle(handle_); }

void Thread::NameCurrent(const char* name) {
  const std::string narrow(name);  // ASCII.
  const std::wstring wide(narrow.begin(), narrow.end());
  SetThreadDescription(GetCurrentThread(), wide.c_str());
}

void Thread::Park() {
  for (;;) Sleep(INFINITE);
}

// Windows takes memory for a stack as it grows, and has no call that gives it back.
Stack Stack::OfCurrent() { return Stack(nullptr); }

void Stack::Trim(ptrdiff_t) const {}

}  // namespace codecell::base

#endif
