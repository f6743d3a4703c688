#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "calls.h"
#include "libtorch_functions.h"
#include "libtorch.h"

#define NAME(name) #name " "

static const char file[] = "libtuner-torch.so";
static char found[1024];
static bool is_loaded;
static const libtorch_failure failure = {
    .expected = "libtuner-torch.so beside the program, and the libtorch that it was built with",
    .found = found,
    .remedy = "Copy it from where the program was built to where it is now. Where PyTorch has moved or is of another "
              "version, build again, or name its directory torch/lib in LD_LIBRARY_PATH.",
};

/// Into the global scope, as if the program were linked with it: what libtorch opens itself, such as a part of MKL or
/// CUDA, looks there for the rest.
static void load(void) {
  void *library = dlopen(file, RTLD_LAZY | RTLD_GLOBAL);
  if (!library) {
    snprintf(found, sizeof found, "%s", dlerror());
    return;
  }
  const char *names = dlsym(library, "tuner_torch_names");
  const void *const *functions = dlsym(library, "tuner_torch_functions");
  if (!names || !functions || strcmp(names, LIBTORCH_FUNCTIONS(NAME)) != 0) {
    snprintf(found, sizeof found, "a %s of another version of this program", file);
    return;
  }
  libtorch_bind(functions);
  is_loaded = true;
}

const libtorch_failure *libtorch_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return is_loaded ? NULL : &failure;
}

void libtorch_require(void) {
  if (!libtorch_load()) return;
  fflush(NULL);
  fprintf(stderr, "libtorch: expected %s, found: %s. %s\n", failure.expected, found, failure.remedy);
  // As the program ends where the system refuses something (sysexits.h: EX_OSERR).
  _exit(71);
}
