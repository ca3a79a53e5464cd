#include "decision.hpp"

#include <algorithm>
#include <set>

namespace harbor::docker {
namespace {

std::string called(const std::string& part) {
  if (part == "service") return "its configuration";
  if (part == "build") return "what it is built from";
  return part;
}

/// "its configuration and web.env changed"; empty when nothing did.
std::string changes_between(const Digests& before, const Digests& after) {
  std::set<std::string> names;
  for (const auto& [part, digest] : after)
    if (const auto found = before.find(part); found == before.end() || found->second != digest)
      names.insert(called(part));
  for (const auto& [part, digest] : before)
    if (!after.contains(part)) names.insert(called(part));
  std::string text;
  std::size_t left = names.size();
  for (const std::string& name : names)
    text += (text.empty() ? "" : --left == 1 ? " and " : ", ") + name;
  return text.empty() ? text : text + " changed";
}

bool is_running(const Container& container) { return container.state == "running"; }

bool is_paused(const Container& container) { return container.state == "paused"; }

/// Decides for one service at a time, by its own state; the effects of other services come
/// afterwards.
class Deciding {
 public:
  Deciding(Decision& out, const Circumstances& circumstances)
      : out_(out), wanted_(*out.wanted), circumstances_(circumstances) {}

  void decide() {
    const auto& containers = out_.containers;
    if (containers.empty()) {
      if (wanted_.replicas > 0) set(Deed::create, "is not deployed");
      out_.builds = wanted_.is_built() && wanted_.replicas > 0;
      return;
    }
    for (const Container* container : containers) compare(*container);
    if (out_.deed == Deed::recreate) return;
    if (circumstances_.recreates) return set(Deed::recreate, "new container, as asked");
    if (containers.size() != wanted_.replicas) return scale(containers.size());
    look_at_states();
    if (out_.deed <= Deed::unpause) look_at_content();
  }

 private:
  void set(Deed deed, std::string reason) {
    out_.deed = deed;
    out_.reason = std::move(reason);
  }

  void compare(const Container& container) {
    const std::string changes = container.digests.empty()
                                    ? "it was deployed without a digest"
                                    : changes_between(container.digests, wanted_.parts);
    const auto built = container.digests.find("build");
    if (wanted_.is_built() &&
        (built == container.digests.end() || built->second != wanted_.parts.at("build")))
      out_.builds = true;
    if (!changes.empty()) return set(Deed::recreate, changes + ": new container");
    const std::string name =
        wanted_.image.empty() ? circumstances_.project + "-" + wanted_.service : wanted_.image;
    const auto image = circumstances_.images.find(name);
    if (image == circumstances_.images.end() || container.image_digest.empty() ||
        image->second == container.image_digest)
      return;
    set(Deed::recreate, "its image " + name + " changed: new container");
  }

  void scale(std::size_t there) {
    set(Deed::scale, std::to_string(wanted_.replicas) + " instead of " + std::to_string(there) +
                         (there == 1 ? " container" : " containers"));
  }

  void look_at_states() {
    for (const Container* container : out_.containers) {
      if (is_running(*container) || out_.deed == Deed::start) continue;
      set(is_paused(*container) ? Deed::unpause : Deed::start,
          "is " + describe(*container) + (is_paused(*container) ? ": goes on" : ": start"));
    }
  }

  void look_at_content() {
    for (const Container* container : out_.containers) {
      const auto known = circumstances_.content.find(container->id);
      const std::string changes = changes_between(
          known == circumstances_.content.end() ? Digests() : known->second, wanted_.content);
      if (!changes.empty()) return answer(changes);
    }
  }

  /// A paused container has to be notified as well: it goes on with the contents that it has read.
  void answer(const std::string& changes) {
    const bool is_paused = out_.deed == Deed::unpause;
    out_.is_told = wanted_.on_change != "none";
    if (wanted_.on_change == "restart") return set(Deed::restart, changes + ": restart");
    if (is_paused && out_.is_told) out_.reason += ", then " + wanted_.on_change;
    if (is_paused) return;
    if (out_.is_told) return set(Deed::signal, changes + ": " + wanted_.on_change);
    set(Deed::ignore, changes + ": left as it is");
  }

  Decision& out_;
  const Wanted& wanted_;
  const Circumstances& circumstances_;
};

using ByName = std::map<std::string, Decision*>;

bool is_new(const ByName& by_name, const std::string& service) {
  const auto found = by_name.find(service);
  return found != by_name.end() &&
         (found->second->deed == Deed::recreate || found->second->deed == Deed::create);
}

/// A service that lives in another's container is replaced with it, and so on.
bool follow(Decision& one, const ByName& by_name) {
  if (one.containers.empty() || one.deed >= Deed::recreate) return false;
  for (const std::string& host : one.wanted->lives_in)
    if (is_new(by_name, host)) {
      one.deed = Deed::recreate;
      one.reason = "it uses the container of '" + host + "', which is new: new container";
      return true;
    }
  return false;
}

/// Other services may run an image that is built for one.
void share_images(std::vector<Decision>& all, const std::string& project) {
  std::map<std::string, std::string> built;
  for (const Decision& one : all)
    if (one.builds)
      built[one.wanted->image.empty() ? project + "-" + one.wanted->service : one.wanted->image] =
          one.wanted->service;
  for (Decision& one : all) {
    const auto found = built.find(one.wanted->image);
    if (found == built.end() || one.containers.empty() || one.deed >= Deed::recreate) continue;
    one.deed = Deed::recreate;
    one.reason = "its image is rebuilt with '" + found->second + "': new container";
  }
}

void restart_with(Decision& one, const ByName& by_name) {
  if (one.deed >= Deed::restart || one.containers.empty()) return;
  for (const std::string& other : one.wanted->restarts_with) {
    const auto found = by_name.find(other);
    if (found == by_name.end() || found->second->deed != Deed::recreate) continue;
    one.deed = Deed::restart;
    one.reason = "'" + other + "' gets a new container: restart";
  }
}

}  // namespace

std::vector<Decision> decide(const std::vector<Wanted>& services,
                             const std::vector<Container>& containers,
                             const Circumstances& circumstances) {
  std::map<std::string, std::vector<const Container*>> there;
  for (const Container& container : containers)
    if (!container.is_one_off) there[container.service].push_back(&container);
  std::vector<Decision> out;
  out.reserve(services.size());
  ByName by_name;
  for (const Wanted& wanted : services) {
    out.push_back({.wanted = &wanted});
    if (const auto found = there.find(wanted.service); found != there.end())
      out.back().containers = std::move(found->second);
    Deciding(out.back(), circumstances).decide();
    by_name[wanted.service] = &out.back();
  }
  share_images(out, circumstances.project);
  for (bool grown = true; grown;) {
    grown = false;
    for (Decision& one : out) grown |= follow(one, by_name);
  }
  for (Decision& one : out) restart_with(one, by_name);
  return out;
}

std::vector<std::string> orphans_of(const std::vector<Wanted>& services,
                                    const std::vector<Container>& containers) {
  std::set<std::string> names;
  for (const Container& container : containers)
    if (!container.is_one_off) names.insert(container.service);
  for (const Wanted& wanted : services) names.erase(wanted.service);
  return {names.begin(), names.end()};
}

}  // namespace harbor::docker
