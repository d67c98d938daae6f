#include "base/json_shape.h"

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
JsonShape ShapeOf(const Units& json) {
  JsonShape shape{0, 1};
  size_t depth = 0;
  for (size_t i = 0; i < json.size();) {
    switch (json[i++]) {
      case '"':
        i = SkipString(json, i);
        break;
      case '[':
      case '{':
        shape.depth = std::max(shape.depth, ++depth);
        // The first of what it holds; a comma precedes each other.
        if (i < json.size() && json[i] != ']' && json[i] != '}') ++shape.values;
        break;
      case ']':
      case '}':
        if (depth > 0) --depth;
        break;
      case ',':
      case ':':
        ++shape.values;
        break;
      default:
        break;
    }
  }
  return shape;
}

}  // namespace

JsonShape JsonShapeOf(const Text& json) {
  return json.is_latin1() ? ShapeOf(json.latin1()) : ShapeOf(json.utf16());
}

}  // namespace codecell::base
