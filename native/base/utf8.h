#pragma once

#include <cstddef>
#include <string_view>

namespace codecell::base {

// Whether all bytes are well-formed UTF-8.
bool IsUtf8(std::string_view bytes);

// How many bytes at the end begin a character that further bytes may complete.
size_t OpenUtf8Bytes(std::string_view bytes);

}  // namespace codecell::base
