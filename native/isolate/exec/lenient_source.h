#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"

namespace codecell::isolate {

// A module that runs a source as the body of an async function: the only element of its default
// export. Lines and columns of the source are as they were.
struct BodyForm {
  base::Text text;
  int first_column;  // Of the text's first line, so that the source begins at column 0.
};

// Longer sources were generated, not written: they are modules only.
inline constexpr size_t kMaxLenientUnits = size_t{64} * 1024;

// Whether the source has a word in it that hands something out, or may lead to one that does. A
// source without is one that a model does not see anything of.
bool MayHandOut(const base::Text& source);

// The whole source as a body.
BodyForm BodyOf(const base::Text& source);

// A source as a body that returns the value of its last expression.
struct LastExpressionForm {
  BodyForm before;  // What stands before the expression, alone.
  BodyForm whole;
};

// The forms of a source that return its last expression, likely ones first. The source is only
// looked at line by line, so the compiler has to say which one is right: where a form is cut at the
// wrong place, its brackets do not match, or what stands before is not complete, such as the head
// of a loop.
class LastExpressionForms {
 public:
  explicit LastExpressionForms(const base::Text& source);

  // The next form; empty: there are no more.
  std::optional<LastExpressionForm> Next();

 private:
  struct Cut {
    size_t before;  // Where `return (` stands: at the end of an earlier line, or 0.
    size_t end;     // Of the expression.
  };

  void AddCuts(size_t before);

  std::u16string units_;
  std::vector<size_t> ends_;  // Where the last expression may end.
  std::deque<Cut> cuts_;
  size_t units_left_;  // That may still be given to the compiler.
};

// A source as a body that returns what it declares last and never uses, which may be a function.
// Empty: it has nothing of the kind.
std::optional<BodyForm> UncalledFunctionForm(const base::Text& source);

}  // namespace codecell::isolate
