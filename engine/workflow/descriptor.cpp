#include "workflow/descriptor.hpp"

#include <algorithm>

#include "document/layer.hpp"
#include "document/yaml.hpp"
#include "report/code_workflow.hpp"
#include "report/suggestion.hpp"
#include "system/file.hpp"
#include "workflow/name.hpp"
#include "workflow/workflow.hpp"

namespace harbor::workflow {
namespace fs = std::filesystem;
using document::Kind;
using document::Value;

namespace {

// Descriptors are written by people, and the parser's own limits are far lower.
constexpr std::size_t largest_descriptor = std::size_t{4} << 20;

/// Reads the layers of one descriptor and collects what is wrong with them.
class Loader {
 public:
  Loader(const Project& project, Request request, const FileSystem& files)
      : files_(files), out_{project, std::move(request), {}, {{}}} {}

  Descriptor load() && {
    auto text = files_.read(out_.project.descriptor);
    if (!text)
      throw report::Error(report::diagnose(report::code::no_descriptor,
                                           "cannot read " + shown(out_.project.descriptor)));
    add(*text, out_.project.descriptor, "project");
    const Value profile = take_profile();
    check_names();
    add_service_files();
    if (profile.kind == Kind::mapping) document::lay_over(out_.root, profile, growing_lists());
    add_site();
    for (const auto& set : out_.request.sets)
      document::set_path(out_.root, set, out_.sources, diagnostics_);
    if (!diagnostics_.empty()) throw report::Error(std::move(diagnostics_));
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string shown(const fs::path& path) const { return out_.project.shown(path); }

  void add(const std::string& text, const fs::path& path, std::string layer) {
    const auto source = static_cast<std::uint32_t>(out_.sources.size());
    out_.sources.push_back({shown(path), std::move(layer)});
    auto parsed = document::parse_yaml(text, source, out_.sources);
    diagnostics_.insert(diagnostics_.end(), parsed.diagnostics.begin(), parsed.diagnostics.end());
    if (parsed.value.kind == Kind::null) return;
    if (parsed.value.kind != Kind::mapping) {
      diagnostics_.push_back(report::diagnose(
          report::code::wrong_type,
          "a descriptor is a mapping, this is a " + std::string(to_string(parsed.value.kind)),
          {{out_.span(parsed.value.mark), ""}}, "it starts with `version: 1`"));
      return;
    }
    document::lay_over(out_.root, std::move(parsed.value), growing_lists());
  }

  /// A file that cannot be read is reported together with all other mistakes.
  std::optional<std::string> read(const fs::path& path) {
    try {
      return files_.read(path);
    } catch (const report::Error& error) {
      keep(error);
      return std::nullopt;
    }
  }

  std::vector<std::string> list(const fs::path& path) {
    try {
      return files_.list(path);
    } catch (const report::Error& error) {
      keep(error);
      return {};
    }
  }

  void keep(const report::Error& error) {
    diagnostics_.insert(diagnostics_.end(), error.diagnostics().begin(), error.diagnostics().end());
  }

  /// Joins the profile's services and options to the request; the rest of the profile is a layer of
  /// its own.
  Value take_profile() {
    Request& request = out_.request;
    const bool named = !request.profile.empty();
    if (!named && !request.services.empty()) return {};
    const std::string name = named ? request.profile : "default";
    const Value* profiles = out_.root.find("profiles");
    if (profiles && profiles->kind != Kind::null &&
        !expect_mapping(*profiles, "profiles", "write `NAME: { services: [...] }` beneath it"))
      return {};
    const Value* profile = profiles ? profiles->find(name) : nullptr;
    if (!profile) {
      if (named) report_unknown_profile(name, profiles);
      return {};
    }
    request.profile = name;
    if (profile->kind != Kind::null && !expect_mapping(*profile, "the profile '" + name + "'",
                                                       "write `services: [NAME]` beneath it"))
      return {};
    for (const auto& member : profile->members)
      if (member.key == "profiles" || member.key == "version")
        diagnostics_.push_back(report::diagnose(
            report::code::unknown_key, "unknown key '" + member.key + "' in a profile",
            {{out_.span(member.key_mark), ""}}, "it belongs at the top of the descriptor"));
    join(profile->find("services"), request.services, "services");
    join(profile->find("options"), request.options, "options");
    Value rest = *profile;
    std::erase_if(rest.members, [](const document::Member& member) {
      return member.key == "services" || member.key == "options" || member.key == "description";
    });
    return rest;
  }

  bool expect_mapping(const Value& value, const std::string& what, const char* hint) {
    if (value.kind == Kind::mapping) return true;
    diagnostics_.push_back(report::diagnose(
        report::code::wrong_type,
        what + " is a mapping, not " + (value.kind == Kind::sequence ? "a list" : "a single value"),
        {{out_.span(value.mark), ""}}, hint));
    return false;
  }

  void report_unknown_profile(const std::string& name, const Value* profiles) {
    std::vector<std::string> known;
    if (profiles)
      for (const auto& member : profiles->members) known.push_back(member.key);
    auto hint = report::did_you_mean(name, known);
    if (hint.empty() && known.empty()) hint = "the descriptor has no `profiles:`";
    diagnostics_.push_back(report::diagnose(report::code::unknown_profile,
                                            "unknown profile '" + name + "'", {}, hint));
  }

  void join(const Value* list, std::vector<std::string>& into, const std::string& what) {
    if (!list || list->kind == Kind::null) return;
    if (list->kind != Kind::sequence) {
      diagnostics_.push_back(
          report::diagnose(report::code::wrong_type, what + " of a profile is a list of names",
                           {{out_.span(list->mark), ""}}, "write `" + what + ": [NAME]`"));
      return;
    }
    for (const auto& item : list->items) {
      if (!item.is_scalar() || !is_selector(item.text)) {
        diagnostics_.push_back(
            report::diagnose(report::code::invalid_name, "'" + item.text + "' is not a name",
                             {{out_.span(item.mark), ""}}, std::string(name_rule)));
        continue;
      }
      if (std::find(into.begin(), into.end(), item.text) == into.end()) into.push_back(item.text);
    }
  }

  void check_names() {
    for (const auto* list : {&out_.request.services, &out_.request.options})
      for (const auto& name : *list)
        if (!is_selector(name))
          diagnostics_.push_back(report::diagnose(report::code::invalid_name,
                                                  "'" + name + "' is not a name", {},
                                                  std::string(name_rule)));
    if (!out_.request.site.empty() && !is_name(out_.request.site))
      diagnostics_.push_back(report::diagnose(report::code::invalid_name,
                                              "'" + out_.request.site + "' is not a name", {},
                                              std::string(name_rule)));
  }

  void add_service_files() {
    const auto stacks = out_.project.folder / "stacks";
    auto services = out_.request.services;
    if (std::find(services.begin(), services.end(), "*") != services.end()) services = list(stacks);
    for (const auto& service : services) {
      if (!is_name(service)) continue;
      const auto path = stacks / service / "harbor.yaml";
      if (auto text = read(path)) add(*text, path, "service " + service);
    }
  }

  void add_site() {
    const auto& site = out_.request.site;
    if (site.empty() || !is_name(site)) return;
    const auto folder = out_.project.folder / "etc" / "sites";
    const auto known = diagnostics_.size();
    if (auto text = read(folder / (site + ".yaml")))
      return add(*text, folder / (site + ".yaml"), "site " + site);
    // A file that cannot be read does exist, and was reported already.
    if (!read(folder / (site + ".env")) && diagnostics_.size() == known)
      diagnostics_.push_back(
          report::diagnose(report::code::unknown_site, "unknown site '" + site + "'", {},
                           "a site is etc/sites/" + site + ".yaml or etc/sites/" + site + ".env"));
  }

  const FileSystem& files_;
  Descriptor out_;
  report::Diagnostics diagnostics_;
};

}  // namespace

const std::vector<std::string>& growing_lists() {
  static const std::vector<std::string> lists = [] {
    std::vector<std::string> all = {"plugins", "hooks.*"};
    for (const auto stage : stage_names) all.push_back(std::string(stage) + ".steps");
    return all;
  }();
  return lists;
}

FileSystem real_file_system() {
  return {[](const fs::path& path) {
            return system::read_file(path, largest_descriptor, system::Links::followed);
          },
          system::list_folders};
}

Descriptor load_descriptor(const Project& project, Request request, const FileSystem& files) {
  return Loader(project, std::move(request), files).load();
}

std::vector<std::string> profile_names(const Project& project, const FileSystem& files) {
  std::vector<std::string> names;
  const auto text = files.read(project.descriptor);
  if (!text) return names;
  const document::Sources sources{{}, {project.shown(project.descriptor), "project"}};
  const auto parsed = document::parse_yaml(*text, 1, sources);
  const Value* profiles = parsed.value.find("profiles");
  if (profiles)
    for (const auto& member : profiles->members) names.push_back(member.key);
  return names;
}

}  // namespace harbor::workflow
