#pragma once

#include <optional>
#include <utility>
#include <variant>

namespace codecell::base {

// A value, or the error that stands in its place.
template <typename T, typename E>
class Result {
 public:
  // `return value;` and `return error;` are the ways to make one.
  // NOLINTBEGIN(google-explicit-constructor)
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}
  // NOLINTEND(google-explicit-constructor)

  bool ok() const { return state_.index() == 0; }
  T& value() { return *std::get_if<0>(&state_); }
  E& error() { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, E> state_;
};

}  // namespace codecell::base
