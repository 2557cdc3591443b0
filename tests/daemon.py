"""A daemon of its own for a test, as a process, and what a test says to it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time

from patience import PATIENCE_S

from lstm_complete.daemon import client


class Daemon:
    """`lstm-complete serve`; as a context manager, ended at the end. `environment` is what asks it."""

    def __init__(self, socket_path, model_home, *arguments):
        self.path = socket_path
        self.environment = {"LSTM_COMPLETE_SOCKET": str(socket_path), "LSTM_COMPLETE_HOME": str(model_home)}
        self.environment["LSTM_COMPLETE_WAIT"] = str(PATIENCE_S)
        command = [sys.executable, "-m", "lstm_complete", "serve", *arguments]
        surroundings = {**os.environ, **self.environment}
        self.process = subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.said = self.process.stdout.readline().decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def connect(self):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(PATIENCE_S)
        connection.connect(str(self.path))
        return connection

    def ask(self, kind, text="", *context):
        with self.connect() as connection:
            return exchange(connection, kind, text, *context)

    def ghost(self, text, *context):
        return self.ask("continuation", text, *context).decode()

    def status(self):
        return json.loads(self.ask("status"))


def exchange(connection, kind, text="", *context):
    return client.exchange(connection, client.request(kind, text, *context), PATIENCE_S)


def halt(process):
    """Stop a process as Ctrl-Z does, and wait until it stands."""
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)


def is_closed(connection):
    """Wait for the other side to close, whatever it says before."""
    with contextlib.suppress(ConnectionResetError):
        while connection.recv(65536):
            pass
    return True


def wait_for(condition):
    """Ask again and again, each time of a process, until it is so."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
