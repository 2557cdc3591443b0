"""Nothing leaves the machine: the real processes run under a guard that notes every socket but the daemon's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from daemon import Daemon

# Read by every Python that is started with it on its path, before anything else.
GUARD = """
import os, sys
def guard(event, arguments):
    if event in {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo",
                 "socket.gethostbyname", "socket.gethostbyaddr"}:
        if event in {"socket.connect", "socket.bind"} and arguments[1] == os.environ.get("LSTM_COMPLETE_SOCKET"):
            return
        with open(os.environ["GUARD_LOG"], "a") as log:
            print(event, arguments[1:], sys.argv, file=log)
        raise PermissionError("no network")
sys.addaudithook(guard)
with open(os.environ["GUARD_LOG"] + ".on", "a") as log:
    print(os.getpid(), file=log)
"""


@pytest.fixture
def guarded(tmp_path, monkeypatch):
    """Put every Python started from here under the guard; returns what was noted so far, and how many it watched."""
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "sitecustomize.py").write_text(GUARD)
    log = tmp_path / "log"
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "guard"))
    monkeypatch.setenv("GUARD_LOG", str(log))

    def noted():
        watched = len((tmp_path / "log.on").read_text().splitlines())
        return (log.read_text() if log.exists() else ""), watched

    return noted


def run(*command, **options):
    return subprocess.run([sys.executable, *map(str, command)], capture_output=True, check=False, **options)


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import urllib.request; urllib.request.urlopen('http://localhost:9')",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
        "import socket; socket.socket(socket.AF_UNIX).connect('/tmp/other')",
    ],
)
def test_the_guard_notes_what_it_must(guarded, code):
    assert run("-c", code).returncode == 1
    assert guarded()[0]


def test_train_update_and_suggest_open_no_socket(guarded, text_path, tmp_path, monkeypatch):
    monkeypatch.setenv("LSTM_COMPLETE_HOME", str(tmp_path / "home"))
    text = tmp_path / "text.txt"
    text.write_text(text_path.read_text("utf-8"), "utf-8")
    program = ("-m", "lstm_complete")
    for command in (
        ["train", text, "--epochs", "1", "--preset", "tiny", "--threads", "1"],
        ["update", "--epochs", "1"],
        ["suggest", "Return the "],
        ["show", "default"],
    ):
        done = run(*program, *command)
        assert done.returncode == 0, done.stderr
        text.write_text(text.read_text("utf-8") + "zebra crossing\n", "utf-8")
    assert guarded() == ("", 4)


def test_the_daemon_opens_its_own_socket_and_no_other(guarded, model_path, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    with Daemon(folder / "socket", model_path.parent, "tiny") as daemon:
        daemon.ghost("Return the ", "tiny")
        assert daemon.status()
        asked = run("-m", "lstm_complete", "serve", "--status", env={**os.environ, **daemon.environment})
    assert asked.returncode == 0
    assert guarded() == ("", 2)


def test_the_language_server_opens_no_socket(guarded, model_path):
    pytest.importorskip("pygls")
    uri = "file:///a.txt"
    document = {"uri": uri, "languageId": "text", "version": 1, "text": "Return the "}
    where = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 11}}
    messages = [
        {"id": 1, "method": "initialize", "params": {"capabilities": {}, "processId": None, "rootUri": None}},
        {"method": "initialized", "params": {}},
        {"method": "textDocument/didOpen", "params": {"textDocument": document}},
        {"id": 2, "method": "textDocument/completion", "params": where},
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "lstm_complete", "lsp", "--model", str(model_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    for message in messages:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        process.stdin.flush()
    answers = {}
    while 2 not in answers:
        length = 0
        while (header := process.stdout.readline().strip()) or not length:
            assert header or process.poll() is None, "the server ended"
            if header.lower().startswith(b"content-length"):
                length = int(header.split(b":")[1])
        answer = json.loads(process.stdout.read(length))
        answers[answer.get("id")] = answer
    process.kill()
    process.communicate()
    assert answers[2]["result"]
    assert guarded() == ("", 1)
