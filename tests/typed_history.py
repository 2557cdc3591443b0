"""Programs in a pseudo-terminal that are typed into and write their history; servers for clients that want one.

The servers speak just enough of their protocol for a client to start: each statement is answered with "done".
"""

from __future__ import annotations

import os
import socket
import struct
import threading
from contextlib import contextmanager

import pexpect
from patience import PATIENCE_S


def type_into(command, lines, *, prompt, end, home, **environment):
    """Type lines, each at a prompt; then `end`, and wait until the program has gone."""
    surroundings = {name: os.environ[name] for name in ("PATH", "COVERAGE_PROCESS_START") if name in os.environ}
    surroundings |= {"HOME": str(home), "LC_ALL": "C.UTF-8", "TERM": "xterm", "SHELL": "/bin/sh"}
    surroundings |= {name: str(value) for name, value in environment.items()}
    child = pexpect.spawn(
        str(command[0]),
        [str(part) for part in command[1:]],
        env=surroundings,
        cwd=str(home),
        timeout=PATIENCE_S,
        dimensions=(40, 200),
    )
    child.expect(prompt)
    for line in lines:
        child.send(f"{line}\r")
        child.expect(prompt)
    child.send(end)
    child.expect(pexpect.EOF)
    child.close()


@contextmanager
def server(path, talk):
    """A unix socket at which `talk` answers the first client."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()

        def serve():
            client, _ = listening.accept()
            with client, client.makefile("rwb") as stream:
                talk(stream)

        thread = threading.Thread(target=serve)
        thread.start()
        yield
        thread.join()


def talk_postgres(stream):
    def message(kind, body):
        return kind + struct.pack("!I", len(body) + 4) + body

    def send(*messages):
        stream.write(b"".join(messages))
        stream.flush()

    def body():
        return stream.read(struct.unpack("!I", stream.read(4))[0] - 4)

    ready = message(b"Z", b"I")
    body()
    send(message(b"R", struct.pack("!I", 0)), message(b"S", b"server_version\x0015.0\0"), ready)
    while (kind := stream.read(1)) not in (b"X", b""):
        assert kind == b"Q"
        body()
        send(message(b"C", b"SELECT 0\0"), ready)


def talk_mysql(stream):
    def send(number, body):
        stream.write(struct.pack("<I", len(body))[:3] + bytes([number]) + body)
        stream.flush()

    def packet():
        head = stream.read(4)
        return stream.read(int.from_bytes(head[:3], "little")) if head else b""

    done = b"\0\0\0\x02\0\0\0"
    speaks = struct.pack("<I", 0x0008A20D)  # protocol 4.1 and secure authentication
    greeting = b"\x0a8.0.0\0" + bytes(4) + b"a" * 8 + b"\0" + speaks[:2] + b"\x21\x02\0" + speaks[2:] + bytes([21])
    send(0, greeting + bytes(10) + b"a" * 12 + b"\0mysql_native_password\0")
    packet()
    send(2, done)
    while packet()[:1] not in (b"\x01", b""):
        send(1, done)
