# SPDX-License-Identifier: GPL-3.0-or-later
"""Becomes a program in a network of its own, where nobody is but ears: they answer for the only name
server there is and for a port, and write down whoever comes.

    unshare --user --map-current-user --keep-caps --net --mount \\
        python3 shut_in.py RESOLV_CONF PORT REPORT PROGRAM [ARGUMENT…]"""

import ctypes
import fcntl
import os
import select
import socket
import struct
import subprocess
import sys

SIOCSIFFLAGS, IFF_UP = 0x8914, 1
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
PR_SET_PDEATHSIG = 1
SIGKILL = 9
LIBC = ctypes.CDLL(None, use_errno=True)


def listen(kind, port):
    ear = socket.socket(socket.AF_INET, kind)
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    ear.bind(("127.0.0.1", port))
    if kind == socket.SOCK_STREAM:
        ear.listen(64)
    return ear


def hear(ears, report):
    """Writes a line for everyone who comes, for as long as the program lives."""
    LIBC.prctl(PR_SET_PDEATHSIG, SIGKILL)
    with open(report, "a", encoding="ascii", buffering=1) as out:
        while True:
            for ear in select.select(ears, [], [])[0]:
                name = ear.getsockname()[1]
                if ear.type == socket.SOCK_DGRAM:
                    question, sender = ear.recvfrom(4096)
                    out.write(f"{name} udp {question[12:].hex()}\n")
                    ear.sendto(question[:2] + b"\x81\x83" + question[4:], sender)  # there is no such name
                else:
                    connection, _ = ear.accept()
                    out.write(f"{name} tcp\n")
                    connection.close()


def main():
    resolv, port, report, *command = sys.argv[1:]
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))
    subprocess.run(["mount", "--bind", resolv, "/etc/resolv.conf"], check=True)
    ears = [listen(socket.SOCK_DGRAM, 53), listen(socket.SOCK_STREAM, 53),
            listen(socket.SOCK_STREAM, int(port))]
    if os.fork() == 0:
        hear(ears, report)
    for ear in ears:
        ear.close()

    # They are not deaf: else they would prove nothing.
    try:
        socket.getaddrinfo("control.sink.test", 80)
    except socket.gaierror:
        pass
    socket.create_connection(("127.0.0.1", int(port))).close()

    LIBC.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
