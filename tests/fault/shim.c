/* clang-format off */
/* Preloaded into a program, this counts calls that it makes and kills it, or fails the call, at one of them.
 *
 *   HARBOR_FAULT_CALLS  the calls that count, by name, with commas between them; without it all that change files
 *   HARBOR_FAULT_AT     which of them is struck, from 1
 *   HARBOR_FAULT_UNTIL  the last one that is struck; HARBOR_FAULT_AT without it
 *   HARBOR_FAULT_MODE   "kill" (the default): SIGKILL before it; the number of an errno that it fails with; or "link":
 *                       before it the folder HARBOR_FAULT_FOLDER gets `.aside` added to its name, and a link to
 *                       HARBOR_FAULT_TARGET stands in its place
 *   HARBOR_FAULT_LOG    a file that gets a line for each: its number, its name, what it is about
 *
 * Programs that the program starts are left alone. */
/* clang-format on */
#undef _FORTIFY_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long count;
static long struck_at, struck_until;
static int failure; /* 0: no call fails */
static const char *linked, *target;
static const char* counted;
static int log_fd = -1;

static long number_in(const char* name, long otherwise) {
  const char* text = getenv(name);
  return text ? strtol(text, NULL, 10) : otherwise;
}

__attribute__((constructor)) static void start(void) {
  const char *mode = getenv("HARBOR_FAULT_MODE"), *log = getenv("HARBOR_FAULT_LOG");
  counted = getenv("HARBOR_FAULT_CALLS");
  struck_at = number_in("HARBOR_FAULT_AT", 0);
  struck_until = number_in("HARBOR_FAULT_UNTIL", struck_at);
  failure = (int)number_in("HARBOR_FAULT_MODE", 0); /* of "link" and "kill", 0 */
  if (mode && strcmp(mode, "link") == 0) {
    linked = getenv("HARBOR_FAULT_FOLDER");
    target = getenv("HARBOR_FAULT_TARGET");
  }
  int (*really)(const char*, int, ...) = (int (*)(const char*, int, ...))dlsym(RTLD_NEXT, "open");
  if (log) log_fd = really(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  unsetenv("LD_PRELOAD");
}

/* Whether a call counts only where it is named: "look" is every way to open what is there. */
static int is_optional(const char* name) {
  static const char* const names[] = {"look",  "read",        "pread",         "stat",
                                      "lstat", "fstat",       "fstatat",       "readdir",
                                      "fork",  "posix_spawn", "pthread_create"};
  for (size_t i = 0; i < sizeof names / sizeof *names; ++i)
    if (strcmp(name, names[i]) == 0) return 1;
  return 0;
}

static int counts(const char* name) {
  const size_t length = strlen(name);
  for (const char* at = counted; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
    if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == '\0')) return 1;
  return !counted && !is_optional(name);
}

static void plant_link(void) {
  int (*really_rename)(const char*, const char*) =
      (int (*)(const char*, const char*))dlsym(RTLD_NEXT, "rename");
  int (*really_symlink)(const char*, const char*) =
      (int (*)(const char*, const char*))dlsym(RTLD_NEXT, "symlink");
  char aside[4096];
  snprintf(aside, sizeof aside, "%s.aside", linked);
  really_rename(linked, aside);   /* it may not be there yet */
  really_symlink(target, linked); /* nor may its parent */
}

/* Whether the call is to fail; errno then is set. */
static int strikes(const char* name, const char* about) {
  if (!counts(name)) return 0;
  const long number = atomic_fetch_add(&count, 1) + 1;
  if (log_fd >= 0) dprintf(log_fd, "%ld %s %s\n", number, name, about);
  if (number < struck_at || number > struck_until) return 0;
  if (linked) {
    plant_link();
    return 0;
  }
  if (!failure) raise(SIGKILL);
  errno = failure;
  return 1;
}

/* NOLINTBEGIN(bugprone-macro-parentheses): the arguments are types and parameter lists. */
#define WRAP(type, name, parameters, arguments, about)                 \
  type name parameters {                                               \
    static type(*really) parameters;                                   \
    if (!really) really = (type(*) parameters)dlsym(RTLD_NEXT, #name); \
    return strikes(#name, about) ? (type)-1 : really arguments;        \
  }

WRAP(int, rename, (const char* from, const char* to), (from, to), to)
WRAP(int, renameat, (int a, const char* from, int b, const char* to), (a, from, b, to), to)
WRAP(int, renameat2, (int a, const char* from, int b, const char* to, unsigned flags),
     (a, from, b, to, flags), to)
WRAP(int, link, (const char* from, const char* to), (from, to), to)
WRAP(int, linkat, (int a, const char* from, int b, const char* to, int flags),
     (a, from, b, to, flags), to)
WRAP(int, symlink, (const char* to, const char* path), (to, path), path)
WRAP(int, unlink, (const char* path), (path), path)
WRAP(int, unlinkat, (int a, const char* path, int flags), (a, path, flags), path)
WRAP(int, remove, (const char* path), (path), path)
WRAP(int, rmdir, (const char* path), (path), path)
WRAP(int, mkdir, (const char* path, mode_t mode), (path, mode), path)
WRAP(int, mkdirat, (int a, const char* path, mode_t mode), (a, path, mode), path)
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode), "")
WRAP(int, fsync, (int fd), (fd), "")
WRAP(int, fdatasync, (int fd), (fd), "")
WRAP(int, syncfs, (int fd), (fd), "")
WRAP(int, ftruncate, (int fd, off_t size), (fd, size), "")
WRAP(int, fallocate, (int fd, int mode, off_t from, off_t size), (fd, mode, from, size), "")
WRAP(ssize_t, pwrite, (int fd, const void* bytes, size_t size, off_t at), (fd, bytes, size, at), "")

/* Of the opening calls those that make a file count, by the name "create". */
#define WRAP_OPEN(name, parameters, arguments)                        \
  int name parameters {                                               \
    static int(*really) parameters;                                   \
    if (!really) really = (int(*) parameters)dlsym(RTLD_NEXT, #name); \
    mode_t mode = 0;                                                  \
    if (flags & (O_CREAT | 020000000)) {                              \
      va_list list;                                                   \
      va_start(list, flags);                                          \
      mode = va_arg(list, mode_t);                                    \
      va_end(list);                                                   \
      if (strikes("create", path)) return -1;                         \
    } else if (strikes("look", path)) {                               \
      return -1;                                                      \
    }                                                                 \
    return really arguments;                                          \
  }

WRAP_OPEN(open, (const char* path, int flags, ...), (path, flags, mode))
WRAP_OPEN(openat, (int a, const char* path, int flags, ...), (a, path, flags, mode))

#define WRAP_LOOK(type, name, parameter, arguments, about)               \
  type* name parameter {                                                 \
    static type*(*really)parameter;                                      \
    if (!really) really = (type * (*)parameter) dlsym(RTLD_NEXT, #name); \
    return strikes("look", about) ? NULL : really arguments;             \
  }

WRAP_LOOK(FILE, fopen, (const char* path, const char* mode), (path, mode), path)
WRAP_LOOK(FILE, fopen64, (const char* path, const char* mode), (path, mode), path)
WRAP_LOOK(DIR, opendir, (const char* path), (path), path)
WRAP_LOOK(DIR, fdopendir, (int fd), (fd), "")

/* The C library has no function for openat2. */
long syscall(long number, ...) {
  static long (*really)(long, ...);
  if (!really) really = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
  long given[6];
  va_list list;
  va_start(list, number);
  for (int i = 0; i < 6; ++i) given[i] = va_arg(list, long);
  va_end(list);
  /* NOLINTNEXTLINE(performance-no-int-to-ptr): so the kernel is given it. */
  if (number == SYS_openat2 && strikes("look", (const char*)given[1])) return -1;
  return really(number, given[0], given[1], given[2], given[3], given[4], given[5]);
}

struct dirent* readdir(DIR* folder) {
  static struct dirent* (*really)(DIR*);
  if (!really) really = (struct dirent * (*)(DIR*)) dlsym(RTLD_NEXT, "readdir");
  return strikes("readdir", "") ? NULL : really(folder);
}

WRAP(ssize_t, read, (int fd, void* into, size_t size), (fd, into, size), "")
WRAP(ssize_t, pread, (int fd, void* into, size_t size, off_t at), (fd, into, size, at), "")
WRAP(int, stat, (const char* path, struct stat* into), (path, into), path)
WRAP(int, lstat, (const char* path, struct stat* into), (path, into), path)
WRAP(int, fstat, (int fd, struct stat* into), (fd, into), "")
WRAP(int, fstatat, (int a, const char* path, struct stat* into, int flags), (a, path, into, flags),
     path)

WRAP(pid_t, fork, (void), (), "")

#define WRAP_BIRTH(name, parameters, arguments, about)                \
  int name parameters {                                               \
    static int(*really) parameters;                                   \
    if (!really) really = (int(*) parameters)dlsym(RTLD_NEXT, #name); \
    return strikes(#name, about) ? errno : really arguments;          \
  }

WRAP_BIRTH(posix_spawn,
           (pid_t * pid, const char* path, const posix_spawn_file_actions_t* actions,
            const posix_spawnattr_t* attributes, char* const argv[], char* const environment[]),
           (pid, path, actions, attributes, argv, environment), path)
WRAP_BIRTH(pthread_create,
           (pthread_t * thread, const pthread_attr_t* attributes, void* (*work)(void*), void* with),
           (thread, attributes, work, with), "")
/* NOLINTEND(bugprone-macro-parentheses) */
