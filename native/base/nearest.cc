#include "base/nearest.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace codecell::base {

namespace {

constexpr size_t kMaxCompared = 128;  // Of a name; longer ones are compared by their beginning.
constexpr size_t kMinWord = 3;        // Shorter words say nothing.

// In lower case, without what separates words.
std::string Folded(std::string_view name) {
  std::string folded;
  for (const char unit : name.substr(0, kMaxCompared)) {
    if (unit == '_' || unit == '.') continue;
    folded.push_back(unit >= 'A' && unit <= 'Z' ? static_cast<char>(unit - 'A' + 'a') : unit);
  }
  return folded;
}

// What a name says without its namespace.
std::string_view OwnPart(std::string_view name) {
  const size_t at = std::max(name.rfind("__") == std::string_view::npos ? 0 : name.rfind("__") + 2,
                             name.rfind('.') == std::string_view::npos ? 0 : name.rfind('.') + 1);
  return name.substr(at);
}

// The words of a name, in lower case: `listIssues` and `list_issues` have two.
std::vector<std::string> WordsOf(std::string_view name) {
  std::vector<std::string> words(1);
  for (const char unit : name.substr(0, kMaxCompared)) {
    const bool is_capital = unit >= 'A' && unit <= 'Z';
    const bool separates = unit == '_' || unit == '.';
    if ((is_capital || separates) && !words.back().empty()) words.emplace_back();
    if (!separates) {
      words.back().push_back(is_capital ? static_cast<char>(unit - 'A' + 'a') : unit);
    }
  }
  return words;
}

}  // namespace

NearestNames::NearestNames(std::string_view wanted, size_t max_names)
    : wanted_(Folded(wanted)),
      own_part_(Folded(OwnPart(wanted))),
      words_(WordsOf(OwnPart(wanted))),
      max_names_(max_names) {}

size_t NearestNames::Distance(std::string_view wanted, std::string_view name) {
  std::vector<size_t> row(wanted.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < name.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < wanted.size(); ++j) {
      const size_t substituted = diagonal + (name[i] == wanted[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({substituted, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[wanted.size()];
}

std::optional<size_t> NearestNames::DistanceTo(std::string_view name) const {
  const std::string folded = Folded(name);
  const size_t distance =
      std::min(Distance(wanted_, folded), Distance(own_part_, Folded(OwnPart(name))));
  const bool contains = !wanted_.empty() && (folded.find(wanted_) != std::string::npos ||
                                             wanted_.find(folded) != std::string::npos);
  if (contains) return std::min<size_t>(distance, 2);
  if (distance <= std::max<size_t>(2, own_part_.size() / 3)) return distance;
  const auto shared =
      static_cast<size_t>(std::count_if(words_.begin(), words_.end(), [&](const std::string& word) {
        return word.size() >= kMinWord && folded.find(word) != std::string::npos;
      }));
  if (shared == 0) return {};
  return kMaxCompared + words_.size() - shared;
}

void NearestNames::Consider(std::string_view name) {
  const std::optional<size_t> distance = DistanceTo(name);
  if (!distance) return;
  const auto place =
      std::upper_bound(best_.begin(), best_.end(), *distance,
                       [](size_t value, const Candidate& other) { return value < other.distance; });
  best_.insert(place, {*distance, std::string(name)});
  if (best_.size() > max_names_) best_.pop_back();
}

std::vector<std::string> NearestNames::Take() {
  std::vector<std::string> names;
  names.reserve(best_.size());
  for (Candidate& candidate : best_) names.push_back(std::move(candidate.name));
  best_.clear();
  return names;
}

}  // namespace codecell::base
