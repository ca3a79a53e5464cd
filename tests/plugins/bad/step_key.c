#include "pack.h"

static harbor_status run(harbor_call* call) {
  (void)call;
  return HARBOR_OK;
}

static const harbor_action action = {
    ZOO_ACTION("step_key.run"),
    .input_schema = HARBOR_LIT("{\"properties\": {\"when\": {\"type\": \"string\"}}}"),
    .execute = run,
};

ZOO_PACK("org.example.step_key", &action);
