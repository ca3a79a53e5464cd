#include <harbor/plugin.h>

const harbor_plugin* harbor_plugin_entry_v1(const harbor_host* host) {
  (void)host;
  return NULL;
}
