/* Preloaded into a process: the n-th read (FAIL_AT, from 1) of the file whose path ends with FAIL_FILE fails with EIO, once. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int is_due(int fd) {
  static int left = -1;
  const char *name = getenv("FAIL_FILE"), *at = getenv("FAIL_AT");
  char link[64], path[4096];
  if (!name || !at) return 0;
  if (left < 0) left = atoi(at);
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  size_t wanted = strlen(name);
  if (length < (ssize_t)wanted || memcmp(path + length - wanted, name, wanted) != 0) return 0;
  if (left == 0 || --left > 0) return 0;
  fprintf(stderr, "EIO injected\n");
  return 1;
}

ssize_t pread64(int fd, void *to, size_t size, off64_t from) {
  static ssize_t (*real)(int, void *, size_t, off64_t);
  if (!real) real = (ssize_t(*)(int, void *, size_t, off64_t))dlsym(RTLD_NEXT, "pread64");
  if (is_due(fd)) {
    errno = EIO;
    return -1;
  }
  return real(fd, to, size, from);
}

ssize_t pread(int fd, void *to, size_t size, off_t from) { return pread64(fd, to, size, from); }
