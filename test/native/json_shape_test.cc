#include "base/json_shape.h"

#include <string>
#include <string_view>

#include "check.h"

namespace codecell::test {

namespace {

struct Case {
  std::string_view json;
  size_t depth;
  size_t values;
};

constexpr Case kCases[] = {
    {"1", 0, 1},
    {"\"a\"", 0, 1},
    {"[]", 1, 1},
    {"{}", 1, 1},
    {"[1,2,3]", 1, 4},
    {"[[],[],{}]", 2, 4},
    {"[[[1]]]", 3, 4},
    {R"({"a":1,"b":[2]})", 2, 6},
    {R"(["a,[:{","\\","\"",{"]":"}"}])", 2, 7},
};

void CountsDepthAndValues() {
  for (const auto& [json, depth, values] : kCases) {
    const base::JsonShape shape = base::JsonShapeOf(base::Text::Ascii(json));
    Expect(shape.depth == depth, "depth of " + std::string(json));
    Expect(shape.values == values, "values of " + std::string(json));
  }
}

void BearsWhatIsNotJson() {
  for (const std::string_view text : {"", "\"", "\"\\", "]]", "[", "{\"a"}) {
    Expect(base::JsonShapeOf(base::Text::Ascii(text)).depth <= 1, text);
  }
}

const Test kTests[] = {
    {"JsonShapeOf: counts depth and values, and nothing within strings", CountsDepthAndValues},
    {"JsonShapeOf: bears texts that are not JSON", BearsWhatIsNotJson},
};

}  // namespace

std::span<const Test> JsonShapeTests() { return kTests; }

}  // namespace codecell::test
