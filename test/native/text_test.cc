#include "base/text.h"

#include <string>
#include <utility>

#include "check.h"

namespace codecell::test {

namespace {

using base::Text;
using namespace std::string_literals;

void NarrowedTakesOneByteAUnitWhereAllFit() {
  const Text text = Text::Narrowed(u"a\u0000\u007f\u0080\u00ff"s);
  Expect(text.is_latin1(), "units up to U+00FF are narrow");
  Expect(text.latin1() == "a\0\x7f\x80\xff"s, "each unit is its byte");
  Expect(text.length() == 5 && text.size_bytes() == 5, "one byte a unit");
}

void NarrowedKeepsTwoBytesWhereOneUnitDoesNotFit() {
  for (const char16_t wide : {u'\u0100', u'\uffff', static_cast<char16_t>(0xD800)}) {
    const std::u16string units = u"abc"s + wide;
    const Text text = Text::Narrowed(units);
    Expect(!text.is_latin1(), "a unit past U+00FF is wide");
    Expect(text.utf16() == units, "the units are kept, lone surrogates too");
    Expect(text.length() == 4 && text.size_bytes() == 8, "two bytes a unit");
  }
}

void NarrowedIsTheSameForEachPlaceOfAWideUnit() {
  for (size_t place = 0; place < 40; ++place) {
    std::u16string units(40, u'x');
    units[place] = u'\u0416';
    Expect(!Text::Narrowed(units).is_latin1(), "a wide unit is found at every place");
  }
}

void EmptyTextsAreEmpty() {
  for (const Text& text : {Text(), Text(""s), Text(u""s), Text::Narrowed({}), Text::Ascii("")}) {
    Expect(text.empty() && text.size_bytes() == 0, "empty in each form");
  }
  Expect(!Text("\0"s).empty(), "a NUL is a unit");
  Expect(Text::Narrowed({}).is_latin1(), "nothing is narrow");
}

void CrossesByBeingMoved() {
  Text from(std::u16string(1000, u'\u4e00'));
  const char16_t* units = from.utf16().data();
  const Text to = std::move(from);
  Expect(to.utf16().data() == units, "moving copies no unit");
}

const Test kTests[] = {
    {"Text: narrowed to one byte a unit where all fit", NarrowedTakesOneByteAUnitWhereAllFit},
    {"Text: two bytes a unit where one does not fit", NarrowedKeepsTwoBytesWhereOneUnitDoesNotFit},
    {"Text: one wide unit widens it at every place", NarrowedIsTheSameForEachPlaceOfAWideUnit},
    {"Text: empty in every form, and a NUL is not nothing", EmptyTextsAreEmpty},
    {"Text: moving it copies nothing", CrossesByBeingMoved},
};

}  // namespace

std::span<const Test> TextTests() { return kTests; }

}  // namespace codecell::test
