// Runs every test, one line each: "ok" or "not ok", the sentence, the time it took. Exit code 1 if
// one fails.
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <string>

#include "base/clock.h"
#include "check.h"

namespace codecell::test {

namespace {

// A test takes well under a second; one that takes so long waits for what never comes.
constexpr unsigned kPatienceSeconds = 30;

std::atomic<const char*> g_late_message{nullptr};

void OnLate(int) {
  const char* message = g_late_message.load();
  static_cast<void>(!write(STDOUT_FILENO, message, std::strlen(message)));
  _exit(1);
}

bool Run(const Test& test) {
  const std::string sentence(test.sentence);
  const std::string late =
      "not ok  " + sentence + ": no end after " + std::to_string(kPatienceSeconds) + " seconds\n";
  g_late_message = late.c_str();
  const int failed_before = FailedClaims();
  const base::Clock::time_point started_at = base::Clock::now();
  alarm(kPatienceSeconds);
  test.run();
  alarm(0);
  const bool ok = FailedClaims() == failed_before;
  std::printf("%s  %s (%.0f ms)\n", ok ? "ok    " : "not ok", sentence.c_str(),
              base::MillisecondsBetween(started_at, base::Clock::now()));
  return ok;
}

int RunAll() {
  // A test that hangs or crashes leaves the lines before it.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  signal(SIGALRM, OnLate);
  int count = 0;
  int failed = 0;
  for (const auto& suite :
       {ClockTests(),      ConditionTests(),   ResultTests(),       TextTests(),
        Utf8Tests(),       Base64Tests(),      JsonShapeTests(),    NearestTests(),
        FaultGuardTests(), GuardedTests(),     LibraryFilesTests(), LatchTests(),
        MailboxTests(),    MomentsTests(),     BacklogTests(),      SpinTests(),
        ThreadTests(),     ThreadCacheTests(), ProtocolTests(),     WireTests(),
        ConfineTests()}) {
    for (const Test& test : suite) {
      ++count;
      if (!Run(test)) ++failed;
    }
  }
  std::printf("%d tests, %d failed\n", count, failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace

}  // namespace codecell::test

int main() { return codecell::test::RunAll(); }
