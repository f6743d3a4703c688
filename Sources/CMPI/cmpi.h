// The C face of MPI: what the standard makes macros of, as functions that Swift can call. No decisions.
//
// Handles are pointers in Open MPI and integers in MPICH. Each is wrapped in a struct, so that Swift stores one type
// whatever the library; `.handle` is what the MPI functions take.
#ifndef CMPI_H
#define CMPI_H
#include <mpi.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct { MPI_Comm handle; } cmpi_comm;
typedef struct { MPI_Group handle; } cmpi_group;
typedef struct { MPI_Datatype handle; } cmpi_datatype;
typedef struct { MPI_Op handle; } cmpi_op;
typedef struct { MPI_Request handle; } cmpi_request;
typedef struct { MPI_Win handle; } cmpi_window;

// Communicators.
static inline cmpi_comm cmpi_comm_world(void) { return (cmpi_comm){MPI_COMM_WORLD}; }
static inline cmpi_comm cmpi_comm_self(void) { return (cmpi_comm){MPI_COMM_SELF}; }
static inline cmpi_comm cmpi_comm_null(void) { return (cmpi_comm){MPI_COMM_NULL}; }
static inline int cmpi_comm_is_null(cmpi_comm comm) { return comm.handle == MPI_COMM_NULL; }
static inline int cmpi_comm_type_shared(void) { return MPI_COMM_TYPE_SHARED; }
static inline cmpi_group cmpi_group_null(void) { return (cmpi_group){MPI_GROUP_NULL}; }

// Datatypes.
static inline cmpi_datatype cmpi_float(void) { return (cmpi_datatype){MPI_FLOAT}; }
static inline cmpi_datatype cmpi_double(void) { return (cmpi_datatype){MPI_DOUBLE}; }
static inline cmpi_datatype cmpi_int32(void) { return (cmpi_datatype){MPI_INT32_T}; }
static inline cmpi_datatype cmpi_int64(void) { return (cmpi_datatype){MPI_INT64_T}; }
static inline cmpi_datatype cmpi_uint8(void) { return (cmpi_datatype){MPI_UINT8_T}; }

// Reductions.
static inline cmpi_op cmpi_sum(void) { return (cmpi_op){MPI_SUM}; }
static inline cmpi_op cmpi_product(void) { return (cmpi_op){MPI_PROD}; }
static inline cmpi_op cmpi_minimum(void) { return (cmpi_op){MPI_MIN}; }
static inline cmpi_op cmpi_maximum(void) { return (cmpi_op){MPI_MAX}; }

// Requests and windows.
static inline cmpi_request cmpi_request_null(void) { return (cmpi_request){MPI_REQUEST_NULL}; }
static inline int cmpi_request_is_null(cmpi_request request) { return request.handle == MPI_REQUEST_NULL; }
static inline cmpi_window cmpi_window_null(void) { return (cmpi_window){MPI_WIN_NULL}; }
static inline int cmpi_window_is_null(cmpi_window window) { return window.handle == MPI_WIN_NULL; }

// Wild cards and placeholders.
static inline void *cmpi_in_place(void) { return MPI_IN_PLACE; }
static inline int cmpi_any_source(void) { return MPI_ANY_SOURCE; }
static inline int cmpi_any_tag(void) { return MPI_ANY_TAG; }
static inline int cmpi_undefined(void) { return MPI_UNDEFINED; }
static inline MPI_Status *cmpi_status_ignore(void) { return MPI_STATUS_IGNORE; }
static inline int cmpi_mode_no_check(void) { return MPI_MODE_NOCHECK; }
static inline MPI_Info cmpi_info_null(void) { return MPI_INFO_NULL; }

// Thread levels, in ascending order.
static inline int cmpi_thread_single(void) { return MPI_THREAD_SINGLE; }
static inline int cmpi_thread_funneled(void) { return MPI_THREAD_FUNNELED; }
static inline int cmpi_thread_serialized(void) { return MPI_THREAD_SERIALIZED; }
static inline int cmpi_thread_multiple(void) { return MPI_THREAD_MULTIPLE; }

// Errors. `MPI_ERRORS_RETURN` is a macro with a cast, hence two setters that need no handle in Swift.
static inline int cmpi_return_errors(cmpi_comm comm) {
  return MPI_Comm_set_errhandler(comm.handle, MPI_ERRORS_RETURN);
}
static inline int cmpi_window_return_errors(cmpi_window window) {
  return MPI_Win_set_errhandler(window.handle, MPI_ERRORS_RETURN);
}

// A file in memory that has no name and no file system's limit, closed when the process becomes another program; -1 with
// `errno`. Linux `memfd_create(2)`: here because Swift does not see it.
static inline int cmpi_memory_file(const char *name) { return (int)syscall(SYS_memfd_create, name, 1u); }

// Lengths of the texts that the library writes.
enum {
  cmpi_max_error_string = MPI_MAX_ERROR_STRING,
  cmpi_max_processor_name = MPI_MAX_PROCESSOR_NAME,
  cmpi_max_library_version = MPI_MAX_LIBRARY_VERSION_STRING
};

#endif
