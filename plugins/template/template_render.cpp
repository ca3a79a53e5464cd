// template.render: configs out of templates, for each service.
#include <harbor/action.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "action.hpp"
#include "diff.hpp"
#include "envsubst.hpp"
#include "handlebars.hpp"
#include "manifest.hpp"
#include "source.hpp"
#include "variable.hpp"

namespace harbor::templating {
namespace {

/// One entry of `templates`.
struct Entry {
  std::string from, to;
  bool is_handlebars = true;
  bool is_strict = true;
  bool is_optional = false;
  std::optional<bool> no_escape;
  std::optional<std::set<std::string, std::less<>>> only;
  std::uint32_t mode = 0600;
  std::string pointer;

  /// Rendered for each service, not once.
  [[nodiscard]] bool is_own() const {
    constexpr std::string_view mark = "${service}";
    return from.find(mark) != std::string::npos || to.find(mark) != std::string::npos;
  }
};

struct Rendered {
  std::string service, text, source;
  std::uint32_t mode = 0600;
  bool is_secret = false;
};

/// A folder that is the step's own.
struct Tree {
  std::string service;                    ///< that it is of; "" for one that several share
  std::map<std::string, Rendered> files;  ///< by path beneath the folder
};
/// By folder beneath the run folder. None is within another.
using Trees = std::map<std::string, Tree>;

/// 644, "644" and "0644": digits are octal however they are written.
std::uint32_t mode_of(const json& mode, const std::string& pointer) {
  const std::string digits = mode.is_string() ? mode.get<std::string>() : mode.dump();
  if (digits.empty() || digits.size() > 4 ||
      digits.find_first_not_of("01234567") != std::string::npos ||
      (digits.size() == 4 && digits[0] != '0'))
    throw Error(HARBOR_E_INPUT, "template.bad_mode", "'" + digits + "' are not permissions",
                "write three octal digits, for example 0644")
        .at(pointer + "/mode");
  return static_cast<std::uint32_t>(std::stoul(digits, nullptr, 8));
}

Entry entry_of(const json& given, const json& interpolation, std::size_t index) {
  Entry entry;
  entry.from = given.at("from");
  entry.to = given.at("to");
  entry.is_handlebars =
      given.value("engine", interpolation.value("engine", "handlebars")) == "handlebars";
  entry.is_strict = given.value("strict", true);
  entry.is_optional = given.value("optional", false);
  if (given.contains("noEscape")) entry.no_escape = given["noEscape"].get<bool>();
  if (given.contains("only")) entry.only = given["only"].get<std::set<std::string, std::less<>>>();
  entry.pointer = "/templates/" + std::to_string(index);
  if (given.contains("mode")) entry.mode = mode_of(given["mode"], entry.pointer);
  return entry;
}

/// The run folder from the project folder: "var/run".
std::string run_name(const Context& context) {
  return std::filesystem::path(context.run_dir())
      .lexically_relative(std::string(context.workspace()))
      .string();
}

/// Variables of a service, with their index for templates.
struct Scope {
  explicit Scope(Variables all) : variables(std::move(all)), data(variables.root) {}
  Variables variables;
  Data data;
};

/// Renders all entries. Failures of single files are recorded, so that all are seen at once.
class Renderer {
 public:
  Renderer(Context& context, const json& input)
      : context_(context), input_(input), source_(context, input) {}

  /// Which templates use which variables, as emit_origin() takes it; known behind a render() that
  /// plans.
  [[nodiscard]] const json& uses() const { return uses_; }

  Trees render() {
    const json interpolation = input_.value("interpolation", json::object());
    const json& entries = input_.at("templates");
    for (std::size_t i = 0; i < entries.size(); ++i)
      render_entry(entry_of(entries[i], interpolation, i));
    for (const json& item : input_.value("mounted", json::array())) render_mounted(item);
    return fold();
  }

 private:
  void render_entry(const Entry& entry) {
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

  bool render_service(const Entry& entry, const std::string& service) {
    if (entry.is_own()) check_service(service);
    const std::string folder = target_folder(for_service(entry.to, service), run_name(context_));
    Tree& tree = trees_.try_emplace(folder, Tree{service, {}}).first->second;
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
        if (context_.failed() == HARBOR_OK || ++failures_ < 20) context_.fail(error);
      }
    }
    return !matches.empty();
  }

  /// One file that a compose file mounts. Without a secret in it, every user of the container may
  /// read it.
  void render_mounted(const json& item) {
    const std::string service = item.at("service"), file = item.at("from");
    try {
      check_service(service);
      const std::string folder = target_folder(item.at("to"), run_name(context_));
      Tree& tree = trees_.try_emplace(folder, Tree{service, {}}).first->second;
      if (tree.service != service) tree.service.clear();
      const Scope& scope = scope_of(service);
      Rendered out{service, {}, file, 0644, false};
      out.text = substitute_names(text_of_file(file), [&](std::string_view name) {
        out.is_secret |= scope.variables.secrets.contains(name);
        return scope.variables.text(name);
      });
      if (out.is_secret) out.mode = 0600;
      add(tree, folder, item.at("name"), std::move(out));
    } catch (Error& error) {
      error.causes.push_back("x-harbor-config-templates of the service " + service);
      context_.fail(error);
    }
  }

  static void add(Tree& tree, const std::string& folder, const std::string& name,
                  Rendered rendered) {
    const std::string source = rendered.source;
    const auto [at, is_new] = tree.files.emplace(name, std::move(rendered));
    if (is_new) return;
    throw Error(HARBOR_E_INPUT, "template.collision",
                source + " and " + at->second.source + " both render to " + folder + "/" + name,
                "put `${service}` into `to`, or rename one of them");
  }

  Rendered render_file(const Entry& entry, const std::string& service, const Match& match) {
    Rendered out;
    out.service = service;
    out.source = match.file;
    out.mode = entry.mode;
    const Scope& scope = scope_of(service);
    const bool escapes =
        entry.is_handlebars && !entry.no_escape.value_or(!is_markup(target_name(match.name)));
    std::set<std::string, std::less<>> used;
    if (entry.is_handlebars) {
      const Template& parsed = parsed_template(match.file);
      out.text = templating::render(parsed, scope.data,
                                    {.is_strict = entry.is_strict, .escapes_html = escapes});
      for (auto& name : variables_of(parsed)) used.insert(std::move(name));
      // `this` is all there is.
      if (used.contains("this") || reads_root(parsed)) add_all(scope.variables, used);
    } else {
      const auto lookup = [&](std::string_view name) {
        used.emplace(name);
        return scope.variables.text(name);
      };
      const Expander expand = [&](const Expand& request) { return context_.expand(request); };
      out.text = substitute(text_of_file(match.file), lookup, expand,
                            {.file = match.file, .is_strict = entry.is_strict, .only = entry.only});
    }
    note_uses(used, match.file);
    for (const std::string& name : used) {
      const auto secrets = scope.variables.secrets.find(name);
      if (secrets == scope.variables.secrets.end()) continue;
      out.is_secret = true;
      if (entry.is_handlebars)
        mask_forms(context_, secrets->second, parsed_template(match.file).text(), escapes);
    }
    return out;
  }

  /// Each file once, however many services it is rendered for.
  void note_uses(const std::set<std::string, std::less<>>& used, const std::string& file) {
    if (context_.op() != HARBOR_OP_PLAN || !noted_.insert(file).second) return;
    for (const std::string& name : used) {
      std::string pointer = "/";
      for (const char c : name) pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
      uses_[pointer].push_back({{"by", "template"}, {"file", file}});
    }
  }

  /// Whether a template names all variables at once, by `this`, `.` or `@root`, rather than one by
  /// one. Too often yes is fine: the file then counts as one with secrets.
  static bool reads_root(const Template& parsed) {
    const std::string& text = parsed.text();
    for (const std::string_view word : {"this", "@root", "{.", " .", "(."})
      if (text.find(word) != std::string::npos) return true;
    return false;
  }

  static void add_all(const Variables& variables, std::set<std::string, std::less<>>& used) {
    for (const auto& [name, secrets] : variables.secrets) used.insert(name);
  }

  const Scope& scope_of(const std::string& service) {
    auto& scope = scopes_[service];
    if (!scope) scope = std::make_unique<Scope>(source_.of(service));
    return *scope;
  }

  const std::string& text_of_file(const std::string& file) {
    const auto known = texts_.find(file);
    if (known != texts_.end()) return known->second;
    return texts_.emplace(file, read_template(std::string(context_.workspace()), file))
        .first->second;
  }

  const Template& parsed_template(const std::string& file) {
    const auto known = parsed_.find(file);
    if (known != parsed_.end()) return known->second;
    return parsed_.emplace(file, Template::parse(text_of_file(file), file)).first->second;
  }

  /// A folder within another one becomes a part of it.
  Trees fold() {
    Trees folded;
    for (auto& [folder, tree] : trees_) {
      std::string outer;
      for (auto slash = folder.find('/'); outer.empty() && slash != std::string::npos;
           slash = folder.find('/', slash + 1))
        if (trees_.contains(folder.substr(0, slash))) outer = folder.substr(0, slash);
      if (outer.empty()) {
        folded.emplace(folder, std::move(tree));
        continue;
      }
      for (auto& [name, rendered] : tree.files) {
        try {
          add(folded.at(outer), outer, folder.substr(outer.size() + 1) + "/" + name,
              std::move(rendered));
        } catch (const Error& error) {
          context_.fail(error);
        }
      }
    }
    return folded;
  }

  Context& context_;
  const json& input_;
  VariableSource source_;
  std::map<std::string, std::unique_ptr<Scope>> scopes_;
  std::map<std::string, std::string> texts_;
  std::map<std::string, Template> parsed_;
  Trees trees_;
  json uses_ = json::object();
  std::set<std::string> noted_;
  std::size_t failures_ = 0;
};

std::vector<OutputFile> files_of(const Tree& tree) {
  std::vector<OutputFile> files;
  for (const auto& [name, rendered] : tree.files)
    files.push_back({.path = name, .parts = {rendered.text}, .mode = rendered.mode});
  return files;
}

json configs_of(const Trees& trees, const std::string& run) {
  json configs = json::array();
  for (const auto& [folder, tree] : trees)
    for (const auto& [name, rendered] : tree.files)
      configs.push_back({{"service", rendered.service},
                         {"path", run + "/" + folder + "/" + name},
                         {"secret", rendered.is_secret}});
  return configs;
}

/// Folders of the last time whose entries are gone: of services that are chosen again, or of none.
std::vector<std::string> abandoned(const Manifest& before, const Trees& trees, const json& input) {
  const auto services = input.value("services", std::vector<std::string>());
  std::vector<std::string> folders;
  for (const auto& [folder, service] : before.folders) {
    const bool is_chosen =
        service.empty() || std::find(services.begin(), services.end(), service) != services.end();
    const bool is_used =
        std::any_of(trees.begin(), trees.end(), [&path = folder](const auto& tree) {
          return is_within(tree.first, path) || is_within(path, tree.first);
        });
    if (is_chosen && !is_used) folders.push_back(folder);
  }
  return folders;
}

/// The manifest behind this run; what is not touched by it stays as it was.
Manifest manifest_of(const Manifest& before, const Trees& trees,
                     const std::vector<std::string>& gone) {
  Manifest after{true, {}, {}};
  const auto is_touched = [&](const std::string& path) {
    return std::any_of(trees.begin(), trees.end(),
                       [&](const auto& tree) { return is_within(path, tree.first); }) ||
           std::any_of(gone.begin(), gone.end(),
                       [&](const auto& folder) { return is_within(path, folder); });
  };
  for (const auto& entry : before.folders)
    if (!is_touched(entry.first)) after.folders.insert(entry);
  for (const auto& path : before.secrets)
    if (!is_touched(path)) after.secrets.insert(path);
  for (const auto& [folder, tree] : trees) {
    after.folders.emplace(folder, tree.service);
    for (const auto& [name, rendered] : tree.files)
      if (rendered.is_secret) after.secrets.insert(folder + "/" + name);
  }
  return after;
}

Result run_render(Context& context, const json& input) {
  const Trees trees = Renderer(context, input).render();
  if (context.failed() != HARBOR_OK) return {};
  const Manifest before = read_manifest(context, manifest_path(context));
  const auto gone = abandoned(before, trees, input);
  const Manifest after = manifest_of(before, trees, gone);
  if (!after.folders.empty() || !before.folders.empty())
    context.save_state({{"manifest", manifest_path(context)}});
  // Whoever is killed meanwhile leaves secrets that are known as such.
  Manifest meanwhile = after;
  meanwhile.folders.insert(before.folders.begin(), before.folders.end());
  meanwhile.secrets.insert(before.secrets.begin(), before.secrets.end());
  write_manifest(context, meanwhile);
  bool differs = false;
  for (const auto& [folder, tree] : trees) differs |= context.replace_tree(folder, files_of(tree));
  for (const auto& folder : gone) differs |= context.remove_file(folder);
  write_manifest(context, after);
  json output = {{"configs", configs_of(trees, run_name(context))}};
  if (!differs) return Unchanged{std::move(output)};
  return output;
}

Result undo_render(Context& context, const json&) {
  const json state = context.state();
  if (!state.is_object()) return Unchanged{};
  const auto path = state.at("manifest").get<std::string>();
  bool differs = false;
  for (const auto& [folder, service] : read_manifest(context, path).folders)
    differs |= context.remove_file(folder);
  if (!context.remove_file(path) && !differs) return Unchanged{};
  return {};
}

/// A diff without the old lines: they may hold a secret that is not known any more.
std::string without_old_lines(const std::string& diff) {
  std::string out;
  std::size_t line = 0;
  for (std::size_t at = 0; at < diff.size(); ++line) {
    const auto end = diff.find('\n', at) + 1;
    out += line >= 2 && diff[at] == '-' ? std::string("-******\n") : diff.substr(at, end - at);
    at = end;
  }
  return out;
}

json change_of(const FileChange& file, const std::string& path, bool hides_old) {
  static const std::map<std::uint32_t, const char*> ops = {{HARBOR_FILE_CREATED, "create"},
                                                           {HARBOR_FILE_UPDATED, "update"},
                                                           {HARBOR_FILE_DELETED, "delete"}};
  std::string diff = unified_diff(path, file.before, file.after);
  const bool is_same = diff.empty() && file.change == HARBOR_FILE_UPDATED;
  if (hides_old) diff = without_old_lines(diff);
  json change = {{"op", ops.at(file.change)}, {"target", path}, {"diff", std::move(diff)}};
  if (is_same) change["summary"] = "permissions, or what is masked";
  return change;
}

json plan_render(Context& context, const json& input) {
  const std::string run = run_name(context);
  Renderer renderer(context, input);
  Trees trees = renderer.render();
  if (context.failed() != HARBOR_OK) return {};
  context.emit_origin("env.uses", renderer.uses());
  const json configs = configs_of(trees, run);
  const Manifest before = read_manifest(context, manifest_path(context));
  for (const auto& folder : abandoned(before, trees, input)) trees.emplace(folder, Tree{});
  json changes = json::array();
  for (const auto& [folder, tree] : trees) {
    (void)context.replace_tree(
        folder, files_of(tree), [&, &folder = folder, &tree = tree](const FileChange& file) {
          if (file.change == HARBOR_FILE_UNCHANGED) return;
          const std::string path = folder + "/" + std::string(file.path);
          const auto now = tree.files.find(std::string(file.path));
          const bool is_secret = now != tree.files.end() && now->second.is_secret;
          const bool hides_old = is_secret || !before.is_known || before.secrets.contains(path);
          changes.push_back(change_of(file, run + "/" + path, hides_old));
        });
  }
  return {{"changes", std::move(changes)}, {"outputs", {{"configs", configs}}}};
}

constexpr std::string_view input_schema = R"JSON({
  "type": "object",
  "additionalProperties": false,
  "x-harbor-section": "prepare.templates",
  "properties": {
    "templates": {"type": "array", "x-harbor-literal": true, "default": [],
      "description": "Templates, and where what they render to is written. The folder of each entry holds exactly what its templates render to",
      "items": {
        "type": "object",
        "required": ["from", "to"],
        "additionalProperties": false,
        "properties": {
          "from": {"type": "string", "minLength": 1,
            "description": "Files of the project, with *, ?, [...] and ** for any folders; ${service} makes it one pattern a service"},
          "to": {"type": "string", "minLength": 1,
            "description": "A folder beneath var/run/; may hold ${service}. Names keep their path from the first wildcard on and lose .hbs, .tmpl or .template at the end"},
          "engine": {"enum": ["handlebars", "envsubst"],
            "description": "The language; default is that of prepare.interpolation, else handlebars"},
          "optional": {"type": "boolean", "default": false,
            "description": "That no template is there is no warning"},
          "strict": {"type": "boolean", "default": true,
            "description": "A missing variable is an error; else it is empty"},
          "noEscape": {"type": "boolean",
            "description": "Write {{x}} as it is; default for all but HTML and XML"},
          "only": {"type": "array", "items": {"type": "string"},
            "description": "envsubst: replace these variables alone"},
          "mode": {"type": ["string", "integer"], "pattern": "^0?[0-7]{3}$", "minimum": 0, "maximum": 777,
            "description": "Permissions of the files, in octal digits; default 0600"}
        }
      }
    },
    "interpolation": {
      "type": "object",
      "additionalProperties": false,
      "x-harbor-from": "descriptor.prepare.interpolation",
      "description": "The language of templates and where their values are from",
      "properties": {
        "engine": {"enum": ["handlebars", "envsubst"], "default": "handlebars",
          "description": "The language of templates that name none"},
        "values": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "fromEnv": {"anyOf": [{"type": "boolean"}, {"type": "array", "items": {"type": "string"}}],
              "description": "Which variables of the environment templates see; default all"},
            "extra": {"type": "object",
              "description": "Values of any type by name, stronger than the environment"}
          }
        }
      }
    },
    "env": {"type": "object", "x-harbor-from": "env", "description": "The environment"},
    "serviceEnv": {"type": "object", "x-harbor-from": "env.services",
      "description": "For each service what differs from that"},
    "mounted": {"type": "array", "x-harbor-from": "compose.templates",
      "description": "Single files that compose files mount: $NAME and ${NAME} become values, missing ones nothing, as envsubst does",
      "items": {
        "type": "object",
        "required": ["service", "from", "to", "name"],
        "properties": {
          "service": {"type": "string"},
          "from": {"type": "string", "description": "A file of the project"},
          "to": {"type": "string", "description": "A folder beneath var/run/"},
          "name": {"type": "string", "description": "The file's path beneath that"}
        }
      }
    },
    "services": {"type": "array", "items": {"type": "string"}, "x-harbor-from": "services",
      "description": "The chosen services"},
    "options": {"type": "array", "items": {"type": "string"}, "x-harbor-from": "options",
      "description": "The chosen options"}
  }
})JSON";

constexpr std::string_view output_schema = R"JSON({
  "type": "object",
  "properties": {
    "configs": {"type": "array", "x-harbor-as": "configs", "x-harbor-record": true,
      "description": "Files that were rendered, and whether a secret stands in them",
      "items": {
        "type": "object",
        "required": ["service", "path", "secret"],
        "properties": {
          "service": {"type": "string"},
          "path": {"type": "string"},
          "secret": {"type": "boolean"}
        }
      }
    }
  }
})JSON";

}  // namespace

constinit const harbor_action render_action = action<run_render>(
    {.name = "template.render",
     .doc = "Renders templates of the chosen services into var/run.",
     .input = input_schema,
     .output = output_schema,
     .effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_WRITE_WORKSPACE | HARBOR_FX_SECRETS,
     .flags = HARBOR_AF_IDEMPOTENT,
     .plan = operation<plan_render>,
     .undo = operation<undo_render>});

}  // namespace harbor::templating
