"""The light client: asks the daemon, and starts it where there is none. Nothing beyond the standard library.

Shells run this file by its path (`python -S -E client.py ...`), which costs little more than bare Python:

    client.py ask            asks once, with the seven fields on standard input, NUL behind each; prints the answer
    client.py relay          asks for each request on standard input; what is told, and no question, has no answer
    client.py start MODEL    starts the daemon, and waits for nothing

What is typed is no argument: all users of a machine may read those.

The fields are KIND MODEL SESSION HOST DIRECTORY PREVIOUS TEXT. KIND is `continuation`, `suggest`, `learn`, `forget`,
`status` or `stop`; what is empty is unknown. A request is the fields with U+001F between them and NUL behind the last,
which is TEXT and may hold anything else. The answer is TEXT as it came, U+001F and what there is to say (the words of
`suggest` with U+001F between them), and NUL. Whoever has typed on since drops the answer to another text. Of the
questions of one kind that wait on a connection the last is answered, and none whose asker has closed it.
"""

from __future__ import annotations

import os
import socket
import stat
import sys
import time

FIELD_END = b"\x1f"
FRAME_END = b"\0"
QUESTIONS = ("continuation", "suggest")
KINDS = (*QUESTIONS, "learn", "forget", "status", "stop")
FIELDS = 7
LONGEST_FRAME_BYTES = 65_536

SOCKET_VARIABLE = "LSTM_COMPLETE_SOCKET"
WAIT_VARIABLE = "LSTM_COMPLETE_WAIT"
_FOLDER = "lstm_complete"

# Beside the socket.
LOCK_NAME = "lock"
LOG_NAME = "log"
STARTED_NAME = "started"

# A key is held no longer than this, whatever the daemon does; on a slow machine its user may say otherwise.
DEADLINE_S = 0.3

# Of that, what this client may take for itself, and what its start.
_SPARE_S = 0.05
_START_S = 0.1

# A daemon that has let a question wait is asked no other for so long: where each key asks, each would be held.
_REST_S = 1.0

# A daemon that does not come up, or does not stay, is not started again at each key: by none of the shells.
_START_AGAIN_S = 30.0

# `-m` would import what lies in the working directory.
_DAEMON = "import sys; sys.path = [p for p in sys.path if p]; from lstm_complete.cli import main; sys.exit(main())"


def socket_path() -> str:
    """Where the daemon listens: LSTM_COMPLETE_SOCKET, else in the platform's folder for what runs.

    The rule stands in shells/lstm_complete.zsh once more.
    """
    chosen = os.environ.get(SOCKET_VARIABLE)
    if chosen:
        return chosen
    user = os.getuid()
    for base in (os.environ.get("XDG_RUNTIME_DIR", ""), f"/run/user/{user}"):
        if os.path.isdir(base):  # noqa: PTH112 - pathlib costs as much as the rest of this file
            return f"{base}/{_FOLDER}/socket"
    return f"/tmp/{_FOLDER}-{user}/socket"  # noqa: S108 - runtime_dir.py and `connect` see whose it is


def deadline_s() -> float:
    """How long to wait for the daemon: what LSTM_COMPLETE_WAIT says or 0.3 s, less this client's own time."""
    chosen = os.environ.get(WAIT_VARIABLE, "")
    held_s = float(chosen) if chosen.replace(".", "", 1).isdecimal() else DEADLINE_S
    return max(held_s - _SPARE_S, _SPARE_S)


def request(kind: str, text: str, *context: str) -> bytes:
    """A request as it is sent; `context` is model, session, host, directory and previous line, as far as known."""
    fields = [kind, *context, *[""] * (FIELDS - 2 - len(context))]
    clean = [_encoded(field).replace(FIELD_END, b"") for field in fields]
    return FIELD_END.join([*clean, _encoded(text)]) + FRAME_END


def _encoded(field: str) -> bytes:
    """As UTF-8, whatever the system's own encoding is, and bytes that were none as they came."""
    return field.encode("utf-8", "surrogateescape").replace(FRAME_END, b"")


def connect(patience_s: float) -> socket.socket | None:
    """A connection to the user's daemon; None where there is none, or none that answers in time."""
    path = socket_path()
    connection = socket.socket(socket.AF_UNIX)
    try:
        if os.stat(path).st_uid != os.getuid():  # noqa: PTH116 - another user's, who wants to know what is typed
            raise PermissionError
        connection.settimeout(patience_s)
        connection.connect(path)
    except OSError:
        connection.close()
        return None
    return connection


def exchange(connection: socket.socket, frame: bytes, patience_s: float) -> bytes | None:
    """Send a request and wait for its answer, without the echo.

    Returns:
        None where none came in time, or the connection is broken: close it then.
    """
    echo = _text_of(frame) + FIELD_END
    ends = time.monotonic() + patience_s
    received = bytearray()
    try:
        connection.settimeout(patience_s)
        connection.sendall(frame)
        while True:
            answer, end, rest = received.partition(FRAME_END)
            if end and answer.startswith(echo):
                return bytes(answer[len(echo) :])
            if end:
                received = rest
                continue
            connection.settimeout(max(ends - time.monotonic(), 0.001))
            chunk = connection.recv(LONGEST_FRAME_BYTES)
            if not chunk or time.monotonic() > ends:
                return None
            received += chunk
    except OSError:
        return None


def _text_of(frame: bytes) -> bytes:
    return frame[: -len(FRAME_END)].split(FIELD_END, FIELDS - 1)[-1]


def ask(frame: bytes, patience_s: float) -> bytes | None:
    """Connect, ask, and close; None without an answer."""
    connection = connect(patience_s)
    if connection is None:
        return None
    with connection:
        return exchange(connection, frame, patience_s)


def start(model: str = "") -> None:
    """Start a daemon that outlives this process, and wait for nothing; none beside another, or soon after the last.

    What keeps it from coming up stands in its log: also what Python says before a line of this package has run.
    """
    try:
        log = _begin_start()
    except OSError:  # there is one, or no place for one: `serve --status` says so
        return
    if log is None:
        return
    nowhere = os.open(os.devnull, os.O_RDWR)
    command = [sys.executable, "-c", _DAEMON, "serve", "--detach", *([model] if model else [])]
    redirected = [(os.POSIX_SPAWN_DUP2, opened, number) for number, opened in enumerate((nowhere, nowhere, log))]
    try:  # out of the asker's group: a shell that ends its question does not end the daemon that is starting
        os.posix_spawn(sys.executable, command, os.environ, file_actions=redirected, setsid=True)
    except NotImplementedError:
        os.posix_spawn(sys.executable, command, os.environ, file_actions=redirected)
    os.close(nowhere)
    os.close(log)


def _begin_start() -> int | None:
    """Remove the socket that a daemon left which was killed, and note the start.

    Returns:
        The daemon's log, emptied; None where it is too soon to start one.

    Raises:
        OSError: There is a daemon, or no folder for one: `runtime_dir.place` says why.
    """
    import fcntl  # noqa: PLC0415 - most that ask start nothing

    path = os.path.abspath(socket_path())  # noqa: PTH100 - pathlib costs as much as the rest of this file
    folder = _private_folder(path)
    lock = os.open(f"{folder}/{LOCK_NAME}", os.O_RDWR | os.O_CREAT, 0o600)
    try:  # shared, as who looks for the holder has it: a daemon that is starting tries again
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        if os.path.exists(path) and stat.S_ISSOCK(os.stat(path).st_mode):  # noqa: PTH110, PTH116
            os.unlink(path)  # noqa: PTH108
        noted = f"{folder}/{STARTED_NAME}"
        if os.path.exists(noted) and 0 <= time.time() - os.stat(noted).st_mtime < _START_AGAIN_S:  # noqa: PTH110, PTH116
            return None
        os.close(os.open(noted, os.O_WRONLY | os.O_CREAT, 0o600))
        os.utime(noted)
        return os.open(f"{folder}/{LOG_NAME}", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_TRUNC, 0o600)
    finally:
        os.close(lock)


def _private_folder(path: str) -> str:
    """The folder of the socket, made where it is missing.

    Raises:
        OSError: It cannot be made, or is not the user's alone.
    """
    folder = os.path.dirname(path)  # noqa: PTH120
    try:
        os.mkdir(folder, 0o700)  # noqa: PTH102
    except FileExistsError:
        if not is_private(folder):
            raise
    return folder


def is_private(folder: str | os.PathLike[str]) -> bool:
    """Whether what is there is a folder, itself and no link to one, and the user's alone.

    Raises:
        OSError: There is nothing.
    """
    status = os.lstat(folder)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077


def _ask_once() -> int:
    fields = os.fsdecode(sys.stdin.buffer.read()).split(os.fsdecode(FRAME_END))
    if len(fields) < FIELDS:
        return 2
    kind, *context, text = fields[:FIELDS]
    patience_s = max(deadline_s() - _START_S, _SPARE_S)
    connection = connect(patience_s)
    if connection is None:
        start(context[0])
        return 1
    with connection:
        answer = exchange(connection, request(kind, text, *context), patience_s)
    if answer is None:
        return 1
    os.write(sys.stdout.fileno(), answer)
    return 0


def _relay() -> int:
    """Pass requests on and answers back, over one connection; a question without an answer is answered with nothing."""
    rests_until = 0.0
    connection: socket.socket | None = None
    received = bytearray()
    while chunk := os.read(sys.stdin.fileno(), LONGEST_FRAME_BYTES):
        received += chunk
        while FRAME_END in received:
            head, _, received = received.partition(FRAME_END)
            frame = bytes(head) + FRAME_END
            asks = os.fsdecode(frame.split(FIELD_END)[0]) in QUESTIONS
            answer: bytes | None = None
            ends = time.monotonic() + deadline_s()
            if not asks or time.monotonic() > rests_until:
                answer, connection = _exchange_again(connection, frame, ends)
                if answer is None and time.monotonic() >= ends:
                    rests_until = time.monotonic() + _REST_S
                if connection is None:
                    start(os.fsdecode(frame.split(FIELD_END)[1]))
            if asks:
                os.write(sys.stdout.fileno(), _text_of(frame) + FIELD_END + (answer or b"") + FRAME_END)
    return 0


def _exchange_again(
    connection: socket.socket | None, frame: bytes, ends: float
) -> tuple[bytes | None, socket.socket | None]:
    """Ask over a connection, or over a new one where the daemon has ended since; never for longer than until `ends`."""
    for known in (connection, None):
        left = ends - time.monotonic()
        used = known or (connect(left) if left > 0 else None)
        if used:
            answer = exchange(used, frame, max(ends - time.monotonic(), 0.001))
            if answer is not None:
                return answer, used
            used.close()
    return None, None


def main(arguments: list[str]) -> int:
    """Run as a program; returns the exit code."""
    if arguments == ["ask"]:
        return _ask_once()
    if arguments == ["relay"]:
        return _relay()
    if arguments[:1] == ["start"] and len(arguments) <= 2:
        start(*arguments[1:])
        return 0
    print(__doc__, file=sys.stderr)  # noqa: T201 - run by hand
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
