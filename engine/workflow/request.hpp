// What the user asked for: the inputs of a run.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace harbor::workflow {

struct Request {
  std::string command;  ///< "deploy", as shown by status and history
  std::vector<std::string>
      services;  ///< from the command line; the profile's are joined in load_descriptor()
  std::vector<std::string> options;
  std::string profile;  ///< empty: "default", when no service is named
  std::string site;
  std::vector<std::string> sets;  ///< "deploy.jobs=4"
  /// What actions take from the command line beyond that ("subject": what `harbor why` asks about),
  /// by the name after `request.`; wins over the descriptor.
  nlohmann::json extra = nlohmann::json::object();
};

}  // namespace harbor::workflow
