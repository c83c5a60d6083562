/* A module that returns what pam_driver asks for; the file's name decides for pam_permit and pam_deny. */
#include <security/pam_modules.h>
#include <stddef.h>

int scripted_result(const char* name, int fixed);

#ifndef FIXED_AUTH
#define FIXED_AUTH (-1)
#define FIXED_SESSION (-1)
#endif
#define SERVICE(name, fixed)                                                      \
  int name(pam_handle_t* h, int flags, int argc, const char** argv) {              \
    (void)h, (void)flags;                                                          \
    return scripted_result(argc > 0 ? argv[argc - 1] : "?", fixed);                \
  }
SERVICE(pam_sm_authenticate, FIXED_AUTH)
SERVICE(pam_sm_setcred, FIXED_AUTH)
SERVICE(pam_sm_acct_mgmt, FIXED_AUTH)
SERVICE(pam_sm_open_session, FIXED_SESSION)
SERVICE(pam_sm_close_session, FIXED_SESSION)
