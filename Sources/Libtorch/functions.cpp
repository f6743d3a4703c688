// What libtuner-torch.so exports: its functions' addresses and names, in the order of the list.
#include "libtorch_functions.h"

#include "clapack.h"
#include "ctorch.h"
#include "ctorch_dispatch.h"
#include "ctorch_trace.h"

#define EXPORTED extern "C" __attribute__((visibility("default")))
#define ADDRESS(name) reinterpret_cast<const void *>(name),
#define NAME(name) #name " "

EXPORTED const void *const tuner_torch_functions[];
EXPORTED const char tuner_torch_names[];
const void *const tuner_torch_functions[] = {LIBTORCH_FUNCTIONS(ADDRESS)};
const char tuner_torch_names[] = LIBTORCH_FUNCTIONS(NAME);
