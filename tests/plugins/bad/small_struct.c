#include "pack.h"

static harbor_status run(harbor_call* call) {
  (void)call;
  return HARBOR_OK;
}

static const harbor_action small = {
    .struct_size = 8, .name = HARBOR_LIT("small.run"), .execute = run};

ZOO_PACK("org.example.small", &small);
