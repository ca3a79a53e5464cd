/* clang-format off */
/* harbor/trial.h - optional host table "harbor.trial.v1": a stage of the project, run on a temporary copy of the
 * workspace. It shows what a stage does without doing it, for example with made-up secrets. C99. Get it
 * with host->extension(host, HARBOR_TRIAL_ID). */
#ifndef HARBOR_TRIAL_H
#define HARBOR_TRIAL_H
#include <harbor/files.h>
#include <harbor/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HARBOR_TRIAL_ID "harbor.trial.v1"

typedef struct harbor_trial_result {
  uint32_t struct_size;
  int32_t exit_status; /* of `harbor run STAGE`; -1 when a signal ended it */
  harbor_str out, err; /* what the run printed, at most 16 MiB each */
  harbor_str folder;   /* the copy, absolute, with everything that the run left in it */
  harbor_str events;   /* the file of its events, beside the copy */
} harbor_trial_result;

typedef struct harbor_trial_run {
  uint32_t struct_size;
  uint32_t flags;     /* reserved */
  harbor_str stage;   /* "prepare" */
  harbor_str request; /* what the run is for: {"services": [...], "options": [...], "profile": "...", "site": "..."},
                       * each of them optional; or empty */
  const harbor_output_file *files; /* replace those of the workspace in the copy; relative to it */
  size_t file_count;
  const harbor_var *env; /* variables of the run; they replace Harbor's own */
  size_t env_count;
  void (*look)(void *user, const harbor_trial_result *); /* optional, [op]: called once, while the copy exists */
  void *user;
} harbor_trial_run;

typedef struct harbor_trial {
  uint32_t struct_size;
  uint32_t reserved;
  /* [op] Copies the workspace to a private folder of the user, without var/, .git/, node_modules/ and files of more
   * than 8 MiB, and runs the stage there. HARBOR_OK only means that it ran: look at the result. The copy is removed
   * before this returns, whatever happened. Not in validate, plan and status. Needs HARBOR_FX_EXEC and
   * HARBOR_FX_READ_WORKSPACE. */
  harbor_status (*run)(harbor_call *, const harbor_trial_run *);
} harbor_trial;

#ifdef __cplusplus
}
#endif
#endif
