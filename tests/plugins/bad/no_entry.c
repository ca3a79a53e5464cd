#include <harbor/plugin.h>

HARBOR_ABI_NOTE
