/* Behaves, and uses every function of the host. */
#include "bad.h"

static const plimsoll_field fields[] = {
    {PLIMSOLL_LITERAL("what"), PLIMSOLL_TYPE_TEXT, 0, PLIMSOLL_LITERAL("what was asked")},
    {PLIMSOLL_LITERAL("flag"), PLIMSOLL_TYPE_BOOLEAN, 0, PLIMSOLL_LITERAL("yes or no")},
    {PLIMSOLL_LITERAL("mode"), PLIMSOLL_TYPE_MODE, 0, PLIMSOLL_LITERAL("bits")},
    {PLIMSOLL_LITERAL("names"), PLIMSOLL_TYPE_LIST, 0, PLIMSOLL_LITERAL("names")},
};
static const plimsoll_str files[] = {PLIMSOLL_LITERAL("/etc/x")};
BAD_PROBE("good", .shape = PLIMSOLL_ROWS, .fields = fields, .field_count = 4, .files = files,
          .file_count = 1)

static void put(const plimsoll_host* host, plimsoll_str what, int64_t mode,
                const plimsoll_str* names, size_t count, const plimsoll_origin* origin) {
  const plimsoll_value values[] = {
      {.kind = PLIMSOLL_A_TEXT, .text = what},
      {.kind = PLIMSOLL_A_FLAG, .number = 1},
      {.kind = mode < 0 ? PLIMSOLL_NOTHING : PLIMSOLL_A_NUMBER, .number = mode},
      {.kind = PLIMSOLL_A_LIST, .items = names, .item_count = count},
  };
  host->row(host, values, 4, origin);
}

static plimsoll_status misbehave(const plimsoll_host* host) {
  plimsoll_str text, target, user, names[8];
  plimsoll_stat stat = {.struct_size = sizeof stat}, link = {.struct_size = sizeof link};
  const plimsoll_entry* entries;
  const plimsoll_str* paths;
  size_t count, path_count;
  const plimsoll_origin origin = {PLIMSOLL_LITERAL("/etc/x"), 1, 2};
  if (host->read_file(host, PLIMSOLL_STR("/etc/missing"), &text) != PLIMSOLL_NOT_FOUND ||
      host->last_error(host).size == 0 || text.size != 0)
    return PLIMSOLL_FAILED;
  if (host->read_file(host, PLIMSOLL_STR("/etc/x"), &text) != PLIMSOLL_OK) return PLIMSOLL_FAILED;
  if (host->last_error(host).size != 0) return PLIMSOLL_FAILED;
  put(host, PLIMSOLL_STR("read_file"), -1, &text, 1, &origin);
  host->shadow(host, PLIMSOLL_STR("lost"), NULL, PLIMSOLL_STR("a later one wins"));
  if (host->stat(host, PLIMSOLL_STR("/etc/link"), &stat) != PLIMSOLL_OK) return PLIMSOLL_FAILED;
  if (host->lstat(host, PLIMSOLL_STR("/etc/link"), &link) != PLIMSOLL_OK) return PLIMSOLL_FAILED;
  if (stat.type != PLIMSOLL_REGULAR || link.type != PLIMSOLL_SYMLINK || stat.size != 5)
    return PLIMSOLL_FAILED;
  if (host->readlink(host, PLIMSOLL_STR("/etc/link"), &target) != PLIMSOLL_OK)
    return PLIMSOLL_FAILED;
  put(host, PLIMSOLL_STR("stat"), stat.mode, &target, 1, NULL);
  if (host->list(host, PLIMSOLL_STR("/etc"), &entries, &count) != PLIMSOLL_OK || count > 8)
    return PLIMSOLL_FAILED;
  for (size_t i = 0; i < count; ++i) names[i] = entries[i].name;
  put(host, PLIMSOLL_STR("list"), -1, names, count, NULL);
  if (host->glob(host, PLIMSOLL_STR("/etc/[x]*"), &paths, &path_count) != PLIMSOLL_OK)
    return PLIMSOLL_FAILED;
  put(host, PLIMSOLL_STR("glob"), -1, paths, path_count, NULL);
  if (!host->context(host, PLIMSOLL_STR("user"), &user)) return PLIMSOLL_FAILED;
  put(host, PLIMSOLL_STR("context"), -1, &user, 1, NULL);
  host->gap(host, PLIMSOLL_DENIED, PLIMSOLL_STR("a part was hidden"), &origin, PLIMSOLL_STR("/etc"),
            PLIMSOLL_MAY_ADD);
  return PLIMSOLL_OK;
}
