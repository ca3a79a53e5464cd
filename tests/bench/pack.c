/* A pack whose three zeros are replaced in copies of the compiled file, so that each has a name of
 * its own. */
#include <harbor/plugin.h>

static harbor_status nothing(harbor_call* call) {
  (void)call;
  return HARBOR_OK;
}

static const harbor_action action = {
    .struct_size = sizeof(harbor_action),
    .name = HARBOR_LIT("pack000.nothing"),
    .doc = HARBOR_LIT("Does nothing"),
    .input_schema =
        HARBOR_LIT("{\"type\": \"object\", \"additionalProperties\": false, \"properties\": "
                   "{\"text\": {\"type\": \"string\", \"description\": \"A text\"}}}"),
    .execute = nothing};
static const harbor_action* const actions[] = {&action};

static const harbor_plugin pack = {
    .struct_size = sizeof(harbor_plugin),
    .abi_major = HARBOR_ABI_MAJOR,
    .abi_minor = HARBOR_ABI_MINOR,
    .id = HARBOR_LIT("org.example.pack000"),
    .version = HARBOR_LIT("1.0.0"),
    .vendor = HARBOR_LIT("Bench"),
    .actions = actions,
    .action_count = 1,
};

HARBOR_ABI_NOTE

const harbor_plugin* harbor_plugin_entry_v1(const harbor_host* host) {
  (void)host;
  return &pack;
}
