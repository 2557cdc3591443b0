"""The daemon over its socket: what it answers, and what it survives."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest
from conftest import MODEL_NAME
from daemon import Daemon, exchange, halt
from patience import PATIENCE_S

from lstm_complete import Context, Suggester
from lstm_complete.cli import main
from lstm_complete.daemon import client

TEXT = "git ch"
GHOST = "eckout main"


@pytest.fixture
def alone(tmp_path, shell_home):
    """Starts daemons on a socket that no other test has."""
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    running = []

    def start(*arguments, home=shell_home):
        running.append(Daemon(folder / "socket", home, *arguments))
        return running[-1]

    yield start
    for one in running:
        one.__exit__()


def test_it_answers_what_the_model_says(daemon, shell_home):
    assert daemon.ghost(TEXT) == GHOST
    suggester = Suggester.load(shell_home / "default.safetensors")
    words = daemon.ask("suggest", TEXT).split(client.FIELD_END)
    assert [word.decode() for word in words] == [word.text for word in suggester.suggest(TEXT)]


def test_the_answer_echoes_the_request_byte_by_byte(daemon):
    text = b"caf\xc3\xa9 \x1f\n\xff\xfe "
    with daemon.connect() as connection:
        connection.sendall(b"continuation" + b"\x1f" * 6 + text + b"\0")
        assert connection.recv(65536).startswith(text + b"\x1f")


def test_it_answers_where_the_system_knows_no_letter_but_ascii(alone, monkeypatch):
    for name, value in (("LC_ALL", "C"), ("PYTHONCOERCECLOCALE", "0"), ("PYTHONUTF8", "0")):
        monkeypatch.setenv(name, value)
    running = alone()
    assert running.ghost("echo caf") == "é"
    assert running.ask("continuation", "é \udcff") == b""
    assert running.process.poll() is None


def test_one_connection_serves_many_questions(daemon):
    with daemon.connect() as connection:
        assert {exchange(connection, "continuation", TEXT) for _ in range(3)} == {GHOST.encode()}


def test_what_a_shell_has_typed_counts_in_that_shell_alone(alone, model_home, model_path):
    daemon, suggester = alone(home=model_home), Suggester.load(model_path)
    new = daemon.ask("suggest", "zanzibar ", MODEL_NAME, "new")
    for _ in range(3):
        daemon.ask("learn", "zanzibar return plover", MODEL_NAME, "one")
        suggester.learn("zanzibar return plover")
    learned = "\x1f".join(word.text for word in suggester.suggest("zanzibar ", suggester.settings.limit)).encode()
    assert daemon.ask("suggest", "zanzibar ", MODEL_NAME, "one") == learned != new
    assert daemon.ask("suggest", "zanzibar ", MODEL_NAME, "two") == new


def test_the_previous_line_is_passed_on(daemon, shell_home):
    suggester = Suggester.load(shell_home / "default.safetensors")
    previous = "pomegranate juice"
    expected = suggester.suggest("pomegranate ", suggester.settings.limit, context=Context(previous=previous))
    words = daemon.ask("suggest", "pomegranate ", "", "previous", "zsh", "/", previous).split(client.FIELD_END)
    assert [word.decode() for word in words] == [word.text for word in expected]
    assert expected != suggester.suggest("pomegranate ", suggester.settings.limit)


def test_a_model_that_is_not_there_is_answered_with_nothing_and_named(daemon):
    assert daemon.ghost(TEXT, "no-such-model") == ""
    assert 'No model "no-such-model"' in daemon.status()["problem"]


def test_the_socket_is_the_users_alone(daemon):
    assert stat.S_IMODE(daemon.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(daemon.path.parent.stat().st_mode) == 0o700


def test_work_for_those_who_have_gone_is_abandoned(daemon):
    before = daemon.status()
    halt(daemon.process)
    for number in range(20):
        with daemon.connect() as connection:
            connection.sendall(client.request("continuation", f"{TEXT}{number}"))
    daemon.process.send_signal(signal.SIGCONT)
    after = daemon.status()
    assert after["abandoned"] - before["abandoned"] == 20
    assert after["answered"] - before["answered"] == 1  # the status before


def test_of_the_keys_of_one_shell_only_the_last_is_answered(daemon):
    texts = [TEXT[: length + 1] for length in range(len(TEXT))]
    with daemon.connect() as connection:
        halt(daemon.process)
        connection.sendall(b"".join(client.request("continuation", text) for text in texts))
        daemon.process.send_signal(signal.SIGCONT)
        assert connection.recv(65536).startswith(TEXT.encode() + b"\x1f")


def test_a_retrained_model_is_read_again(alone, tmp_path, shell_home):
    home = shutil.copytree(shell_home, tmp_path / "models")
    running = alone(home=home)
    assert running.ghost(TEXT) == GHOST
    (home / "new").write_bytes(b"damaged")
    (home / "new").replace(home / "default.safetensors")
    assert running.ghost(TEXT) == ""
    assert running.status()["problem"].startswith("ModelFormatError")
    shutil.copy(shell_home / "default.safetensors", home)
    assert running.ghost(TEXT) == GHOST


def test_the_model_that_it_was_started_with_is_warm_and_nobodys_who_names_none(alone, tmp_path, shell_home, model_path):
    home = shutil.copytree(shell_home, tmp_path / "models")
    shutil.copy(model_path, home)
    running = alone(MODEL_NAME, home=home)
    assert running.status()["loaded"] == [MODEL_NAME]
    assert running.ghost(TEXT) == GHOST


def test_it_ends_after_idling(alone):
    running = alone("--idle", "0.2s")
    assert running.process.wait(PATIENCE_S) == 0
    assert not running.path.exists()


def test_two_starts_leave_one(alone):
    first = alone()
    second = alone()
    assert second.process.wait(PATIENCE_S) == 2
    assert b"running already" in second.process.stderr.read()
    assert first.status()["pid"] == first.process.pid


def test_many_detached_starts_at_once_leave_one(alone):
    running = alone("--idle", "0.1s")
    running.process.wait(PATIENCE_S)
    environment = {**os.environ, **running.environment}
    command = [sys.executable, "-m", "lstm_complete", "serve", "--detach", "--idle", "30s"]
    started = [subprocess.Popen(command, env=environment) for _ in range(4)]
    left = set(started)
    while len(left) > 1:
        left -= {one for one in left if one.poll() is not None}
    [one] = left
    stopped = subprocess.run(
        [sys.executable, "-m", "lstm_complete", "serve", "--stop"], env=environment, capture_output=True, check=True
    )
    assert stopped.stdout == b"stopped\n"
    assert one.wait(PATIENCE_S) == 0


def test_what_a_killed_daemon_left_is_in_nobodys_way(alone):
    alone().__exit__()
    assert alone().ghost(TEXT) == GHOST


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """The socket of this process, in a folder of the test."""
    path = tmp_path / "private" / "socket"
    monkeypatch.setenv("LSTM_COMPLETE_SOCKET", str(path))
    return path


@pytest.mark.usefixtures("elsewhere")
def test_status_and_stop_say_that_there_is_none(capsys, printed):
    assert main(["serve", "--status"]) == 1
    assert capsys.readouterr().out == "no daemon is running\n"
    assert printed("serve", "--stop") == "no daemon is running\n"


def test_status_says_what_it_has_done(alone, monkeypatch, printed):
    running = alone()
    monkeypatch.setenv("LSTM_COMPLETE_SOCKET", str(running.path))
    running.ghost(TEXT)
    said = printed("serve", "--status")
    assert f"process {running.process.pid}" in said
    assert "models: default" in said
    assert "answered 1" in said


def test_a_daemon_that_hangs_is_stopped_with_force(alone, monkeypatch, printed):
    running = alone()
    monkeypatch.setenv("LSTM_COMPLETE_SOCKET", str(running.path))
    halt(running.process)
    assert printed("serve", "--stop") == "stopped\n"
    assert running.process.wait(PATIENCE_S) == -signal.SIGKILL


def test_a_model_that_is_not_there_is_refused(refused, elsewhere, empty_home):
    code, line = refused("serve", "nothing")
    assert code == 6
    assert "nothing" in line
    assert not elsewhere.exists()
    assert not empty_home.exists()


def test_a_folder_that_others_may_look_into_is_refused(refused, elsewhere):
    elsewhere.parent.mkdir(mode=0o755)
    elsewhere.parent.chmod(0o755)
    code, line = refused("serve", "--status")
    assert code == 2
    assert "must be a folder that is yours alone (mode 0700)" in line


def test_a_folder_that_is_a_link_is_refused(refused, elsewhere, tmp_path):
    (tmp_path / "other").mkdir(mode=0o700)
    elsewhere.parent.symlink_to(tmp_path / "other")
    assert refused("serve", "--status")[0] == 2


def test_a_path_too_long_for_a_socket_is_refused(refused, monkeypatch, tmp_path):
    monkeypatch.setenv("LSTM_COMPLETE_SOCKET", str(tmp_path / ("long" * 40)))
    assert "LSTM_COMPLETE_SOCKET" in refused("serve", "--status")[1]


def test_the_socket_stands_where_the_platform_wants_it(monkeypatch, tmp_path):
    monkeypatch.delenv("LSTM_COMPLETE_SOCKET", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert client.socket_path() == str(Path(platformdirs.user_runtime_dir("lstm_complete")) / "socket")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "missing"))
    assert client.socket_path() in {
        f"/run/user/{os.getuid()}/lstm_complete/socket",
        f"/tmp/lstm_complete-{os.getuid()}/socket",  # noqa: S108
    }


def test_the_daemon_opens_no_socket_but_its_own(daemon):
    daemon.ghost(TEXT)
    pid = daemon.status()["pid"]  # what other tests had connected is closed by now
    opened = [os.path.realpath(link) for link in Path(f"/proc/{pid}/fd").iterdir()]
    inodes = {name.partition("[")[2].rstrip("]") for name in opened if "socket:[" in name}
    unix = {line.split()[6] for line in Path("/proc/net/unix").read_text().splitlines()[1:]}
    assert inodes
    assert inodes <= unix


def test_a_client_gives_up_on_a_daemon_that_never_answers(elsewhere):
    elsewhere.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as hung:
        hung.bind(str(elsewhere))
        hung.listen(0)
        started = os.times().elapsed
        answers = [client.ask(client.request("continuation", TEXT), client.deadline_s()) for _ in range(3)]
        assert answers == [None] * 3
        assert os.times().elapsed - started < 3 * client.DEADLINE_S + PATIENCE_S / 10
