/* Runs one PAM service in a changed root through every combination of module results, and prints each
   combination that is granted: the modules that ran, in order, as `argument=result`.
   pam_driver ROOT SERVICE auth|account|session */
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { kMost = 64, kMostRuns = 300000 };
static const int kResults[] = {PAM_SUCCESS, PAM_AUTH_ERR, PAM_IGNORE, PAM_NEW_AUTHTOK_REQD, PAM_USER_UNKNOWN};
static int choices[kMost], chosen, length;
static char trace[8192];

/* Called by the scripted module: `fixed` is its only result, or -1. */
int scripted_result(const char* name, int fixed) {
  int result = fixed;
  if (fixed < 0) {
    if (length >= kMost) exit(3);
    if (length == chosen) choices[chosen++] = 0;
    result = kResults[choices[length++]];
  }
  char entry[128];
  snprintf(entry, sizeof entry, "%s=%d ", name, result);
  strncat(trace, entry, sizeof trace - strlen(trace) - 1);
  return result;
}

static int converse(int n, const struct pam_message** m, struct pam_response** r, void* d) {
  (void)n, (void)m, (void)r, (void)d;
  return PAM_CONV_ERR;
}

int main(int argc, char** argv) {
  if (argc != 4 || chroot(argv[1]) != 0 || chdir("/") != 0) return 2;
  const struct pam_conv conv = {converse, NULL};
  pam_handle_t* handle = NULL;
  /* Where libpam gives up on the configuration nothing is granted. */
  if (pam_start(argv[2], "nobody", &conv, &handle) != PAM_SUCCESS) return 0;
  for (int runs = 0; runs < kMostRuns; ++runs) {
    length = 0;
    trace[0] = '\0';
    const int result = argv[3][1] == 'u'   ? pam_authenticate(handle, 0)
                       : argv[3][0] == 'a' ? pam_acct_mgmt(handle, 0)
                                           : pam_open_session(handle, 0);
    if (result == PAM_SUCCESS) printf("%s\n", trace);
    while (chosen > 0 && choices[chosen - 1] == 4) --chosen;
    if (chosen == 0) return 0;
    ++choices[chosen - 1];
  }
  return 3;
}
