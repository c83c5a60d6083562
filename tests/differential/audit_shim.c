/* For auditctl: the machine is the one in $MACHINE, and a rule goes to standard output instead of the kernel, which it never
 * reaches: `rule LIST ACTION field:operator:value... calls NUMBER...`, the fields' numbers in decimal, the rest in hexadecimal. */
#include <fcntl.h>
#include <linux/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

int uname(struct utsname *name) {
  memset(name, 0, sizeof *name);
  snprintf(name->machine, sizeof name->machine, "%s", getenv("MACHINE"));
  return 0;
}

/* Whatever libaudit asks for by itself is no socket of the kernel's. */
int socket(int domain, int type, int protocol) {
  (void)domain, (void)type, (void)protocol;
  return open("/dev/null", O_RDWR);
}

int audit_open(void) { return open("/dev/null", O_RDWR); }

int audit_is_enabled(int fd) {
  (void)fd;
  return 1;
}

int audit_add_rule_data(int fd, struct audit_rule_data *rule, int list, int action) {
  (void)fd;
  printf("rule %d %d", list, action);
  for (unsigned i = 0; i < rule->field_count; i++) printf(" %u:%x:%x", rule->fields[i], rule->fieldflags[i], rule->values[i]);
  printf(" calls");
  for (int call = 0; call < AUDIT_BITMASK_SIZE * 32; call++)
    if (rule->mask[call / 32] >> (call % 32) & 1) printf(" %d", call);
  puts("");
  return 1;
}
