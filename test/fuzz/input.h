#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/text.h"

namespace codecell::fuzz {

// The bytes that libFuzzer tries, read from the front. Once they are used up, numbers are zero and
// texts empty.
class Input {
 public:
  explicit Input(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  bool done() const { return bytes_.empty(); }
  uint8_t Byte();
  // At least 0, less than `bound`.
  uint32_t Below(uint32_t bound);
  uint32_t Number();
  // A text of at most 255 units, in one of the forms that an engine may hold it in.
  base::Text Text();
  std::span<const uint8_t> Rest() const { return bytes_; }

 private:
  std::span<const uint8_t> Bytes(size_t count);

  std::span<const uint8_t> bytes_;
};

std::string Latin1(std::span<const uint8_t> bytes);
// Two bytes a unit, the lower first; an odd one at the end is dropped.
std::u16string Utf16(std::span<const uint8_t> bytes);
// What is not UTF-8 becomes U+FFFD.
std::u16string FromUtf8(std::span<const uint8_t> bytes);
// With U+FFFD for every lone surrogate.
std::u16string WellFormed(std::u16string units);
std::u16string ToUtf16(const base::Text& text);

// Ends the process, which makes libFuzzer keep the input, where a claim does not hold.
void Expect(bool holds, const char* claim);

}  // namespace codecell::fuzz
