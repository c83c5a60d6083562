/* cron-access: who may use crontab(1).
 *
 * A probe as a shared object, complete: see plimsoll_probe.h for the rules it follows and README.md
 * for what it yields.
 */
#include <plimsoll_probe.h>
#include <string.h>

static const plimsoll_str kAllow = PLIMSOLL_LITERAL("/etc/cron.allow");
static const plimsoll_str kDeny = PLIMSOLL_LITERAL("/etc/cron.deny");
static const plimsoll_str kMain = PLIMSOLL_LITERAL(""); /* the scope: there is only one */

/* A file that was looked for: its text, or why there is none. */
typedef struct file {
  plimsoll_str path;
  plimsoll_status status;
  plimsoll_str text;
} file;

static file read_file(const plimsoll_host* host, plimsoll_str path) {
  file out = {path, PLIMSOLL_OK, {NULL, 0}};
  out.status = host->read_file(host, path, &out.text);
  /* What is there and cannot be read could change every answer. */
  if (out.status != PLIMSOLL_OK && out.status != PLIMSOLL_NOT_FOUND) {
    const plimsoll_origin origin = {path, 0, 0};
    host->gap(host, out.status, host->last_error(host), &origin, kMain, PLIMSOLL_MAY_OVERRIDE);
  }
  return out;
}

/* One setting for each user that a file names.
 *
 * crontab(1): one user a line. The line is compared as it stands: blanks, a carriage return and a
 * leading `#` are part of the name. A last line without its newline loses its last character, so
 * the name that it shows is not the one that counts. */
static void yield_users(const plimsoll_host* host, const file* list, plimsoll_str key) {
  const char* at = list->text.data;
  size_t left = list->text.size;
  for (uint32_t number = 1; left != 0; ++number) {
    const char* newline = memchr(at, '\n', left);
    const size_t taken = newline == NULL ? left : (size_t)(newline - at) + 1;
    const plimsoll_str user = {at, taken - 1};
    const plimsoll_origin origin = {list->path, number, 1};
    if (user.size != 0) host->setting(host, kMain, key, user, &origin);
    at += taken;
    left -= taken;
  }
}

static plimsoll_status read_probe(const plimsoll_host* host) {
  plimsoll_stat program = {.struct_size = sizeof program};
  if (host->stat(host, PLIMSOLL_STR("/usr/bin/crontab"), &program) == PLIMSOLL_NOT_FOUND) {
    host->not_applicable(host, PLIMSOLL_STR("there is no /usr/bin/crontab"));
    return PLIMSOLL_OK;
  }
  const file allow = read_file(host, kAllow);
  const file deny = read_file(host, kDeny);
  const plimsoll_origin allow_origin = {kAllow, 0, 0}, deny_origin = {kDeny, 0, 0};
  const plimsoll_str policy = PLIMSOLL_STR("policy");
  /* crontab(1): if cron.allow exists, only the users in it; if not, and cron.deny exists, all but
   * those in it. With neither, Debian lets everybody. */
  if (allow.status == PLIMSOLL_OK) {
    host->setting(host, kMain, policy, PLIMSOLL_STR("allow-list"), &allow_origin);
    if (deny.status == PLIMSOLL_OK)
      host->shadow(host, PLIMSOLL_STR("deny-list"), &deny_origin,
                   PLIMSOLL_STR("cron.allow is there, so cron.deny is not asked"));
    yield_users(host, &allow, PLIMSOLL_STR("allowed"));
  } else if (deny.status == PLIMSOLL_OK) {
    host->setting(host, kMain, policy, PLIMSOLL_STR("deny-list"), &deny_origin);
    yield_users(host, &deny, PLIMSOLL_STR("denied"));
  } else if (allow.status == PLIMSOLL_NOT_FOUND && deny.status == PLIMSOLL_NOT_FOUND) {
    host->setting(host, kMain, policy, PLIMSOLL_STR("everybody"), NULL);
  }
  return PLIMSOLL_OK;
}

static const plimsoll_field kFields[] = {
    {PLIMSOLL_LITERAL("policy"), PLIMSOLL_TYPE_TEXT, 0,
     PLIMSOLL_LITERAL("`allow-list`, `deny-list` or `everybody`")},
    {PLIMSOLL_LITERAL("allowed"), PLIMSOLL_TYPE_SET, 0,
     PLIMSOLL_LITERAL("a user on the allow-list; one setting each")},
    {PLIMSOLL_LITERAL("denied"), PLIMSOLL_TYPE_SET, 0,
     PLIMSOLL_LITERAL("a user on the deny-list that counts; one setting each")},
};

static const plimsoll_str kFiles[] = {PLIMSOLL_LITERAL("/etc/cron.allow"),
                                      PLIMSOLL_LITERAL("/etc/cron.deny")};

static const plimsoll_probe kProbe = {
    .abi_version = PLIMSOLL_PROBE_ABI,
    .struct_size = sizeof(plimsoll_probe),
    .field_size = sizeof(plimsoll_field),
    .shape = PLIMSOLL_SETTINGS,
    .name = PLIMSOLL_LITERAL("cron-access"),
    .summary = PLIMSOLL_LITERAL("who may use crontab"),
    .semantics = PLIMSOLL_LITERAL("crontab(1)"),
    .fields = kFields,
    .field_count = sizeof kFields / sizeof *kFields,
    .files = kFiles,
    .file_count = sizeof kFiles / sizeof *kFiles,
    .read = read_probe,
};

const plimsoll_probe* plimsoll_probe_entry(void) { return &kProbe; }
