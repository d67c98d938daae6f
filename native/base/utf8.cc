#include "base/utf8.h"

#include <algorithm>
#include <cstdint>

namespace codecell::base {

namespace {

struct Lead {
  size_t length;  // Of the whole character; 0: no character begins with this byte.
  // The range of the second byte, which keeps out surrogates, what is too large, and numbers that
  // have a shorter form.
  uint8_t least = 0x80;
  uint8_t most = 0xBF;
};

Lead LeadOf(uint8_t byte) {
  if (byte < 0x80) return {1};
  if (byte >= 0xC2 && byte <= 0xDF) return {2};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {3};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return {4};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0};
}

uint8_t ByteAt(std::string_view bytes, size_t i) { return static_cast<uint8_t>(bytes[i]); }

// How many of the bytes from `at` on, at most `lead.length`, are those of one character.
size_t MatchedBytes(std::string_view bytes, size_t at, const Lead& lead) {
  const size_t end = std::min(bytes.size(), at + lead.length);
  for (size_t i = at + 1; i < end; ++i) {
    const bool is_second = i == at + 1;
    const uint8_t byte = ByteAt(bytes, i);
    if (byte < (is_second ? lead.least : 0x80) || byte > (is_second ? lead.most : 0xBF)) {
      return i - at;
    }
  }
  return end - at;
}

}  // namespace

bool IsUtf8(std::string_view bytes) {
  for (size_t at = 0; at < bytes.size();) {
    const Lead lead = LeadOf(ByteAt(bytes, at));
    if (lead.length == 0 || MatchedBytes(bytes, at, lead) != lead.length) return false;
    at += lead.length;
  }
  return true;
}

size_t OpenUtf8Bytes(std::string_view bytes) {
  constexpr size_t kLongestOpen = 3;
  for (size_t open = 1; open <= std::min(kLongestOpen, bytes.size()); ++open) {
    const size_t at = bytes.size() - open;
    const Lead lead = LeadOf(ByteAt(bytes, at));
    if (lead.length > open && MatchedBytes(bytes, at, lead) == open) return open;
  }
  return 0;
}

}  // namespace codecell::base
