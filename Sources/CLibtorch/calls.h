// Between the calls and what loads their functions.
#ifndef LIBTORCH_CALLS_H
#define LIBTORCH_CALLS_H

#pragma GCC visibility push(hidden)

/// Makes the calls go to `functions`, in the order of the list.
void libtorch_bind(const void *const *functions);

/// Loads the library before a first call; ends the process with a sentence where that fails.
void libtorch_require(void);

#pragma GCC visibility pop

#endif
