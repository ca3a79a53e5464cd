#include "pack.h"

static harbor_status run(harbor_call* call) {
  (void)call;
  return HARBOR_OK;
}

static const harbor_action action = {
    ZOO_ACTION("mark.run"),
    .input_schema =
        HARBOR_LIT("{\"x-harbor-cli\": {\"command\": \"logs\", \"args\": [\"services\"]}}"),
    .execute = run,
};

ZOO_PACK("org.example.mark", &action);
