/* Changes the password of `user` in a changed root, through one PAM service: what pam_unix makes of it stands in
   /etc/shadow then.   pam_unix_driver ROOT SERVICE */
#include <security/pam_appl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int converse(int n, const struct pam_message** messages, struct pam_response** responses, void* data) {
  (void)data;
  *responses = calloc((size_t)n, sizeof **responses);
  for (int i = 0; i < n; ++i)
    if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF) (*responses)[i].resp = strdup("Xk7#q0zWmm");
  return PAM_SUCCESS;
}

int main(int argc, char** argv) {
  if (argc != 3 || chroot(argv[1]) != 0 || chdir("/") != 0) return 2;
  const struct pam_conv conv = {converse, NULL};
  pam_handle_t* handle = NULL;
  if (pam_start(argv[2], "user", &conv, &handle) != PAM_SUCCESS) return 3;
  return pam_chauthtok(handle, 0) == PAM_SUCCESS ? 0 : 1;
}
