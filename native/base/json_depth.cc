#include "base/json_depth.h"

#include <algorithm>
#include <string>

namespace codecell::base {

namespace {

// The index behind the end of the string whose opening quote is before `i`.
template <typename Units>
size_t SkipString(const Units& json, size_t i) {
  for (;;) {
    // Most of a large text is in strings; find() compares many units at once.
    const size_t quote = json.find('"', i);
    if (quote == Units::npos) return json.size();
    size_t first = quote;
    while (first > i && json[first - 1] == '\\') --first;
    if ((quote - first) % 2 == 0) return quote + 1;
    i = quote + 1;
  }
}

template <typename Units>
size_t DepthOf(const Units& json) {
  size_t depth = 0;
  size_t deepest = 0;
  for (size_t i = 0; i < json.size();) {
    const auto unit = json[i++];
    if (unit == '"') {
      i = SkipString(json, i);
    } else if (unit == '[' || unit == '{') {
      deepest = std::max(deepest, ++depth);
    } else if ((unit == ']' || unit == '}') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

}  // namespace

size_t JsonDepth(const Text& json) {
  return json.is_latin1() ? DepthOf(json.latin1()) : DepthOf(json.utf16());
}

}  // namespace codecell::base
