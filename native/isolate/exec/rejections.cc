#include "isolate/exec/rejections.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "isolate/exec/cell_context.h"
#include "isolate/values/exception.h"

namespace codecell::isolate {

namespace {

constexpr size_t kMaxRemembered = 100;
// Of all texts together, besides the last one.
constexpr size_t kMaxBytes = size_t{256} * 1024;

}  // namespace

void Rejections::OnReject(v8::PromiseRejectMessage message) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  std::vector<v8::Global<v8::Promise>>& unhandled =
      CellContext::From(isolate).rejections().unhandled_;
  const v8::Local<v8::Promise> promise = message.GetPromise();
  switch (message.GetEvent()) {
    case v8::kPromiseRejectWithNoHandler:
      if (unhandled.size() < kMaxRemembered) unhandled.emplace_back(isolate, promise);
      break;
    case v8::kPromiseHandlerAddedAfterReject:
      unhandled.erase(std::remove_if(unhandled.begin(), unhandled.end(),
                                     [&](const auto& other) { return other == promise; }),
                      unhandled.end());
      break;
    default:  // Older engines also tell of promises that are settled twice.
      break;
  }
}

std::vector<base::Text> Rejections::Texts(IsolateScope& scope) {
  std::vector<base::Text> texts;
  // Making a text runs the cell's code, which may reject further promises.
  const std::vector<v8::Global<v8::Promise>> unhandled = std::move(unhandled_);
  unhandled_.clear();
  size_t bytes = 0;
  size_t left_out = 0;
  for (const auto& promise : unhandled) {
    const v8::HandleScope handles(scope.isolate());
    const v8::Local<v8::Promise> local = promise.Get(scope.isolate());
    // The cell's own module is rejected too when it fails; that is the outcome, not a warning.
    if (local->HasHandler()) continue;
    if (bytes > kMaxBytes) {
      ++left_out;
      continue;
    }
    texts.push_back(ThrownText(scope, local->Result()));
    bytes += texts.back().size_bytes();
  }
  if (left_out > 0) {
    texts.push_back(base::Text::Ascii("and " + std::to_string(left_out) + " more rejections"));
  }
  return texts;
}

}  // namespace codecell::isolate
