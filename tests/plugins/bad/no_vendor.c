#include <harbor/plugin.h>

HARBOR_ABI_NOTE

static const harbor_plugin pack = {
    .struct_size = sizeof(harbor_plugin),
    .abi_major = HARBOR_ABI_MAJOR,
    .id = HARBOR_LIT("org.example.nobody"),
    .version = HARBOR_LIT("1.0.0"),
};

const harbor_plugin* harbor_plugin_entry_v1(const harbor_host* host) {
  (void)host;
  return &pack;
}
