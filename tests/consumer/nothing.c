#include <harbor/plugin.h>

static harbor_status nothing(harbor_call* call) {
  (void)call;
  return HARBOR_UNCHANGED;
}

static const harbor_action action = {.struct_size = sizeof action,
                                     .name = HARBOR_LIT("nothing"),
                                     .doc = HARBOR_LIT("Does nothing."),
                                     .input_schema = HARBOR_LIT("{}"),
                                     .execute = nothing};
static const harbor_action* const actions[] = {&action};
static const harbor_plugin plugin = {.struct_size = sizeof plugin,
                                     .abi_major = HARBOR_ABI_MAJOR,
                                     .abi_minor = HARBOR_ABI_MINOR,
                                     .id = HARBOR_LIT("com.example.nothing"),
                                     .version = HARBOR_LIT("0.1.0"),
                                     .actions = actions,
                                     .action_count = 1};

HARBOR_ABI_NOTE

const harbor_plugin* harbor_plugin_entry_v1(const harbor_host* host) {
  return host->abi_major == HARBOR_ABI_MAJOR ? &plugin : NULL;
}
