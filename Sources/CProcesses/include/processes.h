// Starting a process from a program that may not fork: one whose memory is registered with a network card. A child of
// `vfork` borrows the parent's memory until it has become another program.

#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A process to be started.
struct process_start {
  /// The program's path, not looked up.
  const char *program;
  /// Ended by NULL, as for execve.
  char *const *arguments;
  char *const *environment;
  /// Where it begins to work; NULL for where the parent does.
  const char *directory;
  /// Descriptors that it has as 0, 1, 2 and so on; -1 for none there. All others are closed in it.
  const int *descriptors;
  int descriptor_count;
  /// Whether it is killed when the thread that started it ends.
  int dies_with_parent;
};

/// Starts a process that leads a process group of its own, with no signal blocked, ignored or handled.
///
/// @return its number; or minus an errno when it could not be started, the working directory's or the program's
///     included.
int process_start(const struct process_start *start);

/// Whether a child has ended; it stays a zombie, whose number nobody else gets, until `process_reap`.
///
/// @param code its exit code, or minus the signal that killed it.
/// @return 1 when it has ended, 0 when not, minus an errno when it is no child of this process.
int process_has_ended(int process, int *code);

/// Frees the number of a child that has ended.
void process_reap(int process);

/// Whether the environment that a process was started with holds a text; 0 also where nobody may know. A zombie has
/// none left.
int process_environment_holds(int process, const char *text);

/// What the processes of a group have in memory, in bytes; what two of them share counts twice.
long long process_group_memory(int group);

/// A pipe, its reading end first, closed at exec; 0 or minus an errno.
int process_make_pipe(int ends[2]);

/// Seals a file in memory: nobody can make it shorter or longer, nor write to it but through memory that is mapped
/// already; 0 or minus an errno.
int process_seal(int file);

/// A new file in memory without a name, closed at exec; minus an errno when there is none.
int process_make_memory_file(const char *name);

#ifdef __cplusplus
}
#endif
