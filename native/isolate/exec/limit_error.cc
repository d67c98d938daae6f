#include "isolate/exec/limit_error.h"

#include <cmath>
#include <string>

namespace codecell::isolate {

namespace {

using protocol::ErrorCode;

enum class Unit { kBytes, kMilliseconds, kCount };

// What is said of a limit: "the cell <did> <allowed> <of> (limits.<name>); <advice>".
struct Wording {
  ErrorCode code;
  Unit unit;
  const char* name;
  const char* did;
  const char* of;
  const char* advice;
};

constexpr Wording kWordings[] = {
    {ErrorCode::kHeapLimit, Unit::kBytes, "heapBytes", "needs more than the",
     "of memory it may use", "keep less data at a time"},
    {ErrorCode::kCpuLimit, Unit::kMilliseconds, "cpuMs", "has computed for longer than the",
     "of processor time it may use", "do less in one cell, or look for a loop that does not end"},
    {ErrorCode::kMemoryLimit, Unit::kBytes, "rssBytes",
     "was ended because its process has reached the", "of memory it may have",
     "keep less data at a time"},
    {ErrorCode::kOutputLimit, Unit::kBytes, "outputBytes", "has handed out more than the",
     "of output it may", "hand out less, or only the parts needed"},
    {ErrorCode::kOutputItemsLimit, Unit::kCount, "outputItems", "has handed out more than the",
     "output items and console lines it may", "put more into one item, or hand out less"},
    {ErrorCode::kNotificationsLimit, Unit::kCount, "notifications", "has sent more than the",
     "notifications it may", "notify less often"},
    {ErrorCode::kToolCallsLimit, Unit::kCount, "toolCalls", "has made more than the",
     "tool calls it may", "ask for more in one call, or look for a loop that does not end"},
    {ErrorCode::kSourceLimit, Unit::kBytes, "sourceBytes", "has a source longer than the",
     "it may have", "write a shorter one, and load data with a tool or from stored values"},
};

const Wording& WordingOf(ErrorCode code) {
  for (const Wording& wording : kWordings) {
    if (wording.code == code) return wording;
  }
  return kWordings[0];
}

std::string Amount(Unit unit, double amount) {
  constexpr long long kMebibyte = 1 << 20;
  const long long whole = std::llround(amount);
  switch (unit) {
    case Unit::kBytes:
      if (whole > 0 && whole % kMebibyte == 0) return std::to_string(whole / kMebibyte) + " MiB";
      return std::to_string(whole) + " bytes";
    case Unit::kMilliseconds:
      return std::to_string(whole) + " ms";
    case Unit::kCount:
      return std::to_string(whole);
  }
  return {};
}

std::optional<ErrorCode> CodeOf(StopCause cause) {
  switch (cause) {
    case StopCause::kNone:
    case StopCause::kExit:
    case StopCause::kRequested:
      return {};
    case StopCause::kHeapLimit:
      return ErrorCode::kHeapLimit;
    case StopCause::kCpuLimit:
      return ErrorCode::kCpuLimit;
    case StopCause::kMemoryLimit:
      return ErrorCode::kMemoryLimit;
    case StopCause::kOutputLimit:
      return ErrorCode::kOutputLimit;
    case StopCause::kOutputItemsLimit:
      return ErrorCode::kOutputItemsLimit;
    case StopCause::kNotificationsLimit:
      return ErrorCode::kNotificationsLimit;
    case StopCause::kToolCallsLimit:
      return ErrorCode::kToolCallsLimit;
  }
  return {};
}

}  // namespace

protocol::CellError LimitError(ErrorCode code, double allowed, double used) {
  const Wording& wording = WordingOf(code);
  protocol::CellError error = protocol::MakeError(
      wording.code, "RangeError",
      std::string("the cell ") + wording.did + " " + Amount(wording.unit, allowed) + " " +
          wording.of + " (limits." + wording.name + "); " + wording.advice);
  error.limit = protocol::LimitUse{wording.name, allowed, used};
  return error;
}

std::optional<protocol::CellError> LimitErrorOf(const Stop& stop) {
  const std::optional<ErrorCode> code = CodeOf(stop.cause);
  if (!code) return {};
  return LimitError(*code, stop.allowed, stop.used);
}

}  // namespace codecell::isolate
