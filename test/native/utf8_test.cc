#include "base/utf8.h"

#include <string_view>

#include "check.h"

namespace codecell::test {

namespace {

void TakesCharactersOfEveryLength() {
  for (const std::string_view text :
       {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "a\xc3\xa9z"}) {
    Expect(base::IsUtf8(text), text);
    Expect(base::OpenUtf8Bytes(text) == 0, text);
  }
}

void RefusesWhatIsNone() {
  for (const std::string_view text :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x98",
        "\xc3\x61", "\xe2\x82\x61"}) {
    Expect(!base::IsUtf8(text), text);
  }
}

void FindsWhatIsStillOpen() {
  Expect(base::OpenUtf8Bytes("a\xc3") == 1, "of two bytes");
  Expect(base::OpenUtf8Bytes("a\xe2") == 1 && base::OpenUtf8Bytes("\xe2\x82") == 2,
         "of three bytes");
  Expect(base::OpenUtf8Bytes("\xf0\x9f\x98") == 3, "of four bytes");
  Expect(base::OpenUtf8Bytes("\xe0\x80") == 0 && base::OpenUtf8Bytes("\xf4\x90") == 0,
         "what no byte can complete");
  Expect(base::OpenUtf8Bytes("\x82\x82") == 0 && base::OpenUtf8Bytes("\xff") == 0, "no beginning");
}

const Test kTests[] = {
    {"Utf8: takes characters of every length", TakesCharactersOfEveryLength},
    {"Utf8: refuses surrogates, long forms, and what is cut", RefusesWhatIsNone},
    {"Utf8: finds a character at the end that further bytes may complete", FindsWhatIsStillOpen},
};

}  // namespace

std::span<const Test> Utf8Tests() { return kTests; }

}  // namespace codecell::test
