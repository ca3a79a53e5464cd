// One step of a plan: a value that is complete except for the catalog in which its action is looked
// up.
#pragma once

#include <chrono>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document/value.hpp"
#include "plan/catalog.hpp"
#include "plan/record.hpp"
#include "workflow/workflow.hpp"

namespace harbor::plan {

/// A value of the descriptor with `${...}` in it, or a `when`, resolved when the step runs. It owns
/// its text and its marks, so that errors at that time point at where it was written.
using Expression = document::Value;

/// An artifact of an earlier step, bound to an input property.
struct Bound {
  std::string property;
  std::string artifact;
  bool required = false;
  std::size_t step = 0;  ///< index into Plan::steps
};

/// An input property that is known only when the step runs.
struct Open {
  std::string property;
  Expression value;
};

/// Where a part of a step's parameters was written.
struct Place {
  std::string pointer;  ///< RFC 6901, into the step's input
  document::Mark key;   ///< of a parameter's key; nowhere for a value within a parameter
  document::Mark value;
};

struct PlannedStep {
  std::string id;
  std::string stage;    ///< "command" for a step that the command line asked for
  std::string action;   ///< its name
  std::string pack;     ///< the id of the pack that was chosen to provide it
  bool writes = false;  ///< it may change something, see may_write()

  nlohmann::json fixed = nlohmann::json::object();  ///< properties that are known
  std::vector<Open> open;
  std::vector<Bound> bound;
  bool reads_env = false;  ///< an expression of it reads a plain name

  std::optional<Expression> when;
  std::optional<Expression> for_each;
  std::optional<std::chrono::milliseconds> timeout;
  workflow::Retry retry;
  bool continue_on_error = false;
  std::string otherwise;           ///< the warning when it fails; empty: the text of its failure
  std::vector<std::size_t> after;  ///< steps of its stage that must have ended; ascending

  document::Mark mark;        ///< nowhere for a step that the descriptor does not hold
  std::vector<Place> places;  ///< of the parameters, in the written order

  std::optional<SavedState>
      saved;            ///< by the step of an earlier run that this one undoes or asks about
  bool undoes = false;  ///< it undoes what that step did
};

/// Whether a step of `action` with this input may change something: the action may, and no property
/// that asks for that ("writes" among its marks) is left out or false.
[[nodiscard]] bool may_write(const ResolvedAction& action, const PlannedStep& step);

/// The place that an RFC 6901 pointer into the step's input means; `at_key`: the key, not its
/// value. A value without a place of its own has that of the nearest enclosing value, or the
/// step's.
[[nodiscard]] document::Mark mark_of(const PlannedStep& step, std::string_view pointer,
                                     bool at_key = false);

/// The places of everything in a written step's parameters.
[[nodiscard]] std::vector<Place> places_of(const workflow::Step& step);

}  // namespace harbor::plan
