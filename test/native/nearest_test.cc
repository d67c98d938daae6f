#include "base/nearest.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "check.h"

namespace codecell::test {

namespace {

using Names = std::vector<std::string>;

constexpr size_t kMaxNames = 3;

Names Nearest(std::string_view wanted, std::initializer_list<std::string_view> names) {
  base::NearestNames nearest(wanted, kMaxNames);
  for (const std::string_view name : names) nearest.Consider(name);
  return nearest.Take();
}

void FindsMisspelledNames() {
  const std::initializer_list<std::string_view> names = {"search", "fetch", "list_files", "add"};
  Expect(Nearest("serach", names) == Names{"search"}, "two letters swapped");
  Expect(Nearest("listfiles", names) == Names{"list_files"}, "a sign left out");
  Expect(Nearest("SEARCH", names) == Names{"search"}, "in capitals");
  Expect(Nearest("frobnicate_everything", names).empty(), "nothing that is alike");
}

void FindsNamesThatHoldTheOther() {
  Expect(Nearest("files", {"mcp__server__list_files"}) == Names{"mcp__server__list_files"},
         "a name that holds the wanted one");
  Expect(Nearest("mcp__server__list_files", {"files"}) == Names{"files"},
         "a name the wanted one holds");
  Expect(Nearest("getissuesnow", {"issue"}) == Names{"issue"}, "one that is no word of its own");
}

void GivesTheBestFirst() {
  Expect(Nearest("abcdefghi", {"abcdefgxx", "abcdefghx", "abcdefghi", "abcdefghij"}) ==
             Names{"abcdefghi", "abcdefghx", "abcdefghij"},
         "by distance, those of one distance in their order, and no more than asked for");
  base::NearestNames none("abc", 0);
  none.Consider("abc");
  Expect(none.Take().empty(), "none where none is asked for");
}

void BearsOddNames() {
  Expect(Nearest("", {"abc", "ab", ""}) == Names({"", "ab"}), "an empty wanted name");
  const std::string endless(1'000'000, 'x');
  Expect(Nearest(endless, {endless}) == Names{endless}, "a long one, and it is given whole");
  const std::string bytes("\xff\x00\x80 \xc3\xa9", 6);
  Expect(Nearest(bytes, {bytes, "plain"}) == Names{bytes}, "bytes of any value");
}

void TakingEmptiesIt() {
  base::NearestNames nearest("abc", kMaxNames);
  nearest.Consider("abc");
  Expect(nearest.Take().size() == 1, "the first time");
  Expect(nearest.Take().empty(), "the second time");
}

const Test kTests[] = {
    {"NearestNames: finds a misspelled name, and nothing for one unlike all", FindsMisspelledNames},
    {"NearestNames: finds a name that holds the other", FindsNamesThatHoldTheOther},
    {"NearestNames: gives the best first and no more than asked for", GivesTheBestFirst},
    {"NearestNames: bears empty, endless and binary names", BearsOddNames},
    {"NearestNames: is empty once taken", TakingEmptiesIt},
};

}  // namespace

std::span<const Test> NearestTests() { return kTests; }

}  // namespace codecell::test
