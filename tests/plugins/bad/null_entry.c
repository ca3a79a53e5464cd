#include <harbor/plugin.h>

HARBOR_ABI_NOTE

const harbor_plugin* harbor_plugin_entry_v1(const harbor_host* host) {
  (void)host;
  return NULL;
}
