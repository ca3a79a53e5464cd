#include "missing_file.hpp"

#include "scalar.hpp"
#include "short_form.hpp"

namespace harbor::compose {
namespace {

/// Checks the files of one service.
class Looking {
 public:
  Looking(const Project& project, const Tree& tree, const Lookup& lookup, std::string_view service,
          std::vector<Warning>& out)
      : project_(project), tree_(tree), lookup_(lookup), service_(service), out_(out) {}

  void env_files(const Node* files) {
    if (files == nullptr || is_null(files)) return;
    if (files->kind != Kind::sequence) return env_file(*files);
    for (std::uint32_t i = 0; i < files->size; ++i) env_file(*files->items[i]);
  }

  void build(const Node* build) {
    if (build == nullptr || is_null(build)) return;
    const Node* held = build->kind == Kind::mapping ? get(build, "context") : build;
    const auto context = held == nullptr ? std::optional<std::string>(".") : text(*held);
    if (!context || is_remote_context(*context)) return;
    if (!tree_.is_folder(clean_path(*context))) {
      return missing("compose.build_context_missing", *context, "the build context",
                     held == nullptr ? *build : *held);
    }
    const Node* named = get(build, "dockerfile");
    if (get(build, "dockerfile_inline") != nullptr) return;
    const auto dockerfile =
        named == nullptr ? std::optional<std::string>("Dockerfile") : text(*named);
    if (!dockerfile) return;
    const std::string path =
        dockerfile->starts_with('/') ? *dockerfile : clean_path(*context + "/" + *dockerfile);
    if (!tree_.is_file(path))
      missing("compose.build_context_missing", path, "the Dockerfile",
              named != nullptr  ? *named
              : held == nullptr ? *build
                                : *held);
  }

 private:
  std::optional<std::string> text(const Node& node) const {
    return substituted(value_text(node), lookup_);
  }

  void env_file(const Node& item) {
    const Node* held = item.kind == Kind::mapping ? get(&item, "path") : &item;
    const Node* required = get(&item, "required");
    if (held == nullptr || (required != nullptr && value_text(*required) == "false")) return;
    const auto path = text(*held);
    if (!path || path->empty() || clean_path(*path).starts_with("var/run/")) return;
    if (!tree_.is_file(clean_path(*path)))
      missing("compose.env_file_missing", *path, "the env file", *held);
  }

  void missing(const char* code, const std::string& path, const std::string& what, const Node& at) {
    out_.push_back({code,
                    what + " " + path + " of '" + std::string(service_) + "' is not there",
                    "make it, or correct its path, which is relative to the project folder",
                    {project_.store->label(at.place, std::string(service_))},
                    true});
  }

  const Project& project_;
  const Tree& tree_;
  const Lookup& lookup_;
  std::string_view service_;
  std::vector<Warning>& out_;
};

}  // namespace

std::vector<Warning> check_files(const Project& project, const Tree& tree, const Lookup& lookup) {
  std::vector<Warning> out;
  const Node* services = get(project.root, "services");
  for (std::uint32_t i = 0; services != nullptr && i < services->size; ++i) {
    const Entry& entry = services->entries[i];
    Looking looking(project, tree, lookup, entry.key, out);
    looking.env_files(get(entry.value, "env_file"));
    looking.build(get(entry.value, "build"));
  }
  return out;
}

}  // namespace harbor::compose
