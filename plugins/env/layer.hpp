// Layers of variables, merged into one environment per service, with the history of every value.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dotenv.hpp"

namespace harbor::env {

/// Where values come from, the weakest first.
enum class LayerType { sys, site, service, dotenv, native, secrets, sops, host };

std::string_view name_of(LayerType type);

/// A value that needs no parsing: from the descriptor, from sops, from the host's environment.
struct Entry {
  std::string key;
  std::string value;
  unsigned line = 0;
  unsigned column = 0;
};

/// One source: `text`, an env file, or `entries`, taken as they are; if both are set, in that
/// order.
struct Layer {
  LayerType type = LayerType::sys;
  std::string file;     ///< as shown to people; empty for the host's environment
  std::string service;  ///< the only service it is for; empty for all
  std::string text;
  std::vector<Entry> entries;
  bool is_secret = false;  ///< its values are secret, and so is what is made from them; secrets and
                           ///< sops always are
};

/// One link of the chain that led to a value.
struct Origin {
  LayerType layer = LayerType::sys;
  std::string file;
  unsigned line = 0;
  unsigned column = 0;
  std::string service;
  std::string value;
  bool is_secret = false;
  bool is_overridden = false;
  std::vector<std::string> uses;  ///< variables that the value was made from

  friend bool operator==(const Origin&, const Origin&) = default;
};

/// Weakest first, at least one; the last one is in effect, and all others are overridden.
using Chain = std::vector<Origin>;
using Environment = std::map<std::string, Chain, std::less<>>;

struct Merged {
  Environment shared;  ///< what every service gets
  std::map<std::string, Environment>
      services;                   ///< what differs for a service: few keys, with whole chains
  std::vector<Warning> warnings;  ///< each once, in the order of the layers
  std::vector<Error> errors;  ///< each once, in the same order; without the rest of a faulty file
};

/// Merges `layers` by type, those of one type in the order given. A value may refer to variables of
/// the same and of weaker layers, a service's value to that service's own as well. In references
/// `host` entries win, as the process environment does in Compose.
Merged merge(const std::vector<Layer>& layers, const Expander& expand);

/// The values of the layers with secrets, as written, as far as they can be found without parsing
/// the files as merge() does.
std::vector<Entry> written_secrets(const std::vector<Layer>& layers);

/// All that `service` gets: the shared variables, overridden by its own.
Environment environment_of(const Merged& merged, std::string_view service);

}  // namespace harbor::env
