#include <harbor/plugin.h>

HARBOR_ABI_NOTE

const harbor_plugin* zoo_nowhere(void);

const harbor_plugin* harbor_plugin_entry_v1(const harbor_host* host) {
  (void)host;
  return zoo_nowhere();
}
