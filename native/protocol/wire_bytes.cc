#include "protocol/wire_bytes.h"

#include <bit>
#include <cstring>
#include <utility>

namespace codecell::protocol {

static_assert(std::endian::native == std::endian::little, "frames are written as memory has them");

namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool IsHighSurrogate(char16_t unit) { return (unit & 0xFC00) == 0xD800; }
bool IsLowSurrogate(char16_t unit) { return (unit & 0xFC00) == 0xDC00; }

void AppendUtf8(std::string& to, char32_t code) {
  const auto put = [&to](char32_t byte) { to.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

}  // namespace

void ByteWriter::PutNumber(uint32_t number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  to_.append(bytes, sizeof number);
}

void ByteWriter::PutDouble(double number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  to_.append(bytes, sizeof number);
}

void ByteWriter::PutText(const base::Text& text) {
  PutNumber(static_cast<uint32_t>(text.length()) << 1 | (text.is_latin1() ? 0U : 1U));
  if (text.is_latin1()) {
    to_.append(text.latin1());
  } else {
    to_.append(reinterpret_cast<const char*>(text.utf16().data()), text.size_bytes());
  }
}

void ByteWriter::PutAscii(std::string_view ascii) {
  PutNumber(static_cast<uint32_t>(ascii.size()) << 1);
  to_.append(ascii);
}

std::string_view ByteReader::Bytes(size_t count) {
  if (!ok_ || count > bytes_.size()) {
    ok_ = false;
    return {};
  }
  const std::string_view taken = bytes_.substr(0, count);
  bytes_.remove_prefix(count);
  return taken;
}

uint8_t ByteReader::Byte() {
  const std::string_view bytes = Bytes(1);
  return bytes.empty() ? 0 : static_cast<uint8_t>(bytes[0]);
}

bool ByteReader::Flag() { return Choice(2) == 1; }

uint8_t ByteReader::Choice(uint8_t bound) {
  const uint8_t choice = Byte();
  if (choice < bound) return choice;
  ok_ = false;
  return 0;
}

uint32_t ByteReader::Number() {
  uint32_t number = 0;
  const std::string_view bytes = Bytes(sizeof number);
  if (!bytes.empty()) std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

double ByteReader::Double() {
  double number = 0;
  const std::string_view bytes = Bytes(sizeof number);
  if (!bytes.empty()) std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

size_t ByteReader::Size() {
  const double number = Double();
  constexpr double kTooLarge = 18446744073709551616.0;
  return number > 0 && number < kTooLarge ? static_cast<size_t>(number) : 0;
}

base::Text ByteReader::Text() {
  const uint32_t head = Number();
  const size_t length = head >> 1;
  if ((head & 1U) == 0) return base::Text(std::string(Bytes(length)));
  const std::string_view bytes = Bytes(length * 2);
  std::u16string units(bytes.size() / 2, u'\0');
  if (!bytes.empty()) std::memcpy(units.data(), bytes.data(), bytes.size());
  return base::Text(std::move(units));
}

std::u16string ByteReader::Utf16() {
  const base::Text text = Text();
  if (!text.is_latin1()) return text.utf16();
  std::u16string units;
  units.reserve(text.length());
  for (const char unit : text.latin1()) units.push_back(static_cast<unsigned char>(unit));
  return units;
}

std::string ByteReader::Utf8() {
  const std::u16string units = Utf16();
  std::string utf8;
  utf8.reserve(units.size());
  for (size_t i = 0; i < units.size(); ++i) {
    const char16_t unit = units[i];
    if (IsHighSurrogate(unit) && i + 1 < units.size() && IsLowSurrogate(units[i + 1])) {
      AppendUtf8(utf8, 0x10000 + ((unit & 0x3FFU) << 10) + (units[++i] & 0x3FFU));
    } else {
      AppendUtf8(utf8, IsHighSurrogate(unit) || IsLowSurrogate(unit) ? kReplacement : unit);
    }
  }
  return utf8;
}

}  // namespace codecell::protocol
