#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace codecell::base {

// Base64 as the web's btoa and atob have it: the standard alphabet. Decoding skips ASCII whitespace
// and lets the padding be absent, and is empty for what is not base64.
std::string ToBase64(std::string_view bytes);
std::optional<std::string> FromBase64(std::string_view text);

}  // namespace codecell::base
