#include "renderer.hpp"

#include <filesystem>
#include <harbor/pointer.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "envsubst.hpp"

namespace harbor::templating {
namespace {

// Twenty broken templates say enough; more would bury them.
constexpr std::size_t most_failures = 20;

/// Whether a template reads all variables at once, by `this`, `.` or `@root`, rather than by name.
/// A false yes is harmless: the file then counts as one with secrets.
bool reads_root(const Template& parsed) {
  const std::string& text = parsed.text();
  for (const std::string_view word : {"this", "@root", "{.", " .", "(."})
    if (text.find(word) != std::string::npos) return true;
  return false;
}

void add_all(const Variables& variables, std::set<std::string, std::less<>>& used) {
  for (const auto& [name, secrets] : variables.secrets) used.insert(name);
}

}  // namespace

std::string run_name(const Context& context) {
  return std::filesystem::path(context.run_dir())
      .lexically_relative(std::string(context.workspace()))
      .string();
}

Trees Renderer::render() {
  const json interpolation = input_.value("interpolation", json::object());
  const json& entries = input_.at("templates");
  for (std::size_t i = 0; i < entries.size(); ++i)
    render_entry(entry_of(entries[i], interpolation, i));
  for (const json& item : input_.value("mounted", json::array())) render_mounted(item);
  return fold(std::move(trees_), [&](const Error& error) { context_.fail(error); });
}

void Renderer::render_entry(const Entry& entry) {
  std::vector<std::string> services{""};
  if (entry.is_own()) services = input_.value("services", std::vector<std::string>());
  bool has_match = entry.is_optional || services.empty();
  for (const std::string& service : services) {
    try {
      has_match |= render_service(entry, service);
    } catch (Error& error) {
      if (error.pointer.empty() && error.labels.empty()) error.pointer = entry.pointer;
      context_.fail(error);
      has_match = true;
    }
  }
  if (has_match) return;
  context_.warn(Error(HARBOR_E_INPUT, "template.no_match",
                      "no template matches '" + entry.from + "'",
                      "correct the path, or say `optional: true`")
                    .at(entry.pointer + "/from"));
}

bool Renderer::render_service(const Entry& entry, const std::string& service) {
  if (entry.is_own()) check_service(service);
  const std::string folder = target_folder(for_service(entry.to, service), run_name(context_));
  Tree& tree = trees_.try_emplace(folder, Tree{service, {}}).first->second;
  // Shared by several services, it must outlive each of them: see abandoned().
  if (tree.service != service) tree.service.clear();
  const auto matches =
      matches_of(std::string(context_.workspace()), for_service(entry.from, service));
  for (const Match& match : matches) {
    if (const auto status = context_.cancelled(); status != HARBOR_OK)
      throw HostFailure(status, "cancelled");
    try {
      add(tree, folder, target_name(match.name), render_file(entry, service, match));
    } catch (Error& error) {
      if (!service.empty()) error.causes.push_back("while rendering for the service " + service);
      if (context_.failed() == HARBOR_OK || ++failures_ < most_failures) context_.fail(error);
    }
  }
  return !matches.empty();
}

void Renderer::render_mounted(const json& item) {
  const std::string service = item.at("service"), file = item.at("from");
  try {
    check_service(service);
    const std::string folder = target_folder(item.at("to"), run_name(context_));
    Tree& tree = trees_.try_emplace(folder, Tree{service, {}}).first->second;
    if (tree.service != service) tree.service.clear();
    const std::string& text = text_of_file(file);
    if (context_.is_partial()) return;
    const Scope& scope = scope_of(service);
    Rendered out{service, {}, file, 0644, false, {}};
    substitute_into(out, text, scope.variables, [&](const Lookup& lookup) {
      return substitute_names(text, [&](std::string_view name) {
        out.is_secret |= scope.variables.secrets.contains(name);
        return lookup(name);
      });
    });
    if (out.is_secret) own(out);
    add(tree, folder, item.at("name"), std::move(out));
  } catch (Error& error) {
    error.causes.push_back("x-harbor-config-templates of the service " + service);
    context_.fail(error);
  }
}

void Renderer::own(Rendered& out) const {
  out.mode &= 0700U;  // whoever wrote the mode may not have thought of this file
  out.owner = input_.value("users", json::object()).value(out.service, 0U);
}

void Renderer::substitute_into(Rendered& out, const std::string& text, const Variables& variables,
                               const Lookups& substitute) {
  Marked made = followed(text, [&](const Put& put) {
    return substitute([&](std::string_view name) {
      auto value = variables.text(name);
      if (value) value = put(std::move(*value), variables.secrets.contains(name));
      return value;
    });
  });
  out.text = std::move(made.text);
  out.secrets = std::move(made.secrets);
}

Rendered Renderer::render_file(const Entry& entry, const std::string& service, const Match& match) {
  Rendered out;
  out.service = service;
  out.source = match.file;
  out.mode = entry.mode;
  if (context_.is_partial()) {
    check_syntax(entry, match.file);
    return out;
  }
  const Scope& scope = scope_of(service);
  const bool escapes =
      entry.is_handlebars && !entry.no_escape.value_or(!is_markup(target_name(match.name)));
  std::set<std::string, std::less<>> used;
  if (entry.is_handlebars) {
    const Template& parsed = parsed_template(match.file);
    Marked made =
        render_marked(parsed, scope.data, {.is_strict = entry.is_strict, .escapes_html = escapes});
    out.text = std::move(made.text);
    out.secrets = std::move(made.secrets);
    for (auto& name : variables_of(parsed)) used.insert(std::move(name));
    // `this` at the top is every variable.
    if (used.contains("this") || reads_root(parsed)) add_all(scope.variables, used);
  } else {
    const Expander expand = [&](const Expand& request) { return context_.expand(request); };
    const std::string& text = text_of_file(match.file);
    substitute_into(out, text, scope.variables, [&](const Lookup& lookup) {
      const auto noted = [&](std::string_view name) {
        used.emplace(name);
        return lookup(name);
      };
      return substitute(text, noted, expand,
                        {.file = match.file, .is_strict = entry.is_strict, .only = entry.only});
    });
  }
  note_uses(used, match.file);
  for (const std::string& name : used) {
    const auto secrets = scope.variables.secrets.find(name);
    if (secrets == scope.variables.secrets.end()) continue;
    out.is_secret = true;
    own(out);
    // envsubst copies bytes, which the masker knows; helpers change them.
    if (entry.is_handlebars)
      mask_forms(context_, secrets->second, parsed_template(match.file).text(), escapes);
  }
  return out;
}

void Renderer::check_syntax(const Entry& entry, const std::string& file) {
  if (entry.is_handlebars)
    (void)parsed_template(file);
  else
    (void)text_of_file(file);
}

void Renderer::note_uses(const std::set<std::string, std::less<>>& used, const std::string& file) {
  if (context_.op() != HARBOR_OP_PLAN || !noted_.insert(file).second) return;
  for (const std::string& name : used)
    uses_[pointer_to(name)].push_back({{"by", "template"}, {"file", file}});
}

const Scope& Renderer::scope_of(const std::string& service) {
  auto& scope = scopes_[service];
  if (!scope) scope = std::make_unique<Scope>(source_.of(service));
  return *scope;
}

const std::string& Renderer::text_of_file(const std::string& file) {
  const auto known = texts_.find(file);
  if (known != texts_.end()) return known->second;
  return texts_.emplace(file, read_template(std::string(context_.workspace()), file)).first->second;
}

const Template& Renderer::parsed_template(const std::string& file) {
  const auto known = parsed_.find(file);
  if (known != parsed_.end()) return known->second;
  return parsed_.emplace(file, Template::parse(text_of_file(file), file)).first->second;
}

}  // namespace harbor::templating
