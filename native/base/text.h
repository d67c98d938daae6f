#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace codecell::base {

// A string as the engines hold it: one byte a unit (Latin-1) where every unit fits, two otherwise
// (UTF-16, possibly with lone surrogates). It crosses threads by being moved.
class Text {
 public:
  Text() = default;
  explicit Text(std::string latin1) : units_(std::move(latin1)) {}
  explicit Text(std::u16string utf16) : units_(std::move(utf16)) {}

  static Text Ascii(std::string_view ascii) { return Text(std::string(ascii)); }

  // Takes the narrow form where every unit fits.
  static Text Narrowed(std::u16string utf16) {
    const bool fits =
        std::all_of(utf16.begin(), utf16.end(), [](char16_t unit) { return unit < 0x100; });
    if (!fits) return Text(std::move(utf16));
    std::string latin1(utf16.size(), '\0');
    std::transform(utf16.begin(), utf16.end(), latin1.begin(),
                   [](char16_t unit) { return static_cast<char>(unit); });
    return Text(std::move(latin1));
  }

  bool is_latin1() const { return std::holds_alternative<std::string>(units_); }
  const std::string& latin1() const { return *std::get_if<std::string>(&units_); }
  const std::u16string& utf16() const { return *std::get_if<std::u16string>(&units_); }

  size_t length() const { return is_latin1() ? latin1().size() : utf16().size(); }
  size_t size_bytes() const { return is_latin1() ? latin1().size() : utf16().size() * 2; }
  bool empty() const { return length() == 0; }

 private:
  std::variant<std::string, std::u16string> units_;
};

}  // namespace codecell::base
