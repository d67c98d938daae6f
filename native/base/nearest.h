#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace codecell::base {

// Collects the names that are nearest to a wanted one: by edit distance of the names or of their
// last parts, ignoring case and separators; because one contains the other; else because they share
// words.
class NearestNames {
 public:
  NearestNames(std::string_view wanted, size_t max_names);

  void Consider(std::string_view name);
  // The best first.
  std::vector<std::string> Take();

 private:
  struct Candidate {
    size_t distance;
    std::string name;
  };

  static size_t Distance(std::string_view wanted, std::string_view name);
  // Empty: they have nothing in common.
  std::optional<size_t> DistanceTo(std::string_view name) const;

  // All in lower case and without separators.
  const std::string wanted_;
  const std::string own_part_;  // Without its namespace.
  const std::vector<std::string> words_;
  const size_t max_names_;
  std::vector<Candidate> best_;
};

}  // namespace codecell::base
