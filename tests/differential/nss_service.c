/* A name service that knows nothing: it writes its name for each question and answers with a status that depends on
   SEED, the service (-DNUMBER=) and the database. Built once for each service. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define JOIN_(a, b, c) _nss_t##a##_##b
#define JOIN(a, b) JOIN_(a, b, )
#define QUESTION(function, database)                                                  \
  int JOIN(NUMBER, function)(void) {                                                  \
    const char text[] = {'t', '0' + NUMBER, ' '};                                     \
    if (write(2, text, sizeof text) < 0) abort();                                     \
    errno = EAGAIN;                                                                   \
    return (atoi(getenv("SEED")) / (1 << (2 * ((NUMBER + database) % 8)))) % 4 - 2;   \
  }

QUESTION(getpwnam_r, 0)
QUESTION(getgrnam_r, 1)
QUESTION(getspnam_r, 2)
QUESTION(getsgnam_r, 3)
QUESTION(getprotobyname_r, 4)
QUESTION(getservbyname_r, 5)
QUESTION(getrpcbyname_r, 6)
QUESTION(getaliasbyname_r, 7)
