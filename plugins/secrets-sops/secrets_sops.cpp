// secrets.sops: variables from files that sops encrypted.
#include <harbor/action.hpp>

#include "action.hpp"
#include "identity.hpp"
#include "sops_file.hpp"
#include "workspace_file.hpp"

namespace harbor::secrets_sops {
namespace {

/// sops looks for keys, configuration and agents below HOME. This folder does not exist, so sops
/// can only use the key that it is given, and a message about keys refers to that one.
constexpr const char* nowhere = "/nonexistent";

Format format_for(const std::string& file, const json& input) {
  if (input.contains("format"))
    if (const auto format = format_named(input["format"].get<std::string>())) return *format;
  if (const auto format = format_of(file)) return *format;
  throw Error(HARBOR_E_INPUT, "secrets.unknown_format",
              "the name " + file + " does not tell the file's format",
              "end it with .env, .yaml or .json, or give the source a `format:`",
              {{file, 0, 0, 0, {}}});
}

/// What an exit status of sops means. Its own output may quote a value and is not passed on.
Error failure_of(const Process& process, const std::string& file, const Identity& identity) {
  const std::vector<Label> place = {{file, 0, 0, 0, {}}};
  switch (process.exit_code) {
    case 24:  // the seal or
    case 25:  // a value cannot be decrypted
    case 51:  // the seal does not fit
    case 52:  // there is none
      return {HARBOR_E_INPUT, "secrets.integrity", file + " was changed after sops encrypted it",
              "take the last good version and change it with `sops edit " + file + "`", place};
    case 111:
    case 128:
      return {HARBOR_E_DENIED, "secrets.wrong_key",
              "the key in " + identity.source + " does not open " + file,
              "ask a member to add your public key (`age-keygen -y`) and run `sops updatekeys " +
                  file + "`",
              place};
    default:
      return {HARBOR_E_FAILED, "secrets.decrypt_failed",
              "sops could not decrypt " + file +
                  (process.signal != 0 ? ": a signal ended it"
                                       : ": it ended with " + std::to_string(process.exit_code)),
              "run `sops decrypt " + file + "` to see why", place};
  }
}

/// The plain text never touches a disk: the file goes in and the values come out through memory.
json decrypt(Context& context, const std::string& file, const std::string& text, Format format,
             const Identity& identity, const json& key) {
  Spawn spawn{
      .argv = {"sops", "--decrypt", "--input-type", name_of(format), "--output-type", "json",
               file_path(0)},
      .env = {{"SOPS_AGE_KEY", Part::secret(key)}, {"HOME", nowhere}, {"XDG_CONFIG_HOME", nowhere}},
      .cwd = "/",
      .files = {{Part(text)}},
      .timeout = std::chrono::seconds(60),
      .capture = true,
      .quiet = true,
      .read_only = true};
  try {
    const Process process = context.spawn(spawn);
    if (!process.ok()) throw failure_of(process, file, identity);
    json values = json::parse(process.out, nullptr, false);
    if (values.is_discarded() || process.truncated)
      throw Error(HARBOR_E_FAILED, "secrets.decrypt_failed",
                  "what sops printed for " + file + " is not JSON",
                  "run `sops --version`; 3.9.4 is known to work", {{file, 0, 0, 0, {}}});
    return values;
  } catch (const HostFailure& failure) {
    if (failure.status != HARBOR_E_UNAVAILABLE) throw;
    throw Error(HARBOR_E_UNAVAILABLE, "secrets.no_sops",
                "sops is not installed, and " + file + " needs it",
                "install it: go install github.com/getsops/sops/v3/cmd/sops@v3.9.4");
  }
}

/// What sops stores for itself beside the values.
bool is_seal(std::string_view name) { return name == "sops" || name.starts_with("sops_"); }

struct Encrypted {
  std::string file;
  std::string text;
  Format format;
};

/// Checks all files before the first is decrypted.
std::vector<Encrypted> read_files(const Context& context, const json& input) {
  const std::string pattern = input.at("file");
  const std::filesystem::path workspace(context.workspace());
  std::vector<Encrypted> out;
  for (const std::string& name : matching_files(workspace, pattern)) {
    auto file = read_project_file(workspace, name);
    if (!file) continue;
    const Format format = format_for(name, input);
    // Refused rather than read: a plain text under this name was most likely meant to be encrypted
    // and may be in the repository already.
    if (!is_encrypted(file->text, format))
      throw Error(HARBOR_E_DENIED, "secrets.plaintext", name + " is not encrypted",
                  "encrypt it with `sops encrypt --in-place " + name +
                      "`, and replace values that others could read",
                  {{name, 0, 0, 0, {}}});
    out.push_back({name, std::move(file->text), format});
  }
  if (out.empty() && !input.value("optional", false))
    throw Error(HARBOR_E_NOT_FOUND, "secrets.missing_file",
                "the encrypted file " + pattern + " does not exist",
                "create it with sops, or mark the source `optional: true`")
        .at("/file");
  return out;
}

json run_sops(Context& context, const json& input) {
  json secrets = json::object(), files = json::array();
  const auto encrypted = read_files(context, input);
  if (encrypted.empty()) return {{"secrets", secrets}, {"files", files}};
  const Identity identity = find_identity(environment_of(context));
  const json key = context.put_secret("the age key in " + identity.source, identity.keys);
  context.debug("decrypting with the key in " + identity.source);
  for (const Encrypted& file : encrypted) {
    const auto lines = lines_of(file.text, file.format);
    json values = json::object();
    json at = json::object();
    for (const Value& value :
         values_of(decrypt(context, file.file, file.text, file.format, identity, key), file.file)) {
      // An empty secret is not a secret: there is nothing to mask.
      values[value.name] =
          value.text.empty() ? json("") : context.put_secret(value.name, value.text);
      if (const auto line = lines.find(value.name); line != lines.end())
        at[value.name] = line->second;
    }
    secrets.update(values);
    files.push_back({{"file", file.file}, {"values", std::move(values)}, {"lines", std::move(at)}});
  }
  json origin = json::object();
  // A name may be in several files: the chain lists them all, and the last file wins, as in
  // `secrets`.
  for (const auto& file : files)
    for (const auto& [name, value] : file["values"].items()) {
      json& chain = origin["/" + name];
      if (!chain.is_array()) chain = json::array();
      if (!chain.empty()) chain.back()["overridden"] = true;
      chain.push_back({{"file", file["file"]},
                       {"line", file["lines"].value(name, 0)},
                       {"layer", "sops"},
                       {"value", "******"},
                       {"overridden", false}});
    }
  context.emit_origin("secrets", origin);
  return {{"secrets", std::move(secrets)}, {"files", std::move(files)}};
}

/// Without a key, only the names are known; each gets a placeholder value.
json check_sops(Context& context, const json& input) {
  if (!context.is_check()) return {};
  json secrets = json::object(), files = json::array();
  for (const Encrypted& file : read_files(context, input)) {
    json values = json::object(), at = json::object();
    for (const auto& [name, line] : lines_of(file.text, file.format)) {
      if (is_seal(name)) continue;
      values[name] = context.put_secret(name, "a value that is not decrypted");
      at[name] = line;
    }
    secrets.update(values);
    files.push_back({{"file", file.file}, {"values", std::move(values)}, {"lines", std::move(at)}});
  }
  return {{"secrets", std::move(secrets)}, {"files", std::move(files)}};
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "required": ["file"],
  "additionalProperties": false,
  "properties": {
    "file": {"type": "string", "minLength": 1,
      "description": "The encrypted file, relative to the project folder; may have wildcards, then the last name wins"},
    "optional": {"type": "boolean", "default": false, "description": "Whether the file may be missing"},
    "format": {"type": "string", "enum": ["dotenv", "yaml", "json"],
      "description": "The file's format; default: by the ending of its name, .env, .yaml, .yml or .json"}
  }
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {
    "secrets": {"type": "object", "x-harbor-as": "secrets",
      "description": "Every variable, as a reference to its value"},
    "files": {"type": "array", "items": {"type": "object"},
      "description": "For each file: its name, its variables, and their lines"}
  }
})";

}  // namespace

constinit const harbor_action sops_action = action<run_sops>(
    {.name = "secrets.sops",
     .doc = "Decrypts sops files with one age key; the values stay in memory.",
     .input = input_schema,
     .output = output_schema,
     .effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_READ_HOST | HARBOR_FX_EXEC | HARBOR_FX_SECRETS,
     .flags = HARBOR_AF_IDEMPOTENT,
     .validate = operation<check_sops>});

}  // namespace harbor::secrets_sops
