#include "isolate/values/source_position.h"

#include <cstddef>
#include <string_view>

#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

constexpr size_t kMaxShownLine = 160;
constexpr size_t kMaxKeptLine = 4096;

char16_t UnitAt(const base::Text& text, size_t i) {
  return text.is_latin1() ? static_cast<unsigned char>(text.latin1()[i]) : text.utf16()[i];
}

bool IsLineEnd(char16_t unit) {
  return unit == u'\n' || unit == u'\r' || unit == 0x2028 || unit == 0x2029;
}

// Whether a line ends with this unit. A carriage return before a line feed is one end with it.
bool EndsLine(const base::Text& source, size_t at) {
  const char16_t unit = UnitAt(source, at);
  const bool is_first_of_two =
      unit == u'\r' && at + 1 < source.length() && UnitAt(source, at + 1) == u'\n';
  return IsLineEnd(unit) && !is_first_of_two;
}

bool IsHighSurrogate(char16_t unit) { return (unit & 0xFC00) == 0xD800; }
bool IsLowSurrogate(char16_t unit) { return (unit & 0xFC00) == 0xDC00; }

// Each half of a pair that is alone becomes U+FFFD, as in all texts that leave a cell.
void MakeWellFormed(std::u16string& units) {
  constexpr char16_t kReplacement = 0xFFFD;
  for (size_t i = 0; i < units.size(); ++i) {
    const bool is_pair =
        IsHighSurrogate(units[i]) && i + 1 < units.size() && IsLowSurrogate(units[i + 1]);
    if (is_pair) {
      ++i;
    } else if (IsHighSurrogate(units[i]) || IsLowSurrogate(units[i])) {
      units[i] = kReplacement;
    }
  }
}

// A part of a line: at most `max_units` units, from the unit `start` on.
std::u16string PartOfLine(const base::Text& source, int line, size_t start, size_t max_units) {
  size_t at = 0;
  for (int passed = 1; passed < line && at < source.length(); ++at) {
    if (EndsLine(source, at)) ++passed;
  }
  std::u16string units;
  for (size_t i = 0; at < source.length() && units.size() < max_units; ++at, ++i) {
    const char16_t unit = UnitAt(source, at);
    if (IsLineEnd(unit)) break;
    if (i >= start) units.push_back(unit);
  }
  MakeWellFormed(units);
  return units;
}

// The digits at `at`, which moves past them; 0 if there are none or too many.
int ReadNumber(const std::u16string& text, size_t& at) {
  constexpr int kTooLarge = 100'000'000;
  int number = 0;
  for (; at < text.size() && text[at] >= u'0' && text[at] <= u'9'; ++at) {
    if (number >= kTooLarge) return 0;
    number = number * 10 + (text[at] - u'0');
  }
  return number;
}

}  // namespace

protocol::Position PositionAt(const base::Text& source, int line, int column) {
  return {line, column, base::Text::Narrowed(PartOfLine(source, line, 0, kMaxKeptLine))};
}

protocol::Position EndOf(const base::Text& source) {
  int line = 1;
  size_t start = 0;
  for (size_t at = 0; at < source.length(); ++at) {
    if (!EndsLine(source, at)) continue;
    ++line;
    start = at + 1;
  }
  return PositionAt(source, line, static_cast<int>(source.length() - start) + 1);
}

std::optional<protocol::Position> PositionInStack(const base::Text& source,
                                                  const std::u16string& stack) {
  constexpr std::u16string_view kFrame = u"\n    at ";
  constexpr std::u16string_view kFile = u"exec_main.mjs:";
  const size_t frames = stack.find(kFrame);
  if (frames == std::u16string::npos) return {};
  const size_t file = stack.find(kFile, frames);
  if (file == std::u16string::npos) return {};
  size_t at = file + kFile.size();
  const int line = ReadNumber(stack, at);
  if (line == 0 || at >= stack.size() || stack[at] != u':') return {};
  const int column = ReadNumber(stack, ++at);
  if (column == 0) return {};
  return PositionAt(source, line, column);
}

std::u16string PointedAt(const base::Text& source, const protocol::Position& position) {
  const size_t column = static_cast<size_t>(position.column - 1);
  const size_t start = column > kMaxShownLine / 2 ? column - kMaxShownLine / 2 : 0;
  return u"\n    at " + Widen(kMainModule) + u":" + Widen(std::to_string(position.line)) + u":" +
         Widen(std::to_string(position.column)) + u"\n\n  " +
         PartOfLine(source, position.line, start, kMaxShownLine) + u"\n  " +
         std::u16string(column - start, u' ') + u"^";
}

}  // namespace codecell::isolate
