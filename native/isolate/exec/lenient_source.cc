#include "isolate/exec/lenient_source.h"

#include <algorithm>
#include <array>
#include <ranges>
#include <string_view>
#include <utility>
#include <vector>

namespace codecell::isolate {

namespace {

using std::u16string_view;

constexpr u16string_view kPrefix = u"export default[async()=>{";
constexpr u16string_view kSuffix = u"\n}]";
// Behind a comma an expression has a position of its own; else what it throws may stand at
// `return`.
constexpr u16string_view kReturn = u";return(0,";
// Of all forms of a source together, which the compiler reads within some milliseconds.
constexpr size_t kMaxTriedUnits = size_t{512} * 1024;

constexpr std::array kHandingOut = {
    u16string_view(u"text"),           u16string_view(u"image"),
    u16string_view(u"audio"),          u16string_view(u"content"),
    u16string_view(u"generatedImage"), u16string_view(u"notify"),
    u16string_view(u"console"),        u16string_view(u"store"),
    u16string_view(u"exit"),           u16string_view(u"import"),
    u16string_view(u"export"),         u16string_view(u"eval"),
    u16string_view(u"Function"),       u16string_view(u"globalThis"),
    u16string_view(u"output_text"),    u16string_view(u"output_image"),
    u16string_view(u"constructor"),
};

// What a statement begins with that is no expression, or is one with another meaning.
constexpr std::array kStatementWords = {
    u16string_view(u"const"),    u16string_view(u"let"),    u16string_view(u"var"),
    u16string_view(u"if"),       u16string_view(u"else"),   u16string_view(u"for"),
    u16string_view(u"while"),    u16string_view(u"do"),     u16string_view(u"switch"),
    u16string_view(u"try"),      u16string_view(u"catch"),  u16string_view(u"finally"),
    u16string_view(u"return"),   u16string_view(u"throw"),  u16string_view(u"break"),
    u16string_view(u"continue"), u16string_view(u"import"), u16string_view(u"export"),
    u16string_view(u"function"), u16string_view(u"class"),  u16string_view(u"debugger"),
};

bool IsWordUnit(char16_t unit) {
  return (unit >= u'a' && unit <= u'z') || (unit >= u'A' && unit <= u'Z') ||
         (unit >= u'0' && unit <= u'9') || unit == u'_' || unit == u'$' || unit >= 0x80;
}

bool IsBlank(char16_t unit) { return unit == u' ' || unit == u'\t' || unit == u'\r'; }

template <typename Words>
bool IsOneOf(const Words& words, u16string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

u16string_view Trimmed(u16string_view text) {
  while (!text.empty() && (IsBlank(text.front()) || text.front() == u'\n')) text.remove_prefix(1);
  while (!text.empty() && (IsBlank(text.back()) || text.back() == u'\n')) text.remove_suffix(1);
  return text;
}

u16string_view FirstWord(u16string_view text) {
  size_t length = 0;
  while (length < text.size() && IsWordUnit(text[length])) ++length;
  return text.substr(0, length);
}

// Takes a word off a text that begins with it.
bool TakeWord(u16string_view& text, u16string_view word) {
  if (FirstWord(text) != word) return false;
  text = Trimmed(text.substr(word.size()));
  return true;
}

std::u16string UnitsOf(const base::Text& text) {
  std::u16string units;
  if (text.is_latin1()) {
    units.reserve(text.length());
    for (const char unit : text.latin1()) units.push_back(static_cast<unsigned char>(unit));
  } else {
    units = text.utf16();
  }
  // The line that names an interpreter is one only at the start of a text.
  if (units.starts_with(u"#!")) units.replace(0, 2, u"//");
  return units;
}

BodyForm FormOf(u16string_view body, u16string_view before = {}) {
  std::u16string text;
  text.reserve(kPrefix.size() + before.size() + body.size() + kSuffix.size());
  text.append(kPrefix).append(before).append(body).append(kSuffix);
  return {base::Text::Narrowed(std::move(text)), -static_cast<int>(kPrefix.size() + before.size())};
}

struct Line {
  size_t start;
  u16string_view text;
  size_t indent;
};

// The lines that are not blank.
std::vector<Line> LinesOf(u16string_view units) {
  std::vector<Line> lines;
  for (size_t start = 0; start <= units.size();) {
    const size_t end = std::min(units.find(u'\n', start), units.size());
    const u16string_view line = units.substr(start, end - start);
    const u16string_view text = Trimmed(line);
    if (!text.empty()) {
      lines.push_back({start, text, static_cast<size_t>(text.data() - line.data())});
    }
    start = end + 1;
  }
  return lines;
}

// The indentation of the outermost statements.
size_t IndentOf(const std::vector<Line>& lines) {
  size_t indent = SIZE_MAX;
  for (const Line& line : lines) indent = std::min(indent, line.indent);
  return indent;
}

bool BeginsFunction(u16string_view line) {
  TakeWord(line, u"async");
  return FirstWord(line) == u"function";
}

bool BeginsComment(u16string_view line) {
  return line.starts_with(u"//") || line.starts_with(u"/*");
}

// Whether the whole source can be an expression, by its first line.
bool MayBeExpression(u16string_view line) {
  return BeginsFunction(line) || !IsOneOf(kStatementWords, FirstWord(line));
}

// Whether an expression that is a statement may begin with this line, which is not the first. A
// function would be a declaration, which statements before it may use.
bool MayBeginExpression(u16string_view line) {
  constexpr u16string_view kContinuing = u".,)]}:?*=&|<>^%";
  return kContinuing.find(line.front()) == u16string_view::npos && !BeginsComment(line) &&
         !BeginsFunction(line) && MayBeExpression(line);
}

// Whether this line may go on with the next one, which begins as given.
bool MayGoOn(u16string_view line, char16_t next) {
  constexpr u16string_view kControl[] = {u"if", u"else", u"for", u"while", u"do"};
  constexpr u16string_view kAmbiguous = u"([`+-/";
  if (line.ends_with(u';') || line.ends_with(u'}') || line.starts_with(u"//")) return false;
  if (IsOneOf(kControl, FirstWord(line))) return true;
  return kAmbiguous.find(next) != u16string_view::npos;
}

// Where the last expression ends: before blanks, semicolons and lines that are comments.
size_t EndOfCode(u16string_view units) {
  for (;;) {
    const u16string_view left = units;
    while (!units.empty() &&
           (IsBlank(units.back()) || units.back() == u'\n' || units.back() == u';')) {
      units.remove_suffix(1);
    }
    const size_t line = units.rfind(u'\n') + 1;
    if (Trimmed(units.substr(line)).starts_with(u"//")) units = units.substr(0, line);
    if (units.size() == left.size()) return units.size();
  }
}

// The same, and the place before what looks like a comment in the last line and may be none.
std::vector<size_t> EndsOfCode(u16string_view units) {
  const size_t end = EndOfCode(units);
  const size_t comment = units.substr(0, end).rfind(u"//");
  if (comment == u16string_view::npos ||
      units.substr(comment, end - comment).find(u'\n') != u16string_view::npos) {
    return {end};
  }
  return {end, EndOfCode(units.substr(0, comment))};
}

// The name that a line declares and that may be a function's; empty: none.
u16string_view DeclaredName(u16string_view line) {
  const bool is_variable =
      TakeWord(line, u"const") || TakeWord(line, u"let") || TakeWord(line, u"var");
  if (is_variable) {
    const u16string_view name = FirstWord(line);
    return Trimmed(line.substr(name.size())).starts_with(u'=') ? name : u16string_view();
  }
  TakeWord(line, u"async");
  return TakeWord(line, u"function") ? FirstWord(line) : u16string_view();
}

bool IsNamedOnce(u16string_view units, u16string_view name) {
  size_t count = 0;
  for (size_t at = units.find(name); at != u16string_view::npos; at = units.find(name, at + 1)) {
    const bool is_word = at == 0 || !IsWordUnit(units[at - 1]);
    if (is_word && FirstWord(units.substr(at)) == name) ++count;
  }
  return count == 1;
}

}  // namespace

bool MayHandOut(const base::Text& source) {
  if (source.length() > kMaxLenientUnits) return true;
  // Most programs do, and this finds it at once.
  if (source.is_latin1() && source.latin1().find("text(") != std::string::npos) return true;
  const std::u16string units = UnitsOf(source);
  const u16string_view all = units;
  for (size_t at = 0; at < all.size();) {
    const u16string_view word = FirstWord(all.substr(at));
    if (IsOneOf(kHandingOut, word) && (at == 0 || all[at - 1] != u'.')) return true;
    at += std::max<size_t>(word.size(), 1);
  }
  return false;
}

BodyForm BodyOf(const base::Text& source) { return FormOf(UnitsOf(source)); }

LastExpressionForms::LastExpressionForms(const base::Text& source) : units_left_(kMaxTriedUnits) {
  if (source.length() > kMaxLenientUnits) return;
  units_ = UnitsOf(source);
  ends_ = EndsOfCode(units_);
  const std::vector<Line> lines = LinesOf(u16string_view(units_).substr(0, ends_.front()));
  const size_t indent = IndentOf(lines);
  for (size_t i = lines.size(); i > 0; --i) {
    const Line& line = lines[i - 1];
    if (i == 1 && MayBeExpression(line.text)) AddCuts(0);
    if (i == 1 || line.indent > indent || !MayBeginExpression(line.text)) continue;
    const Line& before = lines[i - 2];
    if (MayGoOn(before.text, line.text.front())) continue;
    const size_t start = static_cast<size_t>(before.text.data() - units_.data());
    AddCuts(start + before.text.size());
    const size_t comment = before.text.rfind(u"//");
    if (comment != u16string_view::npos) AddCuts(start + comment);
  }
}

void LastExpressionForms::AddCuts(size_t before) {
  for (const size_t end : ends_) {
    if (end > before) cuts_.push_back({before, end});
  }
}

std::optional<LastExpressionForm> LastExpressionForms::Next() {
  if (cuts_.empty()) return {};
  const Cut cut = cuts_.front();
  cuts_.pop_front();
  const size_t units = cut.before + cut.end;
  if (units > units_left_) return {};
  units_left_ -= units;
  const u16string_view code = u16string_view(units_).substr(0, cut.end);
  const u16string_view before = code.substr(0, cut.before);
  if (before.empty())
    return LastExpressionForm{FormOf({}), FormOf(std::u16string(code) + u"\n)", kReturn)};
  std::u16string body(before);
  body.append(kReturn).append(code.substr(cut.before)).append(u"\n)");
  return LastExpressionForm{FormOf(before), FormOf(body)};
}

std::optional<BodyForm> UncalledFunctionForm(const base::Text& source) {
  if (source.length() > kMaxLenientUnits) return {};
  const std::u16string units = UnitsOf(source);
  const std::vector<Line> lines = LinesOf(units);
  const size_t indent = IndentOf(lines);
  for (const Line& line : lines | std::views::reverse) {
    if (line.indent > indent) continue;
    const u16string_view name = DeclaredName(line.text);
    if (name.empty() || !IsNamedOnce(units, name)) continue;
    std::u16string body = units;
    body.append(u"\n;return ").append(name);
    return FormOf(body);
  }
  return {};
}

}  // namespace codecell::isolate
