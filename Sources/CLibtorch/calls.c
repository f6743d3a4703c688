// The functions of libtuner-torch.so, as the program calls them: each jumps to where its slot says. At first that is
// `libtorch_first_call`, which keeps the arguments, has the library loaded and jumps again. In assembly, because no C
// passes on arguments that it does not know.
#include "calls.h"

#include "libtorch_functions.h"

#define COUNT(name) +1
enum { count = 0 LIBTORCH_FUNCTIONS(COUNT) };

/// In the order of the list; defined below.
extern const void *libtorch_slots[count] __attribute__((visibility("hidden")));

void libtorch_bind(const void *const *functions) {
  for (int i = 0; i < count; ++i) __atomic_store_n(&libtorch_slots[i], functions[i], __ATOMIC_RELEASE);
}

#define SLOTS ".pushsection .data.libtorch_slots, \"aw\"\n"

__asm__(SLOTS
        ".balign 8\n"
        ".hidden libtorch_slots\n"
        ".globl libtorch_slots\n"
        "libtorch_slots:\n"
        ".popsection\n");

#if defined(__x86_64__)

// r11 is anybody's between a call and its function, and tells which slot. Kept are the registers of arguments: of
// integers, the number of vectors (al), and the vectors' first 16 bytes, which are all that a double needs.
__asm__(".text\n"
        "libtorch_first_call:\n"
        ".cfi_startproc\n"
        "push %rbp\n"
        ".cfi_def_cfa_offset 16\n"
        ".cfi_offset %rbp, -16\n"
        "mov %rsp, %rbp\n"
        ".cfi_def_cfa_register %rbp\n"
        "push %r11\n"
        "push %rax\n"
        "push %rdi\n"
        "push %rsi\n"
        "push %rdx\n"
        "push %rcx\n"
        "push %r8\n"
        "push %r9\n"
        "sub $128, %rsp\n"
        "movups %xmm0, (%rsp)\n"
        "movups %xmm1, 16(%rsp)\n"
        "movups %xmm2, 32(%rsp)\n"
        "movups %xmm3, 48(%rsp)\n"
        "movups %xmm4, 64(%rsp)\n"
        "movups %xmm5, 80(%rsp)\n"
        "movups %xmm6, 96(%rsp)\n"
        "movups %xmm7, 112(%rsp)\n"
        "call libtorch_require\n"
        "movups (%rsp), %xmm0\n"
        "movups 16(%rsp), %xmm1\n"
        "movups 32(%rsp), %xmm2\n"
        "movups 48(%rsp), %xmm3\n"
        "movups 64(%rsp), %xmm4\n"
        "movups 80(%rsp), %xmm5\n"
        "movups 96(%rsp), %xmm6\n"
        "movups 112(%rsp), %xmm7\n"
        "add $128, %rsp\n"
        "pop %r9\n"
        "pop %r8\n"
        "pop %rcx\n"
        "pop %rdx\n"
        "pop %rsi\n"
        "pop %rdi\n"
        "pop %rax\n"
        "pop %r11\n"
        "pop %rbp\n"
        ".cfi_def_cfa %rsp, 8\n"
        "jmp *(%r11)\n"
        ".cfi_endproc\n");

#define CALL(name)                     \
  __asm__(".text\n"                    \
          ".hidden " #name "\n"        \
          ".globl " #name "\n"         \
          ".type " #name ", @function\n" \
          #name ":\n"                  \
          "jmp *0f(%rip)\n"            \
          "1:\n"                       \
          "lea 0f(%rip), %r11\n"       \
          "jmp libtorch_first_call\n"  \
          SLOTS                        \
          "0: .quad 1b\n"              \
          ".popsection\n");

#elif defined(__aarch64__)

// x16 and x17 are anybody's between a call and its function; x17 tells which slot. Kept are the registers of arguments,
// x8 where a structure is returned, and the vectors' first 16 bytes.
__asm__(".text\n"
        "libtorch_first_call:\n"
        ".cfi_startproc\n"
        "stp x29, x30, [sp, #-224]!\n"
        ".cfi_def_cfa_offset 224\n"
        ".cfi_offset x29, -224\n"
        ".cfi_offset x30, -216\n"
        "stp x0, x1, [sp, #16]\n"
        "stp x2, x3, [sp, #32]\n"
        "stp x4, x5, [sp, #48]\n"
        "stp x6, x7, [sp, #64]\n"
        "stp x8, x17, [sp, #80]\n"
        "stp q0, q1, [sp, #96]\n"
        "stp q2, q3, [sp, #128]\n"
        "stp q4, q5, [sp, #160]\n"
        "stp q6, q7, [sp, #192]\n"
        "bl libtorch_require\n"
        "ldp x0, x1, [sp, #16]\n"
        "ldp x2, x3, [sp, #32]\n"
        "ldp x4, x5, [sp, #48]\n"
        "ldp x6, x7, [sp, #64]\n"
        "ldp x8, x17, [sp, #80]\n"
        "ldp q0, q1, [sp, #96]\n"
        "ldp q2, q3, [sp, #128]\n"
        "ldp q4, q5, [sp, #160]\n"
        "ldp q6, q7, [sp, #192]\n"
        "ldp x29, x30, [sp], #224\n"
        ".cfi_def_cfa_offset 0\n"
        "ldr x16, [x17]\n"
        "br x16\n"
        ".cfi_endproc\n");

#define CALL(name)                       \
  __asm__(".text\n"                      \
          ".hidden " #name "\n"          \
          ".globl " #name "\n"           \
          ".type " #name ", %function\n" \
          #name ":\n"                    \
          "adrp x16, 0f\n"               \
          "ldr x16, [x16, #:lo12:0f]\n"  \
          "br x16\n"                     \
          "1:\n"                         \
          "adrp x17, 0f\n"               \
          "add x17, x17, #:lo12:0f\n"    \
          "b libtorch_first_call\n"      \
          SLOTS                          \
          "0: .quad 1b\n"                \
          ".popsection\n");

#else
#error "calls.c: expected x86-64 or AArch64. Write how this processor's functions jump and keep their arguments."
#endif

LIBTORCH_FUNCTIONS(CALL)
