// Files of sops, as far as they can be read without a key, and what sops makes of them.
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

/// Whether sops encrypted this text: it carries sops' own version and seal. A file may say so and
/// still be damaged.
bool is_encrypted(std::string_view text, Format format);

/// The lines, from 1, on which the names at the top level stand; names are not encrypted.
std::map<std::string, unsigned> lines_of(std::string_view text, Format format);

struct Value {
  std::string name;
  std::string text;
};

/// The values of a decrypted file. Numbers and booleans become their text, null an empty one.
/// Throws secrets.not_flat and secrets.bad_name, which quote names alone. `shown` is the file's
/// name.
std::vector<Value> values_of(const nlohmann::json& decrypted, const std::string& shown);

}  // namespace harbor::secrets_sops
