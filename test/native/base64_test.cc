#include "base/base64.h"

#include <optional>
#include <string>
#include <string_view>

#include "check.h"

namespace codecell::test {

namespace {

void EncodesEveryLength() {
  Expect(base::ToBase64("").empty(), "nothing");
  Expect(base::ToBase64("f") == "Zg==", "one byte");
  Expect(base::ToBase64("fo") == "Zm8=", "two bytes");
  Expect(base::ToBase64("foo") == "Zm9v", "three bytes");
  Expect(base::ToBase64("\xfb\xff") == "+/8=", "the last letters of the alphabet");
}

void DecodesWhatItEncodes() {
  Numbers numbers(7);
  for (unsigned length = 0; length < 200; ++length) {
    std::string bytes;
    for (unsigned i = 0; i < length; ++i) bytes.push_back(static_cast<char>(numbers.Below(256)));
    Expect(base::FromBase64(base::ToBase64(bytes)) == bytes, "bytes of every length");
  }
}

void IsForgiving() {
  Expect(base::FromBase64(" Z\tg\n=\f=\r") == "f", "white space anywhere");
  Expect(base::FromBase64("Zg") == "f" && base::FromBase64("Zm8") == "fo", "no padding");
  Expect(base::FromBase64("Zh==") == "f", "bits that are left over");
}

void RefusesWhatIsNone() {
  for (const std::string_view text :
       {"A", "AAAAA", "=", "====", "A===", "Zg=", "AA=A", "AAA=A", "A\xe9==", "AA-_", "AA\v="}) {
    Expect(base::FromBase64(text) == std::nullopt, text);
  }
}

const Test kTests[] = {
    {"Base64: encodes bytes of every length", EncodesEveryLength},
    {"Base64: decodes what it encodes", DecodesWhatItEncodes},
    {"Base64: bears white space, and padding that is absent", IsForgiving},
    {"Base64: refuses what is none", RefusesWhatIsNone},
};

}  // namespace

std::span<const Test> Base64Tests() { return kTests; }

}  // namespace codecell::test
