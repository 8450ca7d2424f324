/* Preloaded where instructions are counted: a clock that goes on by a microsecond each time
   somebody looks at it. Under callgrind a process is slow, the more so on a busy machine, and what
   the plugin and Dovecot do after some time has passed would be counted once in a while. */
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static void look(struct timespec* time) {
  static struct timespec now;
  if (now.tv_sec == 0) {
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
  }
  now.tv_nsec += 1000;
  if (now.tv_nsec >= 1000000000) {
    now.tv_nsec -= 1000000000;
    now.tv_sec++;
  }
  *time = now;
}

int clock_gettime(clockid_t clock, struct timespec* time) {
  (void)clock;
  look(time);
  return 0;
}

int gettimeofday(struct timeval* restrict time, void* restrict zone) {
  struct timespec now;
  (void)zone;
  look(&now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* time) {
  struct timespec now;
  look(&now);
  if (time != NULL) {
    *time = now.tv_sec;
  }
  return now.tv_sec;
}
