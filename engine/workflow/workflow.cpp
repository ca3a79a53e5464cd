#include "workflow/workflow.hpp"

#include <harbor/step_key.hpp>

#include <algorithm>
#include <charconv>
#include <map>

#include "document/condition.hpp"
#include "report/code_workflow.hpp"
#include "report/suggestion.hpp"
#include "workflow/duration.hpp"
#include "workflow/name.hpp"

namespace harbor::workflow {
using document::Kind;
using document::Member;
using document::Value;

namespace {

const std::vector<std::string> root_keys = {"version", "name", "description", "profiles",
                                            "plugins", "use",  "hooks"};

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool is_action_name(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
}

std::string article(Kind kind) {
  if (kind == Kind::sequence) return "a list";
  if (kind == Kind::string) return "text";
  const std::string word(to_string(kind));
  return (word.find_first_of("aeiou") == 0 ? "an " : "a ") + word;
}

class Parser {
 public:
  Parser(const Descriptor& descriptor, report::Diagnostics& diagnostics)
      : descriptor_(descriptor), diagnostics_(diagnostics) {
    for (const auto name : stage_names) out_.stages.push_back({std::string(name), {}});
  }

  Workflow parse() && {
    check_version();
    for (const Member& member : descriptor_.root.members) root_member(member);
    check_ids();
    return std::move(out_);
  }

 private:
  void error(std::string_view code, std::string message, const document::Mark& mark,
             std::string hint = {}, std::string text = {}) {
    diagnostics_.push_back(report::diagnose(
        code, std::move(message), {{descriptor_.span(mark), std::move(text)}}, std::move(hint)));
  }

  bool expect(const Value& value, Kind kind, std::string_view what) {
    if (value.kind == kind) return true;
    error(report::code::wrong_type,
          std::string(what) + " is " + article(kind) + ", not " + article(value.kind), value.mark);
    return false;
  }

  void check_version() {
    const Value* version = descriptor_.root.find("version");
    if (!version) {
      diagnostics_.push_back(report::diagnose(
          report::code::descriptor_version, "the descriptor does not say its version",
          {{{descriptor_.project.shown(descriptor_.project.descriptor), 1, 1, 1}, ""}},
          "add `version: 1` as the first line"));
    } else if (version->text != "1") {
      error(report::code::descriptor_version, "version '" + version->text + "' is not known",
            version->mark, "this Harbor reads version 1");
    }
  }

  void root_member(const Member& member) {
    if (is_stage(member.key)) return stage(member);
    if (member.key == "hooks") return hooks(member.value);
    if (member.key == "use") return choices(member.value);
    if (member.key == "plugins") return packs(member.value);
    if (contains(root_keys, member.key) || member.key.starts_with("x-")) return;
    // An action may bind the key by `descriptor.KEY`; only the planner knows the actions.
    out_.others.emplace_back(member.key, member.key_mark);
  }

  void stage(const Member& member) {
    if (member.value.kind == Kind::null) return;
    if (!expect(member.value, Kind::mapping, "stage '" + member.key + "'")) return;
    auto at = std::find_if(out_.stages.begin(), out_.stages.end(),
                           [&](const Stage& stage) { return stage.name == member.key; });
    for (const Member& part : member.value.members) {
      if (part.key == "steps") {
        steps(part.value, member.key + ".steps", member.key, at->steps);
      } else if (!part.key.starts_with("x-")) {
        at->steps.push_back(section(member.key, part));
      }
    }
  }

  Step section(const std::string& stage, const Member& part) {
    Step step;
    step.section = stage + "." + part.key;
    step.stage = stage;
    step.mark = part.key_mark;
    if (part.value.kind == Kind::mapping) {
      parameters(part.value, step);
    } else if (part.value.kind != Kind::null) {
      step.parameters.emplace_back(part.key, &part.value);
      step.parameter_marks.push_back(part.key_mark);
    }
    return step;
  }

  static void parameters(const Value& mapping, Step& step) {
    for (const Member& member : mapping.members) {
      step.parameters.emplace_back(member.key, &member.value);
      step.parameter_marks.push_back(member.key_mark);
    }
  }

  void steps(const Value& list, const std::string& what, const std::string& stage,
             std::vector<Step>& into) {
    if (list.kind == Kind::null || !expect(list, Kind::sequence, what)) return;
    into.reserve(into.size() + list.items.size());
    for (const Value& item : list.items) {
      // Many people first write a bare action name, so the message says what to write instead.
      if (item.kind == Kind::string && is_action_name(item.text)) {
        error(report::code::wrong_type, "a step is a mapping, this is text", item.mark,
              "write `- action: " + item.text + "`");
      } else if (expect(item, Kind::mapping, "a step")) {
        if (auto parsed = step(item)) {
          parsed->stage = stage;
          into.push_back(std::move(*parsed));
        }
      }
    }
  }

  std::optional<Step> step(const Value& item) {
    const Value* action = item.find("action");
    if (!action || action->kind != Kind::string || !is_action_name(action->text)) {
      if (action)
        error(report::code::wrong_type, "'" + action->text + "' is not the name of an action",
              action->mark);
      else
        missing_action(item);
      return std::nullopt;
    }
    Step out;
    out.action = action->text;
    out.mark = action->mark;
    for (const Member& member : item.members) step_member(member, out);
    return out;
  }

  void missing_action(const Value& item) {
    std::string hint = "every step names its action: `- action: ...`";
    auto mark = item.mark;
    for (const Member& member : item.members)
      if (report::nearest(member.key, {"action"})) {
        hint = "did you mean 'action'?";
        mark = member.key_mark;
      }
    error(report::code::unknown_key, "this step has no action", mark, hint);
  }

  void step_member(const Member& member, Step& out) {
    const auto& [key, key_mark, value] = member;
    if (key == "action" || key == "name") return;
    if (key == "id") return id(value, out);
    if (key == "when") return when(value, out);
    if (key == "with") {
      if (expect(value, Kind::mapping, "with")) parameters(value, out);
    } else if (key == "needs") {
      needs(value, out);
    } else if (key == "timeout") {
      if (auto time = duration(value, "timeout")) out.timeout = time;
    } else if (key == "retry") {
      retry(value, out);
    } else if (key == "continueOnError") {
      if (expect(value, Kind::boolean, "continueOnError"))
        out.continue_on_error = value.text == "true";
    } else if (key == "forEach") {
      for_each(value, out);
    } else {
      out.parameters.emplace_back(key, &value);
      out.parameter_marks.push_back(key_mark);
    }
  }

  void id(const Value& value, Step& out) {
    out.id_mark = value.mark;
    if (value.is_scalar() && is_id(value.text))
      out.id = value.text;
    else
      error(report::code::invalid_name, "'" + value.text + "' is not a step's id", value.mark,
            "letters, digits and '_', at most 64: in `${steps.ID.OUTPUT}` a '-' would begin a "
            "default");
  }

  void when(const Value& value, Step& out) {
    // Parsed now, so that `harbor check` finds a typo, and not the deploy that gets to it.
    if (!value.is_scalar())
      return error(report::code::wrong_type, "when is an expression, not " + article(value.kind),
                   value.mark);
    const auto names = document::names_in(value.text);
    if (names.error) {
      auto mark = value.mark;
      mark.column += static_cast<std::uint32_t>(names.error->offset);
      mark.length = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(names.error->length));
      return error(report::code::invalid_expression, "when: " + names.error->error, mark);
    }
    out.when = &value;
  }

  void needs(const Value& value, Step& out) {
    if (!expect(value, Kind::sequence, "needs")) return;
    out.needs.emplace();
    for (const Value& item : value.items) {
      if (item.is_scalar() && !item.text.empty())
        out.needs->emplace_back(item.text, item.mark);
      else
        error(report::code::wrong_type, "needs is a list of step ids", item.mark);
    }
  }

  std::optional<std::chrono::milliseconds> duration(const Value& value, std::string_view what) {
    auto time = value.is_scalar() ? parse_duration(value.text) : std::nullopt;
    // For some tools 0 means no limit, for others no time at all, so it is refused.
    if (!time || time->count() == 0) {
      error(report::code::bad_duration, std::string(what) + " is not a duration", value.mark,
            "for example 500ms, 30s, 5m or 1h30m");
      return std::nullopt;
    }
    return time;
  }

  void retry(const Value& value, Step& out) {
    if (!expect(value, Kind::mapping, "retry")) return;
    for (const Member& member : value.members) {
      if (member.key == "attempts") {
        const auto& text = member.value.text;
        unsigned count = 0;
        const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
        if (failed != std::errc{} || end != text.data() + text.size() || count < 1 || count > 100)
          error(report::code::wrong_type, "attempts is a number from 1 to 100", member.value.mark);
        else
          out.retry.attempts = count;
      } else if (member.key == "backoff") {
        if (auto time = duration(member.value, "backoff")) out.retry.backoff = *time;
      } else {
        error(report::code::unknown_key, "unknown key '" + member.key + "' in retry",
              member.key_mark, report::did_you_mean(member.key, {"attempts", "backoff"}));
      }
    }
  }

  void for_each(const Value& value, Step& out) {
    if (value.kind == Kind::sequence || value.kind == Kind::string)
      out.for_each = &value;
    else
      error(report::code::wrong_type,
            "forEach is a list, or a reference to one, not " + article(value.kind), value.mark);
  }

  void hooks(const Value& value) {
    if (value.kind == Kind::null || !expect(value, Kind::mapping, "hooks")) return;
    for (const Member& member : value.members) {
      Hook hook{member.key, {}, member.key_mark};
      std::string stage;
      for (const std::string_view prefix : {"pre_", "post_"})
        if (member.key.starts_with(prefix) && is_stage(member.key.substr(prefix.size())))
          stage = member.key.substr(prefix.size());
      steps(member.value, "hooks." + member.key, stage, hook.steps);
      out_.hooks.push_back(std::move(hook));
    }
  }

  void choices(const Value& value) {
    if (value.kind == Kind::null || !expect(value, Kind::mapping, "use")) return;
    for (const Member& member : value.members) {
      if (member.value.kind == Kind::string)
        out_.choices.push_back({member.key, member.value.text, member.value.mark});
      else
        error(report::code::wrong_type, "use maps an action to the id of a pack",
              member.value.mark);
    }
  }

  void packs(const Value& value) {
    if (value.kind == Kind::null || !expect(value, Kind::sequence, "plugins")) return;
    for (const Value& item : value.items) {
      const Value* path = item.kind == Kind::mapping ? item.find("path") : nullptr;
      if (path && path->kind == Kind::string && item.members.size() == 1)
        out_.packs.push_back({path->text, path->mark});
      else
        error(report::code::wrong_type, "a plugin is written as `{ path: FILE.so }`", item.mark);
    }
  }

  /// Gives every step an id; written ones must be unique.
  void check_ids() {
    std::map<std::string, document::Mark, std::less<>> taken;
    const auto each = [&](auto&& visit) {
      for (auto& stage : out_.stages)
        for (auto& step : stage.steps) visit(step);
      for (auto& hook : out_.hooks)
        for (auto& step : hook.steps) visit(step);
    };
    each([&](Step& step) {
      if (step.id.empty()) return;
      const auto [first, inserted] = taken.emplace(step.id, step.id_mark);
      if (inserted) return;
      diagnostics_.push_back(report::diagnose(report::code::duplicate_step_id,
                                              "two steps have the id '" + step.id + "'",
                                              {{descriptor_.span(step.id_mark), "the second one"},
                                               {descriptor_.span(first->second), "the first one"}},
                                              "ids are unique in the whole descriptor"));
    });
    // The id is the key of what a step saved for undo, across runs: it must not depend on anything
    // but the descriptor, and the first step of an action keeps its id when another follows.
    std::map<std::string, unsigned, std::less<>> count;
    each([&](Step& step) {
      if (!step.id.empty()) return;
      const auto& base = step.action.empty() ? step.section : step.action;
      const auto number = ++count[base];
      step.id = number == 1 ? base : base + "#" + std::to_string(number);
    });
  }

  const Descriptor& descriptor_;
  report::Diagnostics& diagnostics_;
  Workflow out_;
};

}  // namespace

bool is_stage(std::string_view name) noexcept {
  return std::find(std::begin(stage_names), std::end(stage_names), name) != std::end(stage_names);
}

bool only_prepares(std::string_view stage) noexcept {
  return stage == "source" || stage == "prepare";
}

const Stage* Workflow::stage(std::string_view name) const noexcept {
  for (const auto& stage : stages)
    if (stage.name == name) return &stage;
  return nullptr;
}

const Hook* Workflow::hook(std::string_view point) const noexcept {
  for (const auto& hook : hooks)
    if (hook.point == point) return &hook;
  return nullptr;
}

document::Mark mark_of(const Step& step, std::string_view pointer, bool at_key) {
  if (pointer.empty()) return step.mark;
  const auto slash = pointer.find('/', 1);
  const auto property = pointer.substr(1, slash == std::string_view::npos ? slash : slash - 1);
  for (std::size_t i = 0; i < step.parameters.size(); ++i) {
    if (step.parameters[i].first != property) continue;
    if (slash == std::string_view::npos)
      return at_key ? step.parameter_marks[i] : step.parameters[i].second->mark;
    return document::nearest(*step.parameters[i].second, pointer.substr(slash)).mark;
  }
  return step.mark;
}

const std::vector<std::string>& reserved_step_keys() {
  static const std::vector<std::string> keys(std::begin(step_keys), std::end(step_keys));
  return keys;
}

Workflow parse_workflow(const Descriptor& descriptor, report::Diagnostics& diagnostics) {
  return Parser(descriptor, diagnostics).parse();
}

}  // namespace harbor::workflow
