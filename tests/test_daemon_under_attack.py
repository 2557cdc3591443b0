"""The daemon under attack: whatever is sent, and however much of it, it answers all others and does not grow."""

from __future__ import annotations

import shutil
import signal
import socket
from contextlib import suppress
from threading import Thread

import pytest
from daemon import exchange, halt, is_closed
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import PATIENCE_S

from lstm_complete import Context, places
from lstm_complete.daemon import client
from lstm_complete.daemon.requests import Request
from lstm_complete.daemon.server import Server
from lstm_complete.daemon.sessions import Sessions

TEXT = "git ch"
GHOST = "eckout main"


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=300) | st.sampled_from([b"\0", b"\x1f" * 6 + b"\0", b"learn" + b"\x1f" * 7])))
def test_it_survives_whatever_is_sent(daemon, chunks):
    with daemon.connect() as connection:
        try:
            for chunk in chunks:
                connection.sendall(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert daemon.process.poll() is None
    assert daemon.ghost(TEXT) == GHOST


@pytest.mark.parametrize("frame", [b"nonsense\0", b"continuation\0", b"nonsense" + b"\x1f" * 6 + b"text\0"])
def test_what_is_no_request_ends_the_connection(daemon, frame):
    with daemon.connect() as connection:
        connection.sendall(frame)
        assert is_closed(connection)


def test_a_frame_without_end_is_refused_before_it_takes_memory(daemon):
    before = daemon.status()["refused"]
    with daemon.connect() as connection, pytest.raises((BrokenPipeError, ConnectionResetError)):
        connection.sendall(b"x" * 1000 * client.LONGEST_FRAME_BYTES)
    assert daemon.status()["refused"] == before + 1


def test_an_unfinished_frame_is_not_waited_for_without_end(daemon):
    with daemon.connect() as connection:
        connection.sendall(b"continuation")
        assert is_closed(connection)


def test_a_client_that_does_not_read_ends_its_own_connection_only(daemon):
    requests = client.request("status", "x" * 60_000) * 1000
    with daemon.connect() as connection, pytest.raises((BrokenPipeError, ConnectionResetError)):
        connection.sendall(requests)
    assert daemon.ghost(TEXT) == GHOST


def test_a_client_that_sends_and_never_reads_is_closed_for_that_alone(daemon):
    """Fewer requests than may wait, whose answers are more than the system holds for a reader."""
    with daemon.connect() as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # closed while it still sends
            connection.sendall(client.request("status", "x" * 60_000) * 60)
        assert daemon.ghost(TEXT) == GHOST
        assert is_closed(connection)


def test_a_client_that_sends_more_than_may_wait_is_closed_for_that_alone(daemon):
    halt(daemon.process)
    with daemon.connect() as connection:
        connection.sendall(client.request("learn", "ls") * 65 + client.request("status", ""))
        daemon.process.send_signal(signal.SIGCONT)
        assert connection.recv(65536) == b"", "no answer to any of them"
    assert daemon.ghost(TEXT) == GHOST


def test_it_keeps_no_more_sessions_and_models_than_it_can_hold(model_path, empty_home):
    sessions = Sessions()
    empty_home.mkdir()
    names = [f"a{number}" for number in range(6)]
    for name in names:
        shutil.copy(model_path, places.place_of(name))
        sessions.answer(Request("continuation", name, "", Context(), "Return the ", b""))
    assert sessions.status()["loaded"] == names[-4:]
    for number in range(20):
        sessions.answer(Request("continuation", names[-1], f"shell {number}", Context(), "Return the ", b""))
    assert sessions.status()["sessions"] == 3 + 16
    assert sessions.status()["problem"] == ""


def test_an_answer_that_fails_is_no_end_and_is_logged_once(tmp_path, caplog):
    def answer(request):
        if request.kind == "stop":
            server.stop()
        raise ValueError(request.text)

    server = Server(tmp_path / "socket", answer, PATIENCE_S)
    thread = Thread(target=server.run)
    thread.start()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(tmp_path / "socket"))
        assert [exchange(connection, "continuation", TEXT) for _ in range(2)] == [b"", b""]
        assert exchange(connection, "stop") == b""
    thread.join()
    server.close()
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_more_connections_than_it_keeps_close_the_oldest(daemon):
    oldest = daemon.connect()
    exchange(oldest, "continuation", TEXT)
    others = [daemon.connect() for _ in range(256)]
    assert is_closed(oldest)
    assert exchange(others[-1], "continuation", TEXT) == GHOST.encode()
    for connection in [oldest, *others]:
        connection.close()
