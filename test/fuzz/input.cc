#include "input.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace codecell::fuzz {

namespace {

constexpr char16_t kReplacement = 0xFFFD;

bool IsLead(char16_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool IsTrail(char16_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

}  // namespace

uint8_t Input::Byte() {
  if (bytes_.empty()) return 0;
  const uint8_t byte = bytes_.front();
  bytes_ = bytes_.subspan(1);
  return byte;
}

uint32_t Input::Below(uint32_t bound) { return Byte() % bound; }

uint32_t Input::Number() {
  uint32_t number = 0;
  for (int i = 0; i < 4; ++i) number = number << 8U | Byte();
  return number;
}

std::span<const uint8_t> Input::Bytes(size_t count) {
  const auto taken = bytes_.first(std::min(count, bytes_.size()));
  bytes_ = bytes_.subspan(taken.size());
  return taken;
}

base::Text Input::Text() {
  const uint32_t form = Below(3);
  const size_t length = Byte();
  if (form == 0) return base::Text(Latin1(Bytes(length)));
  std::u16string units = Utf16(Bytes(length * 2));
  // The engine also holds texts in two bytes a unit that would fit in one.
  return form == 1 ? base::Text(std::move(units)) : base::Text::Narrowed(std::move(units));
}

std::string Latin1(std::span<const uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

std::u16string Utf16(std::span<const uint8_t> bytes) {
  std::u16string units(bytes.size() / 2, u'\0');
  for (size_t i = 0; i < units.size(); ++i) {
    units[i] = static_cast<char16_t>(bytes[2 * i] | bytes[2 * i + 1] << 8);
  }
  return units;
}

std::u16string FromUtf8(std::span<const uint8_t> bytes) {
  std::u16string units;
  for (size_t i = 0; i < bytes.size();) {
    const uint8_t first = bytes[i++];
    const size_t more = first < 0xC2 || first > 0xF4 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    if (first < 0x80) {
      units.push_back(first);
      continue;
    }
    uint32_t point = more == 0 ? 0 : first & (0x3FU >> more);
    size_t found = 0;
    while (found < more && i < bytes.size() && (bytes[i] & 0xC0) == 0x80) {
      point = point << 6U | (bytes[i++] & 0x3FU);
      ++found;
    }
    if (more == 0 || found < more || point > 0x10FFFF) {
      units.push_back(kReplacement);
    } else if (point < 0x10000) {
      units.push_back(static_cast<char16_t>(point));
    } else {
      units.push_back(static_cast<char16_t>(0xD7C0 + (point >> 10U)));
      units.push_back(static_cast<char16_t>(0xDC00 + (point & 0x3FFU)));
    }
  }
  return units;
}

std::u16string WellFormed(std::u16string units) {
  for (size_t i = 0; i < units.size(); ++i) {
    const bool pair = IsLead(units[i]) && i + 1 < units.size() && IsTrail(units[i + 1]);
    if (pair) {
      ++i;
    } else if (IsLead(units[i]) || IsTrail(units[i])) {
      units[i] = kReplacement;
    }
  }
  return units;
}

std::u16string ToUtf16(const base::Text& text) {
  if (!text.is_latin1()) return text.utf16();
  std::u16string units;
  for (const char unit : text.latin1()) units.push_back(static_cast<unsigned char>(unit));
  return units;
}

void Expect(bool holds, const char* claim) {
  if (holds) return;
  std::fprintf(stderr, "\nDoes not hold: %s\n", claim);
  std::abort();
}

}  // namespace codecell::fuzz
