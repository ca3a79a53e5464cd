// The shapes in which a secret shows up in logs, files and requests.
#pragma once

#include <string_view>

#include "secret/memory.hpp"

namespace harbor::secret {

/// Every form of `value` and of its lines, with and without the white space around them, with at
/// least `shortest` bytes, sorted and unique:
/// - as it is, and as it looks when its invalid UTF-8 was replaced;
/// - base64 and base64url: whole (with and without padding, and in lines of 64 and 76), and at each
/// of the three
///   shifts that it may have inside longer data, as far as it does not depend on its neighbours;
/// - percent-encoded: as a component, as a whole URI, as a query with "+"; upper and lower hex;
/// - JSON-escaped: plainly, with < > & escaped, and in pure ASCII;
/// - shell-quoted: inside single and double quotes, and with backslashes;
/// - as Go's %q and %+q quote it.
[[nodiscard]] WipedVector<WipedString> secret_forms(std::string_view value, std::size_t shortest);

}  // namespace harbor::secret
