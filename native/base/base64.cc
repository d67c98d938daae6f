#include "base/base64.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace codecell::base {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kPadding = '=';

// What a character is besides one of the alphabet's, whose value is its place there.
constexpr uint8_t kSpace = 64;
constexpr uint8_t kNone = 65;

constexpr std::array<uint8_t, 256> MakeValues() {
  std::array<uint8_t, 256> values{};
  values.fill(kNone);
  for (size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<uint8_t>(kAlphabet[i])] = static_cast<uint8_t>(i);
  }
  for (const char space : {' ', '\t', '\n', '\f', '\r'}) {
    values[static_cast<uint8_t>(space)] = kSpace;
  }
  return values;
}

constexpr std::array<uint8_t, 256> kValues = MakeValues();

uint8_t ValueOf(char character) { return kValues[static_cast<uint8_t>(character)]; }

// The text without the whitespace and the padding at its end. Empty: it has padding, and its length
// is not that of a padded text.
std::optional<std::string_view> WithoutPadding(std::string_view text) {
  size_t length = 0;
  for (const char character : text) {
    if (ValueOf(character) != kSpace) ++length;
  }
  size_t padding = 0;
  size_t end = text.size();
  while (end > 0) {
    const char last = text[end - 1];
    if (last == kPadding && padding < 2) {
      ++padding;
    } else if (ValueOf(last) != kSpace) {
      break;
    }
    --end;
  }
  if (padding > 0 && length % 4 != 0) return {};
  return text.substr(0, end);
}

}  // namespace

std::string ToBase64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = bytes.size() - i < 3 ? bytes.size() - i : 3;
    uint32_t group = 0;
    for (size_t j = 0; j < 3; ++j) {
      group = group << 8 | (j < count ? static_cast<uint8_t>(bytes[i + j]) : 0U);
    }
    for (size_t j = 0; j < 4; ++j) {
      text.push_back(j <= count ? kAlphabet[group >> (18 - 6 * j) & 63U] : kPadding);
    }
  }
  return text;
}

std::optional<std::string> FromBase64(std::string_view text) {
  const std::optional<std::string_view> unpadded = WithoutPadding(text);
  if (!unpadded) return {};
  std::string bytes;
  bytes.reserve(unpadded->size() / 4 * 3 + 2);
  uint32_t group = 0;
  int count = 0;
  for (const char character : *unpadded) {
    const uint8_t value = ValueOf(character);
    if (value == kSpace) continue;
    if (value == kNone) return {};
    group = group << 6 | value;
    if (++count < 4) continue;
    for (const int shift : {16, 8, 0}) bytes.push_back(static_cast<char>(group >> shift & 0xFFU));
    group = 0;
    count = 0;
  }
  if (count == 1) return {};
  if (count >= 2) bytes.push_back(static_cast<char>(group >> (count == 2 ? 4 : 10) & 0xFFU));
  if (count == 3) bytes.push_back(static_cast<char>(group >> 2 & 0xFFU));
  return bytes;
}

}  // namespace codecell::base
