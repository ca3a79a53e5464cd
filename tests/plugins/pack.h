/* The smallest pack, for sources that are about something else. */
#ifndef ZOO_PACK_H
#define ZOO_PACK_H

#include <harbor/plugin.h>

/* Designated initialisers of an action that has a name. */
#define ZOO_ACTION(NAME) .struct_size = sizeof(harbor_action), .name = HARBOR_LIT(NAME)

/* A table of the given actions, and the entry point that returns it. */
#define ZOO_PACK(ID, ...)                                                \
  HARBOR_ABI_NOTE                                                        \
  static const harbor_action* const zoo_actions[] = {__VA_ARGS__};       \
  static const harbor_plugin zoo_pack = {                                \
      .struct_size = sizeof(harbor_plugin),                              \
      .abi_major = HARBOR_ABI_MAJOR,                                     \
      .abi_minor = HARBOR_ABI_MINOR,                                     \
      .id = HARBOR_LIT(ID),                                              \
      .version = HARBOR_LIT("1.2.3"),                                    \
      .vendor = HARBOR_LIT("Zoo"),                                       \
      .actions = zoo_actions,                                            \
      .action_count = sizeof zoo_actions / sizeof zoo_actions[0],        \
  };                                                                     \
  const harbor_plugin* harbor_plugin_entry_v1(const harbor_host* host) { \
    (void)host;                                                          \
    return &zoo_pack;                                                    \
  }                                                                      \
  typedef int zoo_needs_a_semicolon

/* A pack with one action that does nothing. */
#define ZOO_PLAIN_PACK(ID, ACTION)                                                  \
  static harbor_status zoo_run(harbor_call* call) {                                 \
    (void)call;                                                                     \
    return HARBOR_OK;                                                               \
  }                                                                                 \
  static const harbor_action zoo_action = {ZOO_ACTION(ACTION), .execute = zoo_run}; \
  ZOO_PACK(ID, &zoo_action)

#endif
