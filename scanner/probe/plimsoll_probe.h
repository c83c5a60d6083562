/* plimsoll_probe.h: how a probe is written as a shared object. Plain C11; no other header of
 * plimsoll is needed.
 *
 * WHAT A PROBE IS
 *
 * A probe reads one program's configuration and yields facts: what that program is effectively
 * configured to do, each value with the file and line it comes from. It judges nothing; rules, in
 * TOML, do. It is a pure function: the same bytes give the same facts, whatever the time, the
 * locale and the environment.
 *
 * A fact has one of two shapes, and a probe yields one of them only:
 *   settings  scope, key, value. The value is the text that the program would use. `scope` is the
 *             section, unit or block that it holds in; empty for the main one.
 *   rows      a table with named, typed columns: the fields that the probe declares.
 * Where a value is overridden, yield the one that counts and attach the others with `shadow`.
 * A value that no file gives but the program has a default for is a fact too: its origin is NULL.
 *
 * HOW TO BUILD, INSTALL AND RUN ONE
 *
 *   cc -std=c11 -O2 -fPIC -shared -fvisibility=hidden -o NAME.so NAME.c
 *   plimsoll probes --plugin-dir DIR NAME
 *   plimsoll facts  --plugin-dir DIR NAME --root /srv/image
 *   plimsoll scan   --plugin-dir DIR --baseline FILE.toml
 *
 * The file's name without `.so` is the probe's name: lower case letters, digits and hyphens. It
 * must not be that of a built-in probe. The file, its directory and all parents must belong to root
 * or to the user who runs plimsoll, and must not be writable by group or others (a sticky
 * directory such as /tmp may be a parent). Nothing is loaded from a directory the user did not
 * name.
 *
 * WHERE IT RUNS
 *
 * In a process of its own, which serves this plug-in alone and has one thread. That process may not
 * open files for writing, start programs, fork, or use the network; the kernel refuses it. Once the
 * object is loaded, where the kernel has Landlock, it may not open files at all: every byte comes
 * from the functions of `plimsoll_host`, which stay inside the scanned root. It may allocate memory
 * and start threads, but only the thread that `read` was called on may call the host.
 * Standard output goes nowhere. What it writes to standard error is quoted, cut to some hundred
 * bytes, if it fails.
 *
 * A crash, a call of exit, a run of more than 10 seconds, more than 200,000 facts, more than
 * 64 MiB of them or 4 MiB in one end the process. The rules that ask the probe then are `unknown`,
 * and say why; nothing else is lost.
 *
 * CONVENTIONS
 *
 * Strings are pointer and length, without a terminating NUL, in any bytes (UTF-8 where you make
 * them). An empty string may have a null pointer.
 *
 * Memory: each side frees its own. What the host returns stays valid until `read` returns. What you
 * hand to the host is copied before the call returns. What `plimsoll_probe_entry` returns must stay
 * valid and unchanged as long as the object is loaded: make it static.
 *
 * Errors: functions that can fail return a plimsoll_status, PLIMSOLL_OK being 0. After a failure,
 * `last_error` says why, in words. That a file is not there is often legal; for any other failure
 * report a `gap`, so that rules do not pass on what could not be read. Nothing may be thrown or
 * longjmp'ed through the host.
 *
 * Paths are absolute inside the root (`/etc/hosts` is the root's own), links resolve inside it.
 * Devices, FIFOs and sockets are never opened. A file is at most 16 MiB, a directory 131,072
 * entries.
 *
 * Scanned files are hostile: they may be empty, binary, cut off, hold NUL bytes, or lines of 16
 * MiB.
 *
 * VERSIONS
 *
 * PLIMSOLL_PROBE_ABI changes when something here changes that old objects cannot live with; the
 * host then refuses them in words. Within a version, structures only grow at their end. Each side
 * writes the size it was compiled with, and reads no further than the other side wrote.
 */
#ifndef PLIMSOLL_PROBE_H
#define PLIMSOLL_PROBE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PLIMSOLL_PROBE_ABI 1u

typedef struct plimsoll_str {
  const char* data;
  size_t size;
} plimsoll_str;

/* A string literal as a plimsoll_str: in an initialiser, and anywhere else in C. */
#define PLIMSOLL_LITERAL(text) \
  { (text), sizeof(text) - 1 }
#ifndef __cplusplus
#define PLIMSOLL_STR(text) ((plimsoll_str)PLIMSOLL_LITERAL(text))
#endif

/* ---- what a function of the host can answer ---- */

typedef int32_t plimsoll_status;
enum {
  PLIMSOLL_OK = 0,
  PLIMSOLL_NOT_FOUND = 1,   /* nothing is there */
  PLIMSOLL_DENIED = 2,      /* there, but the scan may not read it */
  PLIMSOLL_WRONG_TYPE = 3,  /* not a regular file (not a directory, not a link) */
  PLIMSOLL_LIMIT = 4,       /* a cap on size, depth or number was reached */
  PLIMSOLL_LINK_LOOP = 5,   /* too many symbolic links on the way */
  PLIMSOLL_INVALID = 6,     /* does not follow its grammar; a wrong argument */
  PLIMSOLL_UNSUPPORTED = 7, /* understood, but not evaluated by this probe */
  PLIMSOLL_FAILED = 8       /* the system refused for a reason of its own */
};

/* ---- facts ---- */

/* How a value of a field or key is compared. Values of settings are always handed over as text, in
 * these spellings. */
enum {
  PLIMSOLL_TYPE_TEXT = 0,     /* byte for byte */
  PLIMSOLL_TYPE_BOOLEAN = 1,  /* yes/no, on/off, true/false, 1/0, enabled/disabled */
  PLIMSOLL_TYPE_INTEGER = 2,  /* decimal, 0x hexadecimal or 0 octal; 64 bit, signed */
  PLIMSOLL_TYPE_MODE = 3,     /* permission bits, octal: 0640 */
  PLIMSOLL_TYPE_DURATION = 4, /* 90 (seconds), 1h30m, 2min, 1d, 500ms */
  PLIMSOLL_TYPE_SIZE = 5,     /* 10K, 4M, 1G (binary), 10kB, or bytes */
  PLIMSOLL_TYPE_VERSION = 6,  /* Debian version order */
  PLIMSOLL_TYPE_LIST = 7,     /* ordered; separated by commas or blanks */
  PLIMSOLL_TYPE_SET = 8       /* a list whose order does not matter */
};

/* One column of a row, or one well-known key of a settings probe. */
typedef struct plimsoll_field {
  plimsoll_str name; /* as baselines spell it */
  uint32_t type;     /* PLIMSOLL_TYPE_TEXT ... */
  uint32_t reserved; /* 0 */
  plimsoll_str doc;  /* one line, with the unit where there is one */
} plimsoll_field;

/* One value of a row. What `kind` says decides which member counts. */
enum {
  PLIMSOLL_NOTHING = 0,  /* the field does not apply to this row */
  PLIMSOLL_A_FLAG = 1,   /* number: 0 or 1; for boolean fields */
  PLIMSOLL_A_NUMBER = 2, /* number; for integer, mode, duration (seconds) and size (bytes) fields */
  PLIMSOLL_A_TEXT = 3,   /* text; for text and version fields, and durations and sizes as spelled */
  PLIMSOLL_A_LIST = 4    /* items, item_count; for list and set fields */
};
typedef struct plimsoll_value {
  uint32_t kind;
  uint32_t reserved; /* 0 */
  int64_t number;
  plimsoll_str text;
  const plimsoll_str* items;
  size_t item_count;
} plimsoll_value;

/* A place in a file of the root. A null pointer to one means: the program's built-in default. */
typedef struct plimsoll_origin {
  plimsoll_str file; /* `/etc/hosts.allow` */
  uint32_t line;     /* from 1; 0: the whole file */
  uint32_t column;   /* from 1, in bytes; 0: the whole line */
} plimsoll_origin;

/* What a gap puts in doubt. */
enum {
  PLIMSOLL_MAY_OVERRIDE = 0, /* what was not read could change what was found: rules are unknown */
  PLIMSOLL_MAY_ADD = 1 /* it could only hold more rows: drift stays drift, a pass is unknown */
};

/* ---- files ---- */

enum {
  PLIMSOLL_REGULAR = 0,
  PLIMSOLL_DIRECTORY = 1,
  PLIMSOLL_SYMLINK = 2,
  PLIMSOLL_FIFO = 3,
  PLIMSOLL_SOCKET = 4,
  PLIMSOLL_CHARACTER_DEVICE = 5,
  PLIMSOLL_BLOCK_DEVICE = 6,
  PLIMSOLL_UNKNOWN_TYPE = 7
};

typedef struct plimsoll_stat {
  uint32_t struct_size; /* you set it to sizeof(plimsoll_stat) before the call */
  uint32_t type;        /* PLIMSOLL_REGULAR ... */
  uint32_t mode;        /* permission bits with set-id and sticky: 07777 */
  uint32_t uid;
  uint32_t gid;
  uint32_t links;
  uint64_t size; /* bytes */
  int64_t mtime; /* seconds since the epoch */
} plimsoll_stat;

typedef struct plimsoll_entry {
  plimsoll_str name;
  uint32_t type; /* of the entry itself: a link is a link */
  uint32_t reserved;
} plimsoll_entry;

/* ---- the host ---- */

/* What `read` is given. Hand the same pointer to each of its functions. */
typedef struct plimsoll_host {
  uint32_t abi_version; /* PLIMSOLL_PROBE_ABI of the host */
  uint32_t struct_size; /* sizeof(plimsoll_host) of the host; functions past it are not there */
  void* handle;         /* the host's own */

  /* Files. Links are followed, except by `lstat` and `readlink` in the last part of the path. */
  plimsoll_status (*read_file)(const struct plimsoll_host*, plimsoll_str path, plimsoll_str* text);
  plimsoll_status (*stat)(const struct plimsoll_host*, plimsoll_str path, plimsoll_stat* out);
  plimsoll_status (*lstat)(const struct plimsoll_host*, plimsoll_str path, plimsoll_stat* out);
  /* The entries of a directory, sorted by name (bytes). */
  plimsoll_status (*list)(const struct plimsoll_host*, plimsoll_str path,
                          const plimsoll_entry** entries, size_t* count);
  plimsoll_status (*readlink)(const struct plimsoll_host*, plimsoll_str path, plimsoll_str* target);
  /* glob(3): `*`, `?`, `[...]`, a leading dot only by a dot; sorted. No match is PLIMSOLL_OK with a
   * count of 0. A directory that cannot be read gives what was found, and its status. */
  plimsoll_status (*glob)(const struct plimsoll_host*, plimsoll_str pattern,
                          const plimsoll_str** paths, size_t* count);
  /* Why the last call failed, in words; empty after success. */
  plimsoll_str (*last_error)(const struct plimsoll_host*);

  /* `--context`: what is known of a connection, as `user` -> `bob`. 1 when it is known, else 0. */
  int (*context)(const struct plimsoll_host*, plimsoll_str name, plimsoll_str* value);

  /* Facts. These cannot fail: what is wrong with one (a row with more or fewer values than fields,
   * a value of another kind than its field) ends the run, and the rules are `unknown`. */
  void (*setting)(const struct plimsoll_host*, plimsoll_str scope, plimsoll_str key,
                  plimsoll_str value, const plimsoll_origin* origin);
  /* One value for each field that the probe declares, in that order. */
  void (*row)(const struct plimsoll_host*, const plimsoll_value* values, size_t count,
              const plimsoll_origin* origin);
  /* Another value for the fact just yielded, present but without effect, and why: "a later line
   * sets it again". */
  void (*shadow)(const struct plimsoll_host*, plimsoll_str value, const plimsoll_origin* origin,
                 plimsoll_str why);

  /* Something that could not be seen. `what` starts in lower case and has no full stop. `subject`
   * is the scope or path that it is about (facts below it included); empty: all facts of the probe.
   */
  void (*gap)(const struct plimsoll_host*, plimsoll_status code, plimsoll_str what,
              const plimsoll_origin* origin, plimsoll_str subject, uint32_t effect);
  /* What the probe reads is not there at all (the program is not installed), and how that is known.
   * Yield no facts then. */
  void (*not_applicable)(const struct plimsoll_host*, plimsoll_str why);
} plimsoll_host;

/* ---- the probe ---- */

enum { PLIMSOLL_SETTINGS = 0, PLIMSOLL_ROWS = 1 };

typedef struct plimsoll_probe {
  uint32_t abi_version;   /* PLIMSOLL_PROBE_ABI */
  uint32_t struct_size;   /* sizeof(plimsoll_probe) */
  uint32_t field_size;    /* sizeof(plimsoll_field) */
  uint32_t shape;         /* PLIMSOLL_SETTINGS or PLIMSOLL_ROWS */
  plimsoll_str name;      /* the file's name without `.so` */
  plimsoll_str summary;   /* one line */
  plimsoll_str semantics; /* the manual pages that define what it computes: "hosts_access(5)" */
  const plimsoll_field* fields;
  size_t field_count;
  uint32_t open_keys; /* settings: 1 when keys that `fields` does not list may occur (type text) */
  uint32_t reserved;  /* 0 */
  const plimsoll_str* files; /* the files a reader would look for first */
  size_t file_count;
  /* Yields the facts through the host. May be called again, for another root. Returns PLIMSOLL_OK,
   * or the status that kept it from finishing: the rules are then `unknown`, and `last_error` of
   * the host, or a gap you reported, says why. */
  plimsoll_status (*read)(const plimsoll_host* host);
} plimsoll_probe;

#if defined(__GNUC__)
#define PLIMSOLL_EXPORT __attribute__((visibility("default")))
#else
#define PLIMSOLL_EXPORT
#endif

/* The one symbol that the object exports. Called once, after loading. */
PLIMSOLL_EXPORT const plimsoll_probe* plimsoll_probe_entry(void);

#ifdef __cplusplus
}
#endif

#endif /* PLIMSOLL_PROBE_H */
