/* Tries what the sandbox forbids, and yields one setting for each attempt: `refused` or `possible`.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "bad.h"

BAD_PROBE("attempts", .open_keys = 1)

static void report(const plimsoll_host* host, const char* what, long result) {
  const int refused = result < 0 && (errno == EPERM || errno == EACCES || errno == ENOSYS);
  say(host, what, refused ? "refused" : "possible");
}

static plimsoll_status misbehave(const plimsoll_host* host) {
  plimsoll_str path_of;
  char path[4096] = "/nowhere";
  if (host->context(host, PLIMSOLL_STR("path"), &path_of) && path_of.size < sizeof path) {
    memcpy(path, path_of.data, path_of.size);
    path[path_of.size] = 0;
  }
  char* const none[] = {"true", NULL};
  struct open_how how = {.flags = O_WRONLY};
  report(host, "write", open(path, O_WRONLY));
  report(host, "truncate", open(path, O_RDONLY | O_TRUNC));
  report(host, "create", open("/tmp/plimsoll-should-not-be", O_RDWR | O_CREAT, 0600));
  report(host, "openat2", syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how));
  report(host, "unlink", unlink(path));
  report(host, "rename", rename(path, "/tmp/plimsoll-should-not-be"));
  report(host, "chmod", chmod(path, 0));
  report(host, "mkdir", mkdir("/tmp/plimsoll-should-not-be", 0700));
  report(host, "socket", socket(AF_INET, SOCK_STREAM, 0));
  report(host, "exec", execv("/bin/true", none));
  report(host, "fork", fork());
  report(host, "ptrace", ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
  report(host, "kill", kill(getppid(), SIGTERM));
  report(host, "unshare", unshare(CLONE_NEWUSER));
  const int fd = open(path, O_RDONLY);
  say(host, "read", fd < 0 && errno == EACCES ? "refused" : "possible");
  return PLIMSOLL_OK;
}
