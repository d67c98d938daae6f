#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/text.h"

namespace codecell::protocol {

// Appends the fields of frames to a string of bytes. All numbers are little-endian.
class ByteWriter {
 public:
  explicit ByteWriter(std::string& to) : to_(to) {}

  void PutByte(uint8_t byte) { to_.push_back(static_cast<char>(byte)); }
  void PutFlag(bool flag) { PutByte(flag ? 1 : 0); }
  void PutNumber(uint32_t number);
  void PutDouble(double number);
  // Length in units times two, plus one if they are UTF-16; then the units.
  void PutText(const base::Text& text);
  // The same, of a text that is ASCII.
  void PutAscii(std::string_view ascii);

 private:
  std::string& to_;
};

// Reads the fields of one frame. Past the end, or after a field that cannot be, every field is
// empty and ok() is false: what is read is to be used only if ok() says so at the end.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  uint8_t Byte();
  bool Flag();
  // At least 0, less than `bound`.
  uint8_t Choice(uint8_t bound);
  uint32_t Number();
  double Double();
  // A number of bytes or of things; 0 where it is none.
  size_t Size();
  base::Text Text();
  std::u16string Utf16();
  // A text, as UTF-8; a lone surrogate becomes U+FFFD.
  std::string Utf8();

  bool ok() const { return ok_; }
  // Whether all has been read, and nothing is left.
  bool done() const { return ok_ && bytes_.empty(); }
  void Fail() { ok_ = false; }

 private:
  // Empty where there are not so many.
  std::string_view Bytes(size_t count);

  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace codecell::protocol
