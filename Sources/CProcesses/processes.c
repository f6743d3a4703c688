#define _GNU_SOURCE
#include "processes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// No descriptor that is passed on may be in the way of the numbers that it is to get.
enum { first_free = 64 };

static void close_others(int first) {
#ifdef SYS_close_range
  if (syscall(SYS_close_range, (unsigned)first, ~0u, 0) == 0) return;
#endif
  long most = sysconf(_SC_OPEN_MAX);
  if (most < 0 || most > 65536) most = 65536;
  for (int descriptor = first; descriptor < most; descriptor++) close(descriptor);
}

// In the child: nothing here allocates, locks or returns to the caller's frame.
static int become(const struct process_start *start, const int *sources, pid_t parent) {
  setpgid(0, 0);
  if (start->dies_with_parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) return ESRCH;
  }
  for (int number = 1; number < NSIG; number++) {
    if (number != SIGKILL && number != SIGSTOP) signal(number, SIG_DFL);
  }
  if (start->directory && chdir(start->directory) != 0) return errno;
  for (int number = 0; number < start->descriptor_count; number++) {
    if (sources[number] < 0) {
      close(number);
    } else if (dup2(sources[number], number) < 0) {
      return errno;
    }
  }
  close_others(start->descriptor_count);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execve(start->program, start->arguments, start->environment);
  return errno;
}

int process_start(const struct process_start *start) {
  int sources[16];
  if (start->descriptor_count > 16) return -EINVAL;
  int failure = 0;
  for (int number = 0; number < start->descriptor_count; number++) {
    int descriptor = start->descriptors[number];
    sources[number] = descriptor < 0 || failure ? -1 : fcntl(descriptor, F_DUPFD_CLOEXEC, first_free);
    if (descriptor >= 0 && sources[number] < 0 && !failure) failure = errno;
  }
  pid_t child = -1;
  // Who ignores the ends of children never learns of one.
  struct sigaction action;
  if (sigaction(SIGCHLD, NULL, &action) == 0 && action.sa_handler == SIG_IGN) signal(SIGCHLD, SIG_DFL);
  if (!failure) {
    // No handler of the parent's may run in the child, in the parent's memory.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid();
    volatile int child_failure = 0;
    child = vfork();
    if (child == 0) {
      child_failure = become(start, sources, parent);
      _exit(127);
    }
    failure = child < 0 ? errno : child_failure;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (child > 0 && failure) waitpid(child, NULL, 0);
  }
  for (int number = 0; number < start->descriptor_count; number++) {
    if (sources[number] >= 0) close(sources[number]);
  }
  return failure ? -failure : child;
}

int process_has_ended(int process, int *code) {
  siginfo_t information;
  information.si_pid = 0;
  int result;
  do {
    result = waitid(P_PID, (id_t)process, &information, WEXITED | WNOHANG | WNOWAIT);
  } while (result != 0 && errno == EINTR);
  if (result != 0) return -errno;
  if (information.si_pid == 0) return 0;
  *code = information.si_code == CLD_EXITED ? information.si_status : -information.si_status;
  return 1;
}

void process_reap(int process) {
  while (waitpid(process, NULL, WNOHANG) < 0 && errno == EINTR) {}
}

int process_environment_holds(int process, const char *text) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/environ", process);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  // A text that lies across two pieces is found in the second, which begins with the end of the first.
  char piece[32768];
  size_t length = strlen(text), kept = 0;
  int found = 0;
  while (!found && length < sizeof piece / 2) {
    ssize_t count = read(file, piece + kept, sizeof piece - kept);
    if (count <= 0) break;
    size_t end = kept + (size_t)count;
    found = memmem(piece, end, text, length) != NULL;
    kept = end < length ? end : length;
    memmove(piece, piece + end - kept, kept);
  }
  close(file);
  return found;
}

long long process_group_memory(int group) {
  DIR *directory = opendir("/proc");
  if (!directory) return 0;
  long long pages = 0;
  for (struct dirent *entry; (entry = readdir(directory));) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    char path[300], text[1024];
    snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) continue;
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    if (count <= 0) continue;
    text[count] = 0;
    // After the name in brackets, which may hold anything: state, parent, group; the 22nd is the resident pages.
    const char *rest = strrchr(text, ')');
    int own = 0;
    long long resident = 0;
    const char *format =
        " %*c %*d %d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %*u %*u %lld";
    if (rest && sscanf(rest + 1, format, &own, &resident) == 2 && own == group) pages += resident;
  }
  closedir(directory);
  return pages * sysconf(_SC_PAGESIZE);
}

int process_make_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC) == 0 ? 0 : -errno; }

int process_seal(int file) {
#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif
  if (fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0) return -errno;
  // Linux 5.1 and later.
  fcntl(file, F_ADD_SEALS, F_SEAL_FUTURE_WRITE);
  return 0;
}

int process_make_memory_file(const char *name) {
  int descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  return descriptor < 0 ? -errno : descriptor;
}
