// sops files, as far as they can be read without a key, and their decrypted values.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::secrets_sops {

enum class Format { dotenv, yaml, json };

/// As sops calls it.
const char* name_of(Format format);

/// "dotenv", "yaml" or "json".
std::optional<Format> format_named(std::string_view name);

/// What a file's name says: "prod.sops.env" is dotenv. Nothing for other endings.
std::optional<Format> format_of(std::string_view file);

/// Whether sops encrypted this text: it has sops' version and seal (MAC). The file may still be
/// damaged.
bool is_encrypted(std::string_view text, Format format);

/// The lines, from 1, of the names at the top level; sops does not encrypt names.
std::map<std::string, unsigned> lines_of(std::string_view text, Format format);

struct Value {
  std::string name;
  std::string text;
};

/// The values of a decrypted file. Numbers and booleans become text, null becomes empty. Throws
/// secrets.not_flat and secrets.bad_name, which quote only names. `shown` is the file's name.
std::vector<Value> values_of(const nlohmann::json& decrypted, const std::string& shown);

}  // namespace harbor::secrets_sops
