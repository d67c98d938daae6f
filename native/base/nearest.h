#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace codecell::base {

// Collects the names that are nearest to a wanted one: by edit distance, ignoring case, or because
// one contains the other.
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

  size_t Distance(std::string_view name) const;

  const std::string wanted_;  // Lower case.
  const size_t max_names_;
  std::vector<Candidate> best_;
};

}  // namespace codecell::base
