"""Become another program that never outlives the supervisor.

Run as a script: `leash.py PARENT_PID SIGNAL UID PROGRAM ARGUMENTS...`. It imports nothing of ours,
so it may run in an isolated interpreter, and it replaces itself, so it costs nothing afterwards.
The kernel sends SIGNAL when the parent dies, even by SIGKILL (Linux; elsewhere the next start
cleans up). UID -1 keeps the user; another one is entered first, because the kernel forgets the
signal when a process changes its user.
"""

import ctypes
import os
import struct
import sys

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION = 0x20080522


def enter(libc: ctypes.CDLL, uid: int) -> None:
    """Give up root for `uid`, keeping only the right to reach files below closed folders.

    PostgreSQL refuses to be root, yet its binaries and data may lie below root's own home.
    """
    libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    kept = 1 << CAP_DAC_OVERRIDE
    header = ctypes.create_string_buffer(struct.pack("=Ii", CAPABILITY_VERSION, 0))
    data = ctypes.create_string_buffer(struct.pack("=6I", kept, kept, kept, 0, 0, 0))
    if libc.capset(header, data) == 0:
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def main(arguments: list[str]) -> None:
    """Tie this process to its parent, then become the program."""
    parent, signal_number, uid = (int(text) for text in arguments[:3])
    program = arguments[3:]
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if uid >= 0:
            enter(libc, uid)
        libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel knew
            return
    os.execv(program[0], program)  # noqa: S606 - the supervisor's own command, no shell


if __name__ == "__main__":
    main(sys.argv[1:])
