#include "native_proxy.hpp"

#include "edit.hpp"
#include "scalar.hpp"

namespace harbor::compose {
namespace {

void replace_ports(Project& project, Node*& value, const NativeContract& contract) {
  Store& store = *project.store;
  if (value->kind == Kind::scalar) {
    std::string text = with_native_port(std::string(value->text), contract.port);
    if (text == value->text) return;
    if (contract.port.empty()) {
      throw Error(
          HARBOR_E_INPUT, "compose.native_placeholder",
          "'" + contract.service + "' uses the native port, and its contract has none",
          "add port: to x-harbor-native",
          {store.label(value->place, "used here"), store.label(contract.place, "the contract")});
    }
    value = store.string(text, value->place);
    return;
  }
  // A copy: an alias elsewhere may share this node.
  Node* made = store.node(value->kind, value->place);
  for (std::uint32_t i = 0; i < value->size; ++i) {
    Node* held = value->kind == Kind::mapping ? value->entries[i].value : value->items[i];
    replace_ports(project, held, contract);
    if (value->kind == Kind::mapping) {
      store.set(made, value->entries[i].key, value->entries[i].place, held);
    } else {
      store.append(made, held);
    }
  }
  value = made;
}

// The native process uses the devices; a proxy that reserves them would keep it from starting on
// machines with only one.
void drop_devices(Project& project, Node* service) {
  erase(service, "gpus");
  erase(service, "runtime");
  Node* deploy = editable_map(project, service, "deploy");
  Node* resources = deploy == nullptr ? nullptr : editable_map(project, deploy, "resources");
  Node* reserved =
      resources == nullptr ? nullptr : editable_map(project, resources, "reservations");
  if (reserved == nullptr) return;
  erase(reserved, "devices");
  if (reserved->size == 0) erase(resources, "reservations");
  if (resources->size == 0) erase(deploy, "resources");
  if (deploy->size == 0) erase(service, "deploy");
}

void add_host(Project& project, Node* service) {
  Node* hosts = editable_list(project, service, "extra_hosts");
  for (std::uint32_t i = 0; i < hosts->size; ++i) {
    if (hosts->items[i]->text.substr(0, 20) == "host.docker.internal") return;
  }
  project.store->append(hosts,
                        project.store->string("host.docker.internal:host-gateway", hosts->place));
}

}  // namespace

void apply_native(Project& project, const std::vector<NativeContract>& contracts) {
  for (const NativeContract& contract : contracts) {
    Node* service = editable_service(project, contract.service);
    if (service == nullptr) continue;
    for (std::uint32_t i = 0; i < service->size; ++i)
      replace_ports(project, service->entries[i].value, contract);
    drop_devices(project, service);
    add_host(project, service);
  }
}

}  // namespace harbor::compose
