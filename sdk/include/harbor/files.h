/* clang-format off */
/* harbor/files.h - optional host table "harbor.files.v1": files beneath the call's run_dir, and files for the user to
 * keep, each written so that a reader sees the old or the new one, never half; secrets are inserted by reference. C99.
 * Get it with host->extension(host, HARBOR_FILES_ID).
 *
 * In the stages source and prepare, everything that steps write takes effect together, at the end of the stage; a step
 * sees what earlier ones wrote only through this table, not on disk. In other stages it takes effect when the function
 * returns. If the process is killed, or the machine stops, the next run restores the old set or completes the new one.
 *
 * Paths are relative, with '/' between their parts; a part that is empty, "." or "..", a NUL byte, a leading '/', and a
 * symbolic link on the way are refused (HARBOR_E_DENIED), and so is Harbor's own folder ".change". Existing folders keep
 * their inode, so that they can be mounted; they are open to anyone who may read a file in them (0644 -> 0755), else
 * 0700. */
#ifndef HARBOR_FILES_H
#define HARBOR_FILES_H
#include <harbor/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HARBOR_FILES_ID "harbor.files.v1"

typedef struct harbor_output_file {
  harbor_str path; /* relative to the tree's folder, or, for write(), to run_dir */
  const harbor_part *parts;
  size_t part_count;
  uint32_t mode; /* 0 = 0600; permission bits only */
  uint32_t owner; /* the numeric user that the file is for, where it is not for its mode alone; 0 = Harbor's own. Counts
                   * where root runs Harbor: nobody else can give a file away */
} harbor_output_file;

#define HARBOR_FILES_LOOK (1u << 0) /* write nothing, only compare: for plan operations */

/* What happened to a file. */
#define HARBOR_FILE_UNCHANGED 0
#define HARBOR_FILE_CREATED 1
#define HARBOR_FILE_UPDATED 2
#define HARBOR_FILE_DELETED 3

/* Called for every file of the tree, those that disappear included. `before` is the old content with known secrets
 * masked, empty for a new file; `after` the new one likewise. Borrowed. */
typedef void (*harbor_file_change)(void *user, harbor_str path, uint32_t change, harbor_str before, harbor_str after);

typedef struct harbor_files {
  uint32_t struct_size;
  uint32_t reserved;
  /* [op] Makes `folder` hold exactly these files, as a whole. Unchanged files keep their inode and times.
   * HARBOR_UNCHANGED when nothing differs. On any failure the old tree stays as it was. Needs HARBOR_FX_WRITE_WORKSPACE
   * unless HARBOR_FILES_LOOK is given. `change` may be NULL. */
  harbor_status (*replace_tree)(harbor_call *, harbor_str folder, const harbor_output_file *files, size_t count, uint32_t flags,
                                harbor_file_change change, void *user);
  /* [op] Writes one file beneath run_dir. HARBOR_UNCHANGED when nothing differs. */
  harbor_status (*write)(harbor_call *, const harbor_output_file *file, uint32_t flags);
  /* [op] Removes a file or a whole folder beneath run_dir; HARBOR_UNCHANGED when there is none. */
  harbor_status (*remove)(harbor_call *, harbor_str path);
  /* [op] Writes new files for the user to keep into `folder`, which the user named and which is created if missing: a
   * path relative to the workspace, or an absolute one, which needs HARBOR_FX_WRITE_HOST. Nothing is replaced:
   * HARBOR_E_INPUT if one of the names already exists, whatever it is. All are written or none. Secrets are refused
   * (HARBOR_E_DENIED): they stay beneath run_dir. Needs HARBOR_FX_WRITE_WORKSPACE unless HARBOR_FILES_LOOK is given.
   * Newer than the table: test with HARBOR_HAS(). */
  harbor_status (*write_new)(harbor_call *, harbor_str folder, const harbor_output_file *files, size_t count, uint32_t flags);
} harbor_files;

#ifdef __cplusplus
}
#endif
#endif
