#include "rule.hpp"

#include <deque>
#include <utility>
#include <vector>

namespace harbor::compose {

struct RuleNode {
  Rule rule;
  std::vector<std::pair<std::string_view, const RuleNode*>> named;
  const RuleNode* any = nullptr;
};

namespace {

struct Row {
  std::string_view path;
  Rule rule;
};

constexpr Rule listed{Join::sequence, Index::key_value, Shape::none};
constexpr Rule replaced{Join::replace, Index::none, Shape::none};
constexpr Rule keyed{Join::deep, Index::key_value, Shape::none};
constexpr Rule external{Join::deep, Index::none, Shape::external};

// As compose-go 2.9 has them (override/merge.go, override/uncity.go). ulimits are replaced: its
// merge of two maps compares the later one with itself. volumes.*.labels become a list but keep
// duplicates.
constexpr Row table[] = {
    {"networks.*", external},
    {"networks.*.ipam.config", {Join::ipam, Index::none, Shape::none}},
    {"networks.*.ipam.options", keyed},
    {"networks.*.labels", listed},
    {"volumes.*", external},
    {"volumes.*.labels", {Join::sequence, Index::none, Shape::none}},
    {"secrets.*", external},
    {"configs.*", external},
    {"services.*.annotations", listed},
    {"services.*.build", {Join::build, Index::none, Shape::none}},
    {"services.*.build.additional_contexts", listed},
    {"services.*.build.args", listed},
    {"services.*.build.extra_hosts", {Join::extra_hosts, Index::none, Shape::none}},
    {"services.*.build.labels", listed},
    {"services.*.build.ssh", {Join::deep, Index::none, Shape::ssh}},
    {"services.*.build.tags", keyed},
    {"services.*.cap_add", keyed},
    {"services.*.cap_drop", keyed},
    {"services.*.command", replaced},
    {"services.*.configs", {Join::deep, Index::config, Shape::none}},
    {"services.*.depends_on", {Join::depends_on, Index::none, Shape::none}},
    {"services.*.deploy.labels", listed},
    {"services.*.devices", {Join::deep, Index::device, Shape::none}},
    {"services.*.dns", listed},
    {"services.*.dns_opt", listed},
    {"services.*.dns_search", listed},
    {"services.*.entrypoint", replaced},
    {"services.*.env_file", {Join::sequence, Index::env_file, Shape::none}},
    {"services.*.environment", listed},
    {"services.*.expose", {Join::deep, Index::expose, Shape::none}},
    {"services.*.extra_hosts", {Join::extra_hosts, Index::none, Shape::none}},
    {"services.*.gpus", {Join::deep, Index::none, Shape::gpus}},
    {"services.*.healthcheck.test", replaced},
    {"services.*.label_file", {Join::sequence, Index::none, Shape::none}},
    {"services.*.labels", listed},
    {"services.*.links", keyed},
    {"services.*.logging", {Join::logging, Index::none, Shape::none}},
    {"services.*.models", {Join::names, Index::none, Shape::none}},
    {"services.*.networks", {Join::names, Index::none, Shape::none}},
    {"services.*.networks.*.aliases", keyed},
    {"services.*.networks.*.link_local_ips", keyed},
    {"services.*.ports", {Join::deep, Index::port, Shape::ports}},
    {"services.*.profiles", keyed},
    {"services.*.secrets", {Join::deep, Index::secret, Shape::none}},
    {"services.*.sysctls", listed},
    {"services.*.tmpfs", listed},
    {"services.*.ulimits.*", replaced},
    {"services.*.volumes", {Join::deep, Index::volume, Shape::none}},
};

class Table {
 public:
  Table() {
    nodes_.emplace_back();  // the root
    for (const Row& row : table) add(row);
  }
  const RuleNode* root() const { return &nodes_.front(); }
  const RuleNode* nowhere() const { return &nowhere_; }

 private:
  void add(const Row& row) {
    RuleNode* at = &nodes_.front();
    std::string_view rest = row.path;
    while (!rest.empty()) {
      std::size_t dot = rest.find('.');
      std::string_view part = rest.substr(0, dot);
      rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
      at = const_cast<RuleNode*>(child(*at, part));
    }
    at->rule = row.rule;
  }

  const RuleNode* child(RuleNode& at, std::string_view part) {
    if (part == "*") {
      if (at.any == nullptr) at.any = &nodes_.emplace_back();
      return at.any;
    }
    for (const auto& [name, node] : at.named) {
      if (name == part) return node;
    }
    at.named.emplace_back(part, &nodes_.emplace_back());
    return at.named.back().second;
  }

  std::deque<RuleNode> nodes_;
  RuleNode nowhere_;
};

const Table& tables() {
  static const Table built;
  return built;
}

}  // namespace

const RuleNode* rules() { return tables().root(); }

const RuleNode* step(const RuleNode* at, std::string_view key) {
  for (const auto& [name, node] : at->named) {
    if (name == key) return node;
  }
  return at->any != nullptr ? at->any : tables().nowhere();
}

const Rule& rule_of(const RuleNode* at) { return at->rule; }

}  // namespace harbor::compose
