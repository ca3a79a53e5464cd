// harbor/place.hpp - turns byte offsets into lines and columns, for the labels of failures.
#pragma once

#include <algorithm>
#include <cstddef>
#include <harbor/error.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace harbor {

/// The places of one file. Keeps no reference to the text.
class Places {
 public:
  Places(std::string_view text, std::string file) : file_(std::move(file)), starts_{0} {
    for (std::size_t i = text.find('\n'); i != std::string_view::npos; i = text.find('\n', i + 1))
      starts_.push_back(i + 1);
  }

  Label label(std::size_t offset, std::size_t length) const {
    const auto behind = std::upper_bound(starts_.begin(), starts_.end(), offset);
    const auto line = static_cast<unsigned>(behind - starts_.begin());
    const auto column = static_cast<unsigned>(offset - starts_[line - 1] + 1);
    return {file_, line, column, static_cast<unsigned>(length), {}};
  }

 private:
  std::string file_;
  std::vector<std::size_t> starts_;
};

}  // namespace harbor
