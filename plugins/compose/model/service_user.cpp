#include "service_user.hpp"

#include <algorithm>
#include <charconv>

#include "scalar.hpp"

namespace harbor::compose {

std::map<std::string, std::uint32_t> service_users(const Project& project, const Lookup& lookup) {
  std::map<std::string, std::uint32_t> users;
  const Node* services = get(project.root, "services");
  for (std::uint32_t i = 0; services != nullptr && i < services->size; ++i) {
    const Node* user = get(services->entries[i].value, "user");
    if (user == nullptr || user->kind != Kind::scalar) continue;
    auto text = substituted(value_text(*user), lookup);
    if (!text) continue;
    text->resize(std::min(text->find(':'), text->size()));  // a group may follow
    std::uint32_t number = 0;
    const char* end = text->data() + text->size();
    const auto [rest, error] = std::from_chars(text->data(), end, number);
    if (error == std::errc() && rest == end && !text->empty())
      users.emplace(services->entries[i].key, number);
  }
  return users;
}

}  // namespace harbor::compose
