// template.render: configs from templates, for each service.
#include <harbor/action.hpp>

#include <string>
#include <vector>

#include "action.hpp"
#include "change.hpp"
#include "manifest.hpp"
#include "renderer.hpp"
#include "tree.hpp"

namespace harbor::templating {
namespace {

Result run_render(Context& context, const json& input) {
  const Trees trees = Renderer(context, input).render();
  if (context.failed() != HARBOR_OK) return {};
  const Manifest before = read_manifest(context, manifest_path(context));
  const auto gone = abandoned(before, trees, input);
  const Manifest after = manifest_of(before, trees, gone);
  if (!after.folders.empty() || !before.folders.empty())
    context.save_state({{"manifest", manifest_path(context)}});
  // If this run is killed halfway, old and new files lie side by side: the manifest names the
  // secrets of both, so that the next plan hides them.
  Manifest meanwhile = after;
  meanwhile.folders.insert(before.folders.begin(), before.folders.end());
  meanwhile.secrets.insert(before.secrets.begin(), before.secrets.end());
  write_manifest(context, meanwhile);
  bool differs = false;
  for (const auto& [folder, tree] : trees) differs |= context.replace_tree(folder, files_of(tree));
  for (const auto& folder : gone) differs |= context.remove_file(folder);
  write_manifest(context, after);
  const std::string run = run_name(context);
  json output = {{"configs", configs_of(context, trees, run)},
                 {"folders", folders_of(trees, gone, run)}};
  if (!differs) return Unchanged{std::move(output)};
  return output;
}

json check_render(Context& context, const json& input) {
  if (!context.is_check()) return {};
  const Trees trees = Renderer(context, input).render();
  if (context.failed() != HARBOR_OK || context.is_partial()) return {};
  return {{"configs", configs_of(context, trees, run_name(context))}};
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

json plan_render(Context& context, const json& input) {
  const std::string run = run_name(context);
  Renderer renderer(context, input);
  Trees trees = renderer.render();
  if (context.failed() != HARBOR_OK) return {};
  context.emit_origin("env.uses", renderer.uses());
  const json configs = configs_of(context, trees, run);
  const Manifest before = read_manifest(context, manifest_path(context));
  const auto gone = abandoned(before, trees, input);
  const json folders = folders_of(trees, gone, run);
  // For an empty tree, replace_tree() reports each file that disappears.
  for (const auto& folder : gone) trees.emplace(folder, Tree{});
  std::vector<Change> changes;
  for (const auto& [folder, tree] : trees) {
    (void)context.replace_tree(
        folder, files_of(tree), [&, &folder = folder, &tree = tree](const FileChange& file) {
          if (file.change == HARBOR_FILE_UNCHANGED) return;
          const std::string path = folder + "/" + std::string(file.path);
          const auto now = tree.files.find(std::string(file.path));
          const bool is_secret = now != tree.files.end() && now->second.is_secret;
          const bool hides_old = is_secret || !before.is_known || before.secrets.contains(path);
          const std::string after =
              now == tree.files.end() ? "" : masked(now->second.text, now->second.secrets);
          changes.push_back(change_of(file, run + "/" + path, after, hides_old));
        });
  }
  return planned(changes, {{"configs", configs}, {"folders", folders}});
}

constexpr std::string_view input_schema = R"JSON({
  "type": "object",
  "additionalProperties": false,
  "x-harbor-section": "prepare.templates",
  "properties": {
    "templates": {"type": "array", "x-harbor-literal": true, "default": [],
      "description": "Templates, and the folders they are rendered to. Each entry's folder holds exactly what its templates render to",
      "items": {
        "type": "object",
        "required": ["from", "to"],
        "additionalProperties": false,
        "properties": {
          "from": {"type": "string", "minLength": 1,
            "description": "Files of the project, with *, ?, [...] and ** for any folders; ${service} makes it one pattern per service"},
          "to": {"type": "string", "minLength": 1,
            "description": "A folder beneath var/run/; may hold ${service}. Names keep their path from the first wildcard on and lose a trailing .hbs, .tmpl or .template"},
          "engine": {"enum": ["handlebars", "envsubst"],
            "description": "The language; default: that of prepare.interpolation, else handlebars"},
          "optional": {"type": "boolean", "default": false,
            "description": "Do not warn if no template matches"},
          "strict": {"type": "boolean", "default": true,
            "description": "Whether a missing variable is an error; otherwise it is empty"},
          "noEscape": {"type": "boolean",
            "description": "Do not escape {{x}} for HTML; default for all files but HTML and XML"},
          "only": {"type": "array", "items": {"type": "string"},
            "description": "envsubst: replace only these variables"},
          "mode": {"type": ["string", "integer"], "pattern": "^0?[0-7]{3}$", "minimum": 0, "maximum": 777,
            "description": "Permissions of the files, in octal digits; default 0600. A file with a secret in it stays private to its owner: the numeric user of the service where its compose file names one and root runs Harbor; folders are open to anyone who may read a file in them"}
        }
      }
    },
    "interpolation": {
      "type": "object",
      "additionalProperties": false,
      "x-harbor-from": "descriptor.prepare.interpolation",
      "description": "The language of templates, and where their values come from",
      "properties": {
        "engine": {"enum": ["handlebars", "envsubst"], "default": "handlebars",
          "description": "The default language of templates"},
        "values": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "fromEnv": {"anyOf": [{"type": "boolean"}, {"type": "array", "items": {"type": "string"}}],
              "description": "Which variables of the environment templates see; default all"},
            "extra": {"type": "object",
              "description": "Values of any type by name; they override the environment"}
          }
        }
      }
    },
    "env": {"type": "object", "x-harbor-from": "env", "description": "The environment"},
    "serviceEnv": {"type": "object", "x-harbor-from": "env.services",
      "description": "What differs from that for each service"},
    "mounted": {"type": "array", "x-harbor-from": "compose.templates",
      "description": "Single files that compose files mount: $NAME and ${NAME} become values, empty if missing, as with envsubst",
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
    "users": {"type": "object", "x-harbor-from": "compose.users",
      "description": "The numeric user of each service that has one: its files with secrets are for that user alone"},
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
      "description": "Files that were rendered, a digest of each, and whether they hold a secret",
      "items": {
        "type": "object",
        "required": ["service", "path", "secret"],
        "properties": {
          "service": {"type": "string"},
          "path": {"type": "string"},
          "digest": {"type": "string"},
          "secret": {"type": "boolean"}
        }
      }
    },
    "folders": {"type": "array", "items": {"type": "string"}, "x-harbor-as": "configs.folders",
      "description": "The folders that hold these files and nothing else, or nothing any more"}
  }
})JSON";

}  // namespace

constinit const harbor_action render_action = action<run_render>(
    {.name = "template.render",
     .doc = "Renders templates of the chosen services into var/run.",
     .input = input_schema,
     .output = output_schema,
     .effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_WRITE_WORKSPACE | HARBOR_FX_SECRETS,
     .flags = HARBOR_AF_IDEMPOTENT | HARBOR_AF_PARTIAL_CHECK,
     .validate = operation<check_render>,
     .plan = operation<plan_render>,
     .undo = operation<undo_render>});

}  // namespace harbor::templating
