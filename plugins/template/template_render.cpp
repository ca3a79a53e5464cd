// template.render: configs out of templates, for each service.
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

json plan_render(Context& context, const json& input) {
  const std::string run = run_name(context);
  Renderer renderer(context, input);
  Trees trees = renderer.render();
  if (context.failed() != HARBOR_OK) return {};
  context.emit_origin("env.uses", renderer.uses());
  const json configs = configs_of(trees, run);
  const Manifest before = read_manifest(context, manifest_path(context));
  for (const auto& folder : abandoned(before, trees, input)) trees.emplace(folder, Tree{});
  std::vector<Change> changes;
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
  return planned(changes, {{"configs", configs}});
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
            "description": "Permissions of the files, in octal digits; default 0600. A file with a secret in it is its owner's alone; folders are open to whoever may read a file in them"}
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
