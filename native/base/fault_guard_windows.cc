#if defined(_WIN32)

#include <windows.h>

#include <mutex>

#include "base/fault_guard.h"

namespace codecell::base {

namespace {

// Of the stack of a guarded thread, what is kept for the handler of an overflow.
constexpr ULONG kHandlerStackBytes = ULONG{64} << 10;

void (*g_on_fault)(Fault fault) = nullptr;

thread_local bool t_guarded = false;

LONG CALLBACK OnException(EXCEPTION_POINTERS* exception) {
  if (!t_guarded) return EXCEPTION_CONTINUE_SEARCH;
  switch (exception->ExceptionRecord->ExceptionCode) {
    case EXCEPTION_BREAKPOINT:
    case EXCEPTION_ILLEGAL_INSTRUCTION:
      g_on_fault(Fault::kTrap);
      break;
    case EXCEPTION_STACK_OVERFLOW:
      g_on_fault(Fault::kStackOverflow);
      break;
    case EXCEPTION_ACCESS_VIOLATION:
    case EXCEPTION_IN_PAGE_ERROR:
      g_on_fault(Fault::kAccess);
      break;
    default:
      break;
  }
  return EXCEPTION_CONTINUE_SEARCH;
}

}  // namespace

void InstallFaultGuard(void (*on_fault)(Fault fault), void (*)(int)) {
  static std::once_flag once;
  std::call_once(once, [on_fault] {
    g_on_fault = on_fault;
    // Node unloads an addon with the last worker that had it; the handler needs it to stay.
    HMODULE module = nullptr;
    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                       reinterpret_cast<LPCWSTR>(&OnException), &module);
    constexpr ULONG kLast = 0;  // The engine handles exceptions of its own before.
    AddVectoredExceptionHandler(kLast, OnException);
  });
}

FaultGuard::FaultGuard(size_t) {
  ULONG bytes = kHandlerStackBytes;
  SetThreadStackGuarantee(&bytes);
  t_guarded = true;
}

FaultGuard::~FaultGuard() { LetGo(); }

void FaultGuard::LetGo() { t_guarded = false; }

}  // namespace codecell::base

#endif
