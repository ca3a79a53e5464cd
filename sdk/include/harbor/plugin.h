/* clang-format off */
/* harbor/plugin.h - the boundary between the Harbor engine and its action packs, ABI major 1.
 *
 * Plain C99, also valid C++20; needs nothing but <stddef.h> and <stdint.h>. A pack is one shared library that
 * exports one symbol, harbor_plugin_entry_v1, and carries one ELF note (HARBOR_ABI_NOTE). C++ authors want
 * harbor/action.hpp on top of this header.
 *
 * RULES (normative)
 * R1 Memory    No pointer is ever freed by the other side. A harbor_str passed INTO a call is borrowed until that
 *              call returns. A harbor_str returned BY a host function lives in the call's arena, until the
 *              operation returns. Results leave a pack through host functions, which copy before they return.
 * R2 Unwinding No exception, panic or longjmp may cross this boundary, in either direction.
 * R3 Threads   The host may run operations of different steps at the same time, also of one action, on any
 *              thread. One harbor_call is used by one operation. Host functions tagged [any] may be called from
 *              any thread until the operation returns; [op] only from the thread that runs the operation.
 *              Threads that an operation starts end before it returns.
 * R4 Process   Do not fork, exec, chdir, setenv, umask, install signal handlers, exit, or write to descriptors
 *              0, 1 and 2. The host starts processes and prints.
 * R5 Growth    Structs grow only at the end. The WRITER of a struct sets struct_size to the size of its own
 *              version; the READER uses HARBOR_HAS() before it touches anything newer than 1.0. Values of
 *              constants, meanings of fields and signatures never change inside a major. Reserved fields are
 *              zero. Unknown flags are ignored.
 * R6 Lifetime  Everything reachable from a harbor_plugin is static and constant. A pack is never unloaded.
 * R7 Text      Every harbor_str is UTF-8; JSON is RFC 8259 without duplicate keys, at most 64 levels deep and
 *              16 MiB long. The host replaces invalid bytes in what processes print.
 */
#ifndef HARBOR_PLUGIN_H
#define HARBOR_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#define HARBOR_ABI_MAJOR 1u /* equal or refused; part of the entry symbol's name */
#define HARBOR_ABI_MINOR 0u /* additive */

/* True when the struct at `p` is recent enough to have `field`. Fields of 1.0 need no test. */
#define HARBOR_HAS(p, type, field) \
  ((p)->struct_size >= offsetof(type, field) + sizeof(((type *)0)->field))

#if defined(_WIN32)
#define HARBOR_EXPORT __declspec(dllexport)
#else
#define HARBOR_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
#define HARBOR_C extern "C"
extern "C" {
#else
#define HARBOR_C
#endif

/* A view of UTF-8 text. Not terminated; ptr may be NULL when len is 0. */
typedef struct harbor_str {
  const char *ptr;
  size_t len;
} harbor_str;

#define HARBOR_LIT(s) \
  { s, sizeof(s) - 1 }

/* ---- Results ------------------------------------------------------------------------------------------- */

/* The result of an operation, and of every host function that can fail. Positive values are failures; a pack
 * passes a host function's failure on as its own result unless it has something better to say. Each failure
 * maps to one exit status of the harbor command, given in brackets. */
typedef int32_t harbor_status;
#define HARBOR_OK 0
#define HARBOR_UNCHANGED (-1)    /* success, but nothing had to be done: the step's outcome is `noop` */
#define HARBOR_E_FAILED 1        /* the action ran and did not succeed [1] */
#define HARBOR_E_INPUT 2         /* the input, or a file that it names, is wrong [65] */
#define HARBOR_E_RETRYABLE 3     /* as E_FAILED, but worth another attempt if the step has a retry policy [1] */
#define HARBOR_E_CANCELLED 4     /* the run is being cancelled [130] */
#define HARBOR_E_TIMEOUT 5       /* the deadline passed [124] */
#define HARBOR_E_DENIED 6        /* refused: undeclared effect, policy, secret or permission [77] */
#define HARBOR_E_NOT_FOUND 7     /* a file or other input is missing [66] */
#define HARBOR_E_UNSUPPORTED 8   /* the host, or the pack, cannot do this [78] */
#define HARBOR_E_INTERNAL 9      /* a bug in the pack: a caught exception or panic [1] */
#define HARBOR_E_UNAVAILABLE 10  /* a tool or daemon is missing, too old, or does not answer [69] */
#define HARBOR_E_IO 11           /* reading or writing failed: full disk, read-only file system [74] */

/* A failure in full, handed to host->fail(), which copies it. */
typedef struct harbor_error {
  uint32_t struct_size;
  uint32_t flags;     /* HARBOR_ERROR_* */
  harbor_str code;    /* stable, dotted: "acme.quota"; listed in the pack's failure table */
  harbor_str message; /* one sentence, no full stop, no newline */
  harbor_str hint;    /* what the user can do next; may be empty */
  harbor_str pointer; /* RFC 6901 into the step's input ("/ports/0"), shown as the descriptor's line; or empty */
  harbor_str detail;  /* empty, or a JSON object, all members optional:
                       *   "labels": [{"file","line","column","length","text"}]  other places, primary first;
                       *             line and column count from 1, column and length in bytes
                       *   "causes": ["..."]                                     outermost first
                       *   anything else reaches the run's events, for programs.
                       * At most 64 KiB of text and 64 levels; secrets in it are masked */
} harbor_error;
#define HARBOR_ERROR_WARNING (1u << 0) /* reported, but the operation may still succeed */

/* Documentation of one failure, shown by `harbor explain CODE`. */
typedef struct harbor_failure {
  uint32_t struct_size;
  harbor_status status;   /* how operations end that report it */
  harbor_str code;        /* as in harbor_error.code */
  harbor_str title;       /* one line */
  harbor_str explanation; /* plain text or Markdown: why it happens, what to do */
} harbor_failure;

/* ---- Actions -------------------------------------------------------------------------------------------- */

/* Effects: an upper bound on what any operation of the action may do. The host shows them in plans, checks them
 * (a spawn without HARBOR_FX_EXEC is refused), and needs no lock and no journal for a run without write effects. */
#define HARBOR_FX_READ_WORKSPACE (1u << 0)
#define HARBOR_FX_WRITE_WORKSPACE (1u << 1)
#define HARBOR_FX_READ_HOST (1u << 2)
#define HARBOR_FX_WRITE_HOST (1u << 3)
#define HARBOR_FX_NETWORK (1u << 4)
#define HARBOR_FX_EXEC (1u << 5)
#define HARBOR_FX_SECRETS (1u << 6)
#define HARBOR_FX_PRIVILEGED (1u << 7)
/* The write effects: with any of these set, an action may change something. */
#define HARBOR_FX_WRITES (HARBOR_FX_WRITE_WORKSPACE | HARBOR_FX_WRITE_HOST | HARBOR_FX_PRIVILEGED)

/* Action flags */
#define HARBOR_AF_IDEMPOTENT (1u << 0)   /* executing it twice has the same result as executing it once */
#define HARBOR_AF_LONG_RUNNING (1u << 1) /* has no default deadline; looks at cancelled() at least every 200 ms */
#define HARBOR_AF_SERIAL (1u << 2)       /* the host never runs two operations of this action at once */
#define HARBOR_AF_PARTIAL_CHECK (1u << 3) /* validate is also called with HARBOR_CALL_PARTIAL */

typedef struct harbor_call harbor_call;
typedef struct harbor_host harbor_host;
typedef struct harbor_action harbor_action;
typedef harbor_status (*harbor_op)(harbor_call *call);

/* One action. The host checks the input against `input_schema` before it calls any operation, with defaults
 * filled in, `${...}` resolved and artifacts bound.
 *
 * A step's parameters are siblings of the keys that Harbor reads itself: action, id, name, when, with, needs, timeout,
 * retry, continueOnError and forEach. A pack whose input schema has a property with one of these names is refused.
 *
 * Beyond JSON Schema draft 7 the input schema may say, per property:
 *   "x-harbor-from": "ARTIFACT"       if the step leaves the property out, it takes this artifact's value; request.NAME
 *                                     comes from the command line (NAME becomes one of its options), descriptor.PATH is
 *                                     a value of the descriptor
 *   "x-harbor-recorded": true         a command takes the artifact as the last deploy recorded it, if it did
 *   "x-harbor-otherwise": "TEXT"      a command goes on without the artifact if the steps that provide it fail, and warns
 *                                     with TEXT; those steps take what the last deploy recorded where it did
 *   "x-harbor-letter": "x"            one letter for the property's option; "x-harbor-value": "NAME" names its value in
 *                                     help; "x-harbor-greedy": true lets a list take every word before a `--`
 *   "x-harbor-instead": "ACTION"      for an action that is a command: with this option the command calls ACTION, with
 *                                     those parts of the input that ACTION knows; a step may not set the property
 *   "x-harbor-literal": true          `${...}` in the value is the action's own language and is left as written
 *   "x-harbor-writes": true           the action writes only if this property asks for it: if it is left out or false, the
 *                                     step counts as one without write effects; a step that runs only for what it
 *                                     publishes (for a command, for destroy) runs without the property
 * and at its top level:
 *   "x-harbor-section": "STAGE.NAME"  the descriptor's section STAGE.NAME is a step of this action
 *   "x-harbor-hooks": ["POINT"]       hook points that the action raises: the descriptor may have hooks for these, and for
 *                                     pre_STAGE and post_STAGE, and for no others
 *   "x-harbor-cli": {"command": "logs",      the action is also `harbor logs`
 *                    "args": ["services"],   properties that positional arguments fill, in order; an array takes
 *                                            the rest
 *                    "verbatim": true,       options are not looked for after the first positional argument
 *                    "print": "text",        the output property that is printed to standard output
 *                    "exit": "exitCode"}    the output property that becomes the exit status
 * The output schema may say, per property:
 *   "x-harbor-as": "ARTIFACT"         the value is published under this name for later steps
 *   "x-harbor-record": true           the artifact is kept unmasked, for destroy and later commands; no secrets
 *   "x-harbor-result": true           `harbor run STAGE` prints the value
 *   "x-harbor-names": {"depth": 1,    the keys at this depth of the artifact are names: `harbor why NAME` finds the value
 *                      "uses": "ARTIFACT"}   and says whose it is (the key above) and who uses the name, from the
 *                                     origins "ARTIFACT.uses" (default: the artifact itself)
 * A secret travels in JSON as {"$secret": "REF"}. */
struct harbor_action {
  uint32_t struct_size;
  uint32_t flags;           /* HARBOR_AF_* */
  uint64_t effects;         /* HARBOR_FX_* */
  harbor_str name;          /* "net.tunnel.quick": [a-z0-9_]+(\.[a-z0-9_]+)* */
  harbor_str doc;           /* one line */
  harbor_str input_schema;  /* JSON Schema draft 7, an object */
  harbor_str output_schema; /* the same for what emit_output() is given; empty = no output */
  harbor_str requires_caps; /* capabilities, separated by spaces: "container.engine dns". A step of the action is
                             * refused before anything runs if one of them is provided by no action of the packs in use */
  harbor_str provides_caps; /* the same; what actions of other packs may depend on while this one is installed. With
                             * "deployment.sweep" the action is run by `harbor destroy --from-labels`, with the input {}:
                             * it takes away what it finds that was deployed from the workspace */
  harbor_op validate; /* optional: checks that a schema cannot express. No effects. Called before the first execute and, with
                       * HARBOR_CALL_CHECK, by `harbor check` in place of execute: see there */
  harbor_op plan;     /* optional: what would execute do? emit_output() {"changes": [{"op": "create|update|delete|run",
                       * "target": "...", "summary": "...", "diff": "...", "destructive": false}], "outputs": {...}}. No
                       * writes; an empty list of changes means that execute would change nothing. `outputs` is what
                       * execute would emit, as far as that is known beforehand: later steps are planned with it. If this
                       * operation exists, `harbor plan` never executes the action; if not, it executes a step without
                       * write effects, and says of one with write effects that it cannot tell */
  harbor_op execute;  /* REQUIRED */
  harbor_op undo;     /* optional: undoes what execute did; the input is {}, call->state what execute saved. Run by
                       * `harbor destroy` after its steps, even if the run was interrupted; must succeed when there is
                       * nothing left to undo */
  harbor_op status;   /* optional: is it still true? */
  void *user;         /* the pack's own; constant after loading */
};

typedef struct harbor_plugin {
  uint32_t struct_size;
  uint16_t abi_major, abi_minor; /* what the pack was compiled against */
  harbor_str id;                 /* reverse DNS, unique: "com.example.pack" */
  harbor_str version;            /* semantic version of the pack */
  harbor_str vendor, license, url;
  const harbor_action *const *actions; /* pointers, so that harbor_action can grow */
  size_t action_count;
  const harbor_failure *const *failures; /* may be NULL when failure_count is 0 */
  size_t failure_count;
} harbor_plugin;

/* Which operation a call is. */
#define HARBOR_OP_VALIDATE 1
#define HARBOR_OP_PLAN 2
#define HARBOR_OP_EXECUTE 3
#define HARBOR_OP_UNDO 4
#define HARBOR_OP_STATUS 5

/* Flags of a call. */
/* Of validate: `harbor check` asks, and nothing will be executed. Look at every file that execute would read, fail() for
 * each mistake and not for the first alone, and emit_output() what execute would, as far as that is known: later steps are
 * checked with it, or not at all. Values that are not known, of an encrypted file for example, may be stood in for. invoke()
 * asks the other action the same way, or, when that has no validate and no write effects, executes it. */
#define HARBOR_CALL_CHECK (1u << 0)
/* With HARBOR_CALL_CHECK, for an action with HARBOR_AF_PARTIAL_CHECK: artifacts that the input takes are missing, as the
 * steps that make them failed or cannot tell. Find the mistakes that do not depend on them; what is put out is ignored. */
#define HARBOR_CALL_PARTIAL (1u << 1)

struct harbor_call { /* made by the host, one for each operation */
  uint32_t struct_size;
  uint32_t op;      /* HARBOR_OP_* */
  uint32_t attempt; /* 1 for the first, more when the step is retried */
  uint32_t flags;   /* HARBOR_CALL_* */
  const harbor_host *host;
  const harbor_action *action;
  harbor_str input;     /* JSON object */
  harbor_str state;     /* JSON saved by an earlier execute of this step, or empty */
  harbor_str run_id;    /* label what you create with it */
  harbor_str step_id;   /* unique in the run */
  harbor_str workspace; /* the project folder, absolute, no trailing slash */
  harbor_str run_dir;   /* WORKSPACE/var/run: the only folder in the workspace to write to; may not exist yet */
  int64_t deadline_ms;  /* CLOCK_MONOTONIC, milliseconds; 0 = none */
  void *opaque;         /* the host's */
};

/* ---- Processes ------------------------------------------------------------------------------------------ */

/* A piece of text: the bytes of `text` or, when `secret` is not empty, the value of that reference. */
typedef struct harbor_part {
  harbor_str text;
  harbor_str secret;
} harbor_part;

/* An environment variable of a child. */
typedef struct harbor_var {
  harbor_str name;
  harbor_part value;
} harbor_var;

/* A file in memory that is open in the child. The i-th file of a spawn is /proc/self/fd/<3+i> in the child and in
 * the children that inherit it; nothing touches a disk. */
typedef struct harbor_file {
  const harbor_part *parts;
  size_t part_count;
} harbor_file;

typedef struct harbor_spawn { /* the only way to start a process; needs HARBOR_FX_EXEC */
  uint32_t struct_size;
  uint32_t flags; /* HARBOR_SPAWN_* */
  const harbor_str *argv; /* argv[0] is looked up on the host's PATH; there is no shell. No secrets here */
  size_t argc;
  const harbor_var *env; /* added to a small base environment (PATH HOME USER LANG TZ TERM TMPDIR ...) */
  size_t env_count;
  const harbor_str *inherit_env; /* names taken from Harbor's own environment where set: "SSH_AUTH_SOCK" */
  size_t inherit_env_count;
  harbor_str cwd;                  /* absolute; empty = the workspace */
  const harbor_part *stdin_parts;  /* standard input; none = /dev/null */
  size_t stdin_part_count;
  const harbor_file *files;
  size_t file_count;
  int64_t timeout_ms; /* capped by the step's deadline; 0 = that deadline. Then TERM, 5 s, KILL, to the group */
  void (*on_line)(void *user, int32_t fd, harbor_str line); /* optional, [op]; fd is 1 or 2, no newline in line */
  void *user;
  /* optional, [op]: called whenever the child has printed nothing for `silence_ms`; may run a process itself. Anything
   * but HARBOR_OK ends the child as its deadline would, and is what spawn() returns. Not for a child that is attached */
  harbor_status (*on_silence)(void *user);
  int64_t silence_ms;
} harbor_spawn;
#define HARBOR_SPAWN_CAPTURE (1u << 0)   /* keep what the child prints in the result; of more than 16 MiB a
                                          * stream the first and the last 8, with a line between that says so */
#define HARBOR_SPAWN_QUIET (1u << 1)     /* do not copy the child's lines to the run's log */
#define HARBOR_SPAWN_READ_ONLY (1u << 2) /* the command only looks; required in validate, plan and status */
#define HARBOR_SPAWN_ATTACH (1u << 3)    /* the child talks to the user: Harbor's terminal, or its three streams */
#define HARBOR_SPAWN_CLEAN_UP (1u << 4)  /* removes what an earlier child left outside Harbor: runs even if the run is
                                          * cancelled or the deadline has passed, for at most 10 s, and ignores both */

typedef struct harbor_spawn_result {
  uint32_t struct_size;
  int32_t exit_code;   /* -1 when a signal ended it */
  int32_t term_signal; /* 0 when it exited by itself */
  uint32_t flags;      /* HARBOR_SPAWNED_* */
  harbor_str out, err; /* with HARBOR_SPAWN_CAPTURE */
} harbor_spawn_result;
#define HARBOR_SPAWNED_TRUNCATED (1u << 0) /* more was printed than is kept */
#define HARBOR_SPAWNED_LOSSY (1u << 1)     /* invalid UTF-8 was replaced */

/* ---- The host ------------------------------------------------------------------------------------------- */

#define HARBOR_LOG_TRACE 0
#define HARBOR_LOG_DEBUG 1
#define HARBOR_LOG_INFO 2
#define HARBOR_LOG_WARN 3
#define HARBOR_LOG_ERROR 4

struct harbor_host { /* append only */
  uint32_t struct_size;
  uint16_t abi_major, abi_minor;
  harbor_str version; /* of the engine, "2.0.0" */

  /* [any] A line for the run's log. `fields_json` is an object or empty; it reaches the events as the line's fields. At
   * most 64 KiB of text and 64 levels, else it is replaced by {"dropped": "why"}. */
  void (*log)(harbor_call *, int32_t level, harbor_str message, harbor_str fields_json);
  /* [any] How far the operation is: 0 to 1, or negative when unknown; `what` is a few words. */
  void (*progress)(harbor_call *, double fraction, harbor_str what);
  /* [op] The operation's output, a JSON object; the last call wins. */
  harbor_status (*emit_output)(harbor_call *, harbor_str json);
  /* [op] Where the parts of an artifact come from: an object that maps JSON pointers into the artifact's value to lists
   * of {"file","line","column","layer","value","overridden"}, the effective one last. Shown by `harbor why`.
   * For "ARTIFACT.uses" the lists say who uses the parts: {"file","line","column","by"}, where "by" is the user.
   * Several steps may emit uses of the same artifact. */
  harbor_status (*emit_origin)(harbor_call *, harbor_str artifact, harbor_str json);
  /* [op] State for undo and status; durable when it returns. Save the intent before the side effect. It is stored
   * unmasked: no secrets, only references to them. HARBOR_E_DENIED in a step without write effects, and in any
   * operation other than execute. */
  harbor_status (*save_state)(harbor_call *, harbor_str json);
  /* [op] Records a failure (or a warning); may be called more than once. Returns the given status. */
  harbor_status (*fail)(harbor_call *, harbor_status, const harbor_error *);
  /* [any] 0, HARBOR_E_CANCELLED or HARBOR_E_TIMEOUT. */
  harbor_status (*cancelled)(harbor_call *);
  /* [op] Puts a value into the vault; from then on it is masked in everything that Harbor prints or stores.
   * `name` says what it is, for messages. `ref` receives the reference. Needs HARBOR_FX_SECRETS. */
  harbor_status (*put_secret)(harbor_call *, harbor_str name, harbor_str value, harbor_str *ref);
  /* [op] Calls use() once with the value; its bytes are wiped when use() returns. Needs HARBOR_FX_SECRETS. */
  harbor_status (*with_secret)(harbor_call *, harbor_str ref, void (*use)(void *user, harbor_str value),
                               void *user);
  /* [any] Runs a process to its end. HARBOR_OK only means that it ran: look at the result. */
  harbor_status (*spawn)(harbor_call *, const harbor_spawn *, harbor_spawn_result *);
  /* [op] Runs another action with this input, on this thread, as part of this step. At most 16 deep. HARBOR_E_DENIED if
   * that action has write effects and the step has none. */
  harbor_status (*invoke)(harbor_call *, harbor_str action, harbor_str input_json, harbor_str *output_json);
  /* [op] Runs the descriptor's hooks for this point ("pre_service_up") with a JSON object that they can read. The action's
   * input schema names the point under "x-harbor-hooks". */
  harbor_status (*raise_hook)(harbor_call *, harbor_str point, harbor_str payload_json);
  /* [any] Memory that the host frees when the operation returns; NULL when there is none. */
  void *(*alloc)(harbor_call *, size_t size, size_t align);
  /* [any] An optional table by id, for example "harbor.files.v1", or NULL. Lives as long as the process. */
  const void *(*extension)(const harbor_host *, harbor_str id);
};

/* ---- Entry ---------------------------------------------------------------------------------------------- */

/* Called once per process, on one thread, before any operation. NULL refuses to load. Must be quick: no I/O, no
 * threads, no reading of the environment; those belong in validate. `host` has no call yet: only its version
 * fields and extension() may be used. */
typedef const harbor_plugin *(*harbor_plugin_entry_fn)(const harbor_host *host);
#define HARBOR_ENTRY_NAME "harbor_plugin_entry_v1"
HARBOR_EXPORT const harbor_plugin *harbor_plugin_entry_v1(const harbor_host *host);

/* The ELF note (owner "Harbor", type 1) by which the host recognises a pack, and its ABI, BEFORE any of the pack's
 * code runs. Put it into exactly one source file. */
typedef struct harbor_note {
  uint32_t name_size, desc_size, type;
  char name[8];
  uint32_t desc[4]; /* ABI major, ABI minor, sizeof(void *), 0 */
} harbor_note;
#define HARBOR_NOTE_SECTION ".note.harbor"
#define HARBOR_ABI_NOTE                                                                                  \
  HARBOR_C const harbor_note harbor_abi_note                                                             \
      __attribute__((section(HARBOR_NOTE_SECTION), used, aligned(4), visibility("hidden"))) = {          \
          7, 16, 1, "Harbor", {HARBOR_ABI_MAJOR, HARBOR_ABI_MINOR, (uint32_t)sizeof(void *), 0}};

#ifdef __cplusplus
}
#endif
#endif
