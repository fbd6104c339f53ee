/*
 * The witness of healing: removes or overwrites a file, waits with inotify until it is as it was, and
 * prints how many milliseconds that took, counted from before the call that harmed it: so whatever makes
 * the harm itself slow (a sync that is under way) counts too.
 *
 * Usage: witness PLAN PAUSE_MS LIMIT_MS. A line of the plan is "remove PATH" or "overwrite PATH".
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

enum { LARGEST = 65536 };

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static void end(const char *what, const char *path) {
  fprintf(stderr, "cannot %s %s: ", what, path);
  perror("");
  exit(1);
}

/* The bytes of a file; -1 where it cannot be read. */
static long content(const char *path, char *into) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  long length = read(file, into, LARGEST);
  close(file);
  return length;
}

static void put(const char *path, int flags, const char *bytes, long length) {
  int file = open(path, O_WRONLY | O_CLOEXEC | flags, 0644);
  if (file < 0 || write(file, bytes, length) != length) end("write", path);
  close(file);
}

static int is_right(const char *path, const char *right, long length) {
  static char found[LARGEST];
  return content(path, found) == length && memcmp(found, right, length) == 0;
}

/* Whether an event within the time spoke of this name; others are taken, too. */
static int heard(int watcher, const char *name, int wait_ms) {
  static char events[LARGEST] __attribute__((aligned(8)));
  struct pollfd polled = { .fd = watcher, .events = POLLIN };
  if (poll(&polled, 1, wait_ms) < 1) return 0;
  long length = read(watcher, events, sizeof events);
  int found = 0;
  for (long at = 0; at < length;) {
    struct inotify_event *event = (struct inotify_event *)(events + at);
    found |= event->len > 0 && strcmp(event->name, name) == 0;
    at += sizeof *event + event->len;
  }
  return found;
}

static double try_once(int watcher, const char *how, const char *path, int limit_ms) {
  static char right[LARGEST], wrong[LARGEST], directory[4096];
  const char *name = strrchr(path, '/') + 1;
  snprintf(directory, sizeof directory, "%.*s", (int)(name - path), path);
  long length = content(path, right);
  if (length < 0) end("read", path);
  memset(wrong, 'x', length);
  int watch = inotify_add_watch(watcher, directory, IN_CLOSE_WRITE | IN_MOVED_TO);
  if (watch < 0) end("watch", directory);
  double start = now_ms(), took = 0;
  if (strcmp(how, "overwrite") == 0) put(path, 0, wrong, length);
  else if (unlink(path) < 0) end("remove", path);
  while (took < limit_ms) {
    int told = heard(watcher, name, limit_ms - (int)took);
    int done = told && is_right(path, right, length);
    took = now_ms() - start;
    if (done) break;
  }
  inotify_rm_watch(watcher, watch);
  heard(watcher, "", 0);
  if (took >= limit_ms && !is_right(path, right, length)) put(path, O_CREAT, right, length);
  return took;
}

int main(int count, char **arguments) {
  if (count != 4) return 2;
  int pause_ms = atoi(arguments[2]), limit_ms = atoi(arguments[3]);
  FILE *plan = fopen(arguments[1], "r");
  int watcher = inotify_init1(IN_CLOEXEC);
  if (plan == NULL || watcher < 0) end("open", arguments[1]);
  char how[16], path[4096];
  while (fscanf(plan, "%15s %4095[^\n]", how, path) == 2) {
    printf("%.4f\n", try_once(watcher, how, path, limit_ms));
    fflush(stdout);
    usleep(pause_ms * 1000);
  }
  return 0;
}
