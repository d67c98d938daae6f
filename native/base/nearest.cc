#include "base/nearest.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace codecell::base {

namespace {

constexpr size_t kMaxCompared = 128;  // Of a name; longer ones are compared by their beginning.

std::string Lowered(std::string_view name) {
  std::string lowered(name.substr(0, kMaxCompared));
  for (char& unit : lowered) {
    if (unit >= 'A' && unit <= 'Z') unit = static_cast<char>(unit - 'A' + 'a');
  }
  return lowered;
}

}  // namespace

NearestNames::NearestNames(std::string_view wanted, size_t max_names)
    : wanted_(Lowered(wanted)), max_names_(max_names) {}

size_t NearestNames::Distance(std::string_view name) const {
  std::vector<size_t> row(wanted_.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < name.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < wanted_.size(); ++j) {
      const size_t substituted = diagonal + (name[i] == wanted_[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({substituted, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[wanted_.size()];
}

void NearestNames::Consider(std::string_view name) {
  const std::string lowered = Lowered(name);
  size_t distance = Distance(lowered);
  const bool contains = !wanted_.empty() && (lowered.find(wanted_) != std::string::npos ||
                                             wanted_.find(lowered) != std::string::npos);
  if (contains) distance = std::min<size_t>(distance, 2);
  if (distance > std::max<size_t>(2, wanted_.size() / 3)) return;
  const auto place =
      std::upper_bound(best_.begin(), best_.end(), distance,
                       [](size_t value, const Candidate& other) { return value < other.distance; });
  best_.insert(place, {distance, std::string(name)});
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
