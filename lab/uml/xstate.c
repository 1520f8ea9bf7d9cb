/*
 * ptrace(2) for User Mode Linux on a processor that has more registers than that kernel makes room for: AMX's tiles. Setting them, Linux takes
 * all of them or none (arch/x86/kernel/fpu/regset.c, xstateregs_set), and a kernel that cannot set its processes' registers ends at once. So what
 * it leaves out is put behind what it gives. Its processes have no tiles: whether they may use them is asked of their own kernel.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

typedef long (*ptrace_function)(enum __ptrace_request, pid_t, void *, void *);

/* Where the XSAVE area says which of its parts are in use, and the parts that the kernel knows: all up to PKRU (Intel SDM, 13.4). */
#define IN_USE 512
#define KNOWN 0x3ffull

long ptrace(enum __ptrace_request request, ...)
{
	static ptrace_function next;
	static char whole[65536] __attribute__((aligned(64)));
	va_list arguments;

	va_start(arguments, request);
	pid_t pid = va_arg(arguments, pid_t);
	void *address = va_arg(arguments, void *);
	void *data = va_arg(arguments, void *);
	va_end(arguments);
	if (next == NULL)
		next = (ptrace_function)dlsym(RTLD_NEXT, "ptrace");

	if (request == PTRACE_SETREGSET && (uintptr_t)address == NT_X86_XSTATE) {
		const struct iovec *given = data;
		struct iovec all = { whole, sizeof(whole) };

		if (next(PTRACE_GETREGSET, pid, address, &all) == 0 && all.iov_len > given->iov_len && given->iov_len > IN_USE + 8) {
			uint64_t in_use;

			memcpy(whole, given->iov_base, given->iov_len);
			memcpy(&in_use, whole + IN_USE, sizeof(in_use));
			in_use &= KNOWN;
			memcpy(whole + IN_USE, &in_use, sizeof(in_use));
			return next(request, pid, address, &all);
		}
	}
	return next(request, pid, address, data);
}
