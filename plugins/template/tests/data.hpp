// The data that templates of the tests read.
#pragma once

#include "handlebars.hpp"

namespace harbor::test {

using templating::Json;

inline const Json& values() {
  static const Json all = Json::parse(R"({
    "A": "alpha", "B": "<b>&\"'`=", "n": 5, "zero": 0, "half": 0.5, "yes": true, "no": false, "nil": null, "empty": "",
    "list": ["x", "y", "z"], "none": [], "nums": [1, 2.5, -3], "grid": [[1, 2], [3]],
    "objs": [{"name": "p", "v": 1, "tags": ["q", "r"]}, {"name": "s", "v": 0, "tags": []}],
    "o": {"k1": "v1", "k2": {"deep": "d", "A": "inner"}, "k 3": "spaced"}, "nothing": {}, "a b": "ab",
    "mixed": ["", 0, false, "w", {"A": "mx"}], "s": "Text \u00e9 \u65e5 \ud83d\udea2", "lines": "a\nb", "tag": "{{A}}"
  })");
  return all;
}

}  // namespace harbor::test
