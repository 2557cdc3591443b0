"""What may happen to a store: going back, two at once, a full disk, a folder that cannot be written, no home."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

from lstm_complete import places, store
from lstm_complete.cli import main
from lstm_complete.errors import StoreError
from lstm_complete.locking import locked
from lstm_complete.model_file import Contents

QUICKLY = ["--epochs", "1", "--preset", "tiny", "--threads", "1", "--quiet"]


def contents(version):
    return Contents({"version": version}, {"a": np.arange(3, dtype=np.float32)})


# Going back


def test_an_update_can_be_undone_once(empty_home):
    store.save("m", contents("1"))
    for version in ("2", "3"):
        store.save("m", contents(version), keep_old=True)
    assert [path.stat().st_mode & 0o777 for path in empty_home.iterdir()] == [0o600, 0o600]
    assert places.names() == ["m"]
    store.undo("m")
    assert store.load("m").metadata == {"version": "2"}
    with pytest.raises(StoreError, match="has no version to go back to"):
        store.undo("m")
    assert store.load("m").metadata == {"version": "2"}


def test_what_replaces_or_removes_a_model_leaves_no_old_version_of_it(empty_home):
    for act in (lambda: store.save("m", contents("3")), lambda: store.remove("m")):
        store.save("m", contents("1"))
        store.save("m", contents("2"), keep_old=True)
        act()
        assert not list(empty_home.glob("*.previous"))


def test_a_damaged_old_version_is_not_gone_back_to(empty_home):
    store.save("m", contents("1"))
    store.save("m", contents("2"), keep_old=True)
    (empty_home / "m.previous").write_bytes(b"damaged")
    assert main(["models"]) == 0
    with pytest.raises(Exception, match=r"m\.previous is not a model"):
        store.undo("m")
    assert store.load("m").metadata == {"version": "2"}


def test_an_old_version_is_kept_where_files_cannot_be_linked(empty_home, monkeypatch):
    def no_links(*_arguments):
        raise OSError("not here")

    monkeypatch.setattr(os, "link", no_links)
    store.save("m", contents("1"))
    store.save("m", contents("2"), keep_old=True)
    assert (empty_home / "m.previous").stat().st_mode & 0o777 == 0o600
    store.undo("m")
    assert store.load("m").metadata == {"version": "1"}


# Two at once

HOLDER = """
import sys
from lstm_complete import store
with store.writing("m"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(empty_home):
    """Another process that is writing the model."""
    assert not empty_home.exists()
    process = subprocess.Popen([sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_the_second_training_of_a_name_is_told_before_it_starts(holder, text_path, refused, empty_home):
    for command in (["train", text_path, "--name", "m", *QUICKLY], ["import", text_path, "--name", "m"]):
        code, line = refused(*command)
        assert code == 6
        assert f'The model "m" is being written by another process ({holder.pid})' in line
    assert places.names() == []
    assert main(["train", str(text_path), "--name", "other", *QUICKLY]) == 0
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert main(["train", str(text_path), "--name", "m", *QUICKLY]) == 0
    assert sorted(path.name for path in empty_home.iterdir()) == ["m.safetensors", "other.safetensors"]


@pytest.mark.usefixtures("empty_home")
def test_two_threads_are_two_writers():
    found = []

    def write():
        try:
            store.save("m", contents("2"))
        except StoreError as error:
            found.append(str(error))

    with store.writing("m"):
        store.save("m", contents("1"))  # whoever holds it may write
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    assert "is being written" in found[0]
    write()
    assert store.load("m").metadata == {"version": "2"}


def test_a_lock_that_its_last_holder_took_away_meanwhile_is_no_lock(tmp_path, monkeypatch):
    """It is opened while another holds it, who removes it and goes: what is locked then is a file without a name."""
    place, gone = tmp_path / ".m.lock", []
    lock = fcntl.flock

    def locked_once_the_holder_has_gone(descriptor, how):
        if not gone:
            gone.append(place)
            place.unlink()
        lock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", locked_once_the_holder_has_gone)
    with locked(place, "It"):
        assert gone
        with place.open() as same, pytest.raises(BlockingIOError):
            lock(same, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert not place.exists()


# A place that cannot be written


@pytest.fixture
def small_disk(tmp_path, monkeypatch):
    """A file system of 200 KB, less than a model takes, of its own, where this user may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    command = [mount, "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(place)]
    if not mount or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a disk to fill")
    monkeypatch.setenv("LSTM_COMPLETE_HOME", str(place))
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize("full_by", ["the model", "something else"])
def test_a_full_disk_is_told_in_a_line_and_keeps_the_old_model(small_disk, text_path, model_path, refused, full_by):
    store.save("m", contents("1"))
    if full_by == "something else":
        free = os.statvfs(small_disk)
        (small_disk / "other").write_bytes(bytes(free.f_bavail * free.f_frsize))
    commands = [
        ["import", model_path, "--name", "m", "--force"],
        ["export", model_path, small_disk / "copy.safetensors"],
    ]
    if full_by == "something else":
        commands.append(["train", text_path, "--name", "m", *QUICKLY])
    for command in commands:
        code, line = refused(*command)
        assert (code, "No space left on device" in line) == (6, True), line
    assert store.load("m").metadata == {"version": "1"}
    assert {path.name for path in small_disk.iterdir()} <= {"m.safetensors", "other"}


@pytest.fixture
def read_only_home(empty_home, model_path):
    """A store with a model "m" that this user, whoever it is, cannot write."""
    home = empty_home
    home.mkdir()
    shutil.copy(model_path, home / "m.safetensors")
    read_only = ["mount", "-o", "bind,ro", str(home), str(home)]
    if os.geteuid():
        home.chmod(0o500)
    elif subprocess.run(read_only, capture_output=True, check=False).returncode:
        pytest.skip("neither permissions nor mounts bind this user")
    yield home
    if os.geteuid():
        home.chmod(0o700)
    else:
        subprocess.run(["umount", "-l", str(home)], check=True)


@pytest.mark.usefixtures("read_only_home")
def test_a_read_only_store_suggests_and_says_before_a_training_that_it_cannot_be_written(
    model_path, text_path, refused, printed
):
    assert printed("suggest", "Return the ", "--name", "m")
    for command in (
        ["train", text_path, "--name", "m", *QUICKLY],
        ["train", text_path, "--name", "new", *QUICKLY],
        ["import", model_path, "--name", "m", "--force"],
        ["remove", "m", "--yes"],
    ):
        code, line = refused(*command)
        assert code == 6, line
        assert any(reason in line for reason in ("Read-only file system", "Permission denied")), line


def test_a_user_without_a_home_is_told_what_to_set(monkeypatch, refused, text_path):
    def nobody(*_arguments):
        raise KeyError("no such user")

    for variable in ("HOME", "XDG_DATA_HOME", "LSTM_COMPLETE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    for command in (["models"], ["train", text_path, *QUICKLY], ["suggest", "x"]):
        code, line = refused(*command)
        assert (code, "Set LSTM_COMPLETE_HOME to a folder of yours" in line) == (6, True), line


def test_a_home_that_is_not_there_is_made_for_the_user_alone(monkeypatch, tmp_path, text_path):
    monkeypatch.delenv("LSTM_COMPLETE_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "missing" / "home"))
    assert main(["train", str(text_path), *QUICKLY]) == 0
    assert places.home().stat().st_mode & 0o777 == 0o700
