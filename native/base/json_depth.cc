#include "base/json_depth.h"

#include <algorithm>
#include <string>

namespace codecell::base {

namespace {

template <typename Units>
size_t DepthOf(const Units& json) {
  size_t depth = 0;
  size_t deepest = 0;
  bool in_string = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const auto unit = json[i];
    if (in_string) {
      if (unit == '\\') {
        ++i;
      } else if (unit == '"') {
        in_string = false;
      }
    } else if (unit == '"') {
      in_string = true;
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
