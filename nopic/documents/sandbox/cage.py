"""How the child locks itself in: memory, time, no writing, no network, no new files or processes.

Every lock is set by the child itself before it reads the first byte of the file, so the parent needs no
`preexec_fn`, which is unsafe in threads. Limits of memory, time and size always hold. The network namespace and
the system call filter depend on the machine; whether they hold is reported and recorded, never assumed.
"""

import ctypes
import platform
import resource
import struct
from typing import Any

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, _PR_SET_NO_NEW_PRIVS = 22, 2, 38
_MEGABYTE = 1024 * 1024

# System calls that would reach outside: opening or changing anything in the file system, sockets, new programs,
# other processes. Name, number on x86_64, number on aarch64 (the kernel's syscall tables; - where there is none).
# They fail with EACCES, which libraries take for a file that is not there for them.
_FORBIDDEN = """
open 2 -            openat 257 56         openat2 437 437       creat 85 -            truncate 76 45
rename 82 -         renameat 264 38       renameat2 316 276     unlink 87 -           unlinkat 263 35
mkdir 83 -          mkdirat 258 34        rmdir 84 -            link 86 -             linkat 265 37
symlink 88 -        symlinkat 266 36      mknod 133 -           mknodat 259 33        chmod 90 -
fchmodat 268 53     chown 92 -            lchown 94 -           fchownat 260 54       chroot 161 51
pivot_root 155 41   mount 165 40          umount2 166 39        open_tree 428 428     move_mount 429 429
fsopen 430 430      mount_setattr 442 442 unshare 272 97        setns 308 268         socket 41 198
socketpair 53 199   bind 49 200           listen 50 201         accept 43 202         connect 42 203
accept4 288 242     io_uring_setup 425 425                      io_uring_enter 426 426
io_uring_register 427 427                 fork 57 -             vfork 58 -            clone 56 220
clone3 435 435      execve 59 221         execveat 322 281      ptrace 101 117        kill 62 129
tkill 200 130       tgkill 234 131        process_vm_readv 310 270                    process_vm_writev 311 271
bpf 321 280         perf_event_open 298 241                     keyctl 250 219
"""
_MACHINES = {"x86_64": (1, 0xC000003E), "aarch64": (2, 0xC00000B7)}  # column of the table, AUDIT_ARCH
_ALLOW, _KILL, _EACCES, _ENOSYS = 0x7FFF0000, 0x80000000, 0x00050000 | 13, 0x00050000 | 38  # answers of a filter
_CLONE_THREAD = 0x00010000


def close(limits: dict[str, int]) -> dict[str, Any]:
    """Lock this process in for good and say how well.

    `limits` holds `memory_mb`, `cpu_s` and, where a decoder cannot do without, `threads`: 1 allows threads of this
    process, which share all of its limits. Afterwards nothing can be opened or written but the pipes that exist.
    Returns `{"network": bool, "calls": bool}`: whether the network is gone and the call filter holds.
    """
    network = _leave_the_network()
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory_mb"] * _MEGABYTE,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_s"], limits["cpu_s"] + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    return {"network": network, "calls": _forbid_calls(threads=bool(limits.get("threads")))}


def _leave_the_network() -> bool:
    """Enter an empty network namespace, as root directly, else inside a user namespace. False if not permitted."""
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.unshare(_CLONE_NEWNET) == 0 or libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0


def _forbid_calls(*, threads: bool) -> bool:
    """Install a seccomp filter that answers EACCES to `_FORBIDDEN`. False where the machine is not known."""
    if platform.machine() not in _MACHINES:
        return False
    column, architecture = _MACHINES[platform.machine()]
    words = _FORBIDDEN.split()
    call = {name: int(number) for name, number in zip(words[0::3], words[column::3], strict=True) if number != "-"}
    # Classic BPF over struct seccomp_data: load the architecture (offset 4), then the call's number (offset 0).
    code = [(0x20, 0, 0, 4), (0x15, 1, 0, architecture), (0x06, 0, 0, _KILL), (0x20, 0, 0, 0)]
    if threads:  # clone is judged by its flags (offset 16); clone3 hides them, and without it the C library asks clone
        code += [(0x15, 0, 1, call.pop("clone3")), (0x06, 0, 0, _ENOSYS), (0x15, 0, 4, call.pop("clone"))]
        code += [(0x20, 0, 0, 16), (0x45, 0, 1, _CLONE_THREAD), (0x06, 0, 0, _ALLOW), (0x06, 0, 0, _EACCES)]
    numbers = list(call.values())
    code.append((0x35, len(numbers) + 1, 0, 0x40000000))  # the x32 doorway to the same calls
    code += [(0x15, len(numbers) - place, 0, number) for place, number in enumerate(numbers)]
    code += [(0x06, 0, 0, _ALLOW), (0x06, 0, 0, _EACCES)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in code))
    header = struct.pack("HxxxxxxP", len(code), ctypes.addressof(program))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_ulong]
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, None, 0, 0) != 0:
        return False
    return libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, header, 0, 0) == 0
