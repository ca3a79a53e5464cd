// The containers of a project, as the engine has them now.
#pragma once

#include <harbor/action.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::docker {

struct Container {
  std::string id;
  std::string name;         ///< "demo-web-1"
  std::string service;      ///< empty when its label is missing
  std::string state;        ///< created, running, restarting, exited, paused, dead, removing
  std::string health;       ///< starting, healthy, unhealthy; empty without a health check
  std::string health_note;  ///< what the last check printed
  std::string error;        ///< why the engine could not start it
  std::string started_at;
  std::string image;
  std::string image_digest;  ///< of the image that Compose created it from
  std::map<std::string, std::string>
      digests;                     ///< of what it was created from; empty without the label
  std::string working_dir;         ///< the project folder it was created from
  std::vector<std::string> ports;  ///< "8088->8080/tcp"
  int exit_code = 0;
  bool is_out_of_memory = false;
  bool is_one_off = false;  ///< of `docker compose run`

  /// Up and not known to be unhealthy.
  [[nodiscard]] bool is_well() const {
    return state == "running" && (health.empty() || health == "healthy");
  }
};

/// All containers of the project, stopped ones too, by name. Throws if they cannot be listed; that
/// never counts as "there are none".
std::vector<Container> containers_of(Context& context, const std::string& project);

/// The images that the containers' image names refer to now: name -> id. Names without an image are
/// left out.
std::map<std::string, std::string> image_digests(Context& context,
                                                 const std::vector<Container>& containers);

/// Reads one line of the format that containers_of() asks for.
Container parse_container(const json& line);

/// "running, healthy", "exited with code 137", for people.
std::string describe(const Container& container);

/// Whether both lists have the same containers, none of them restarted.
bool is_same(const std::vector<Container>& before, const std::vector<Container>& after);

/// Throws compose.project_taken if a container belongs to another project folder with the same
/// project name.
void require_own(const std::vector<Container>& containers, const std::string& project,
                 std::string_view workspace);

/// Throws compose.unknown_service, with suggestions, for a name that no container has.
void require_services(const std::vector<Container>& containers,
                      const std::vector<std::string>& services);

/// "one, two": names, or ports, for people.
std::string joined(const std::vector<std::string>& words);

}  // namespace harbor::docker
