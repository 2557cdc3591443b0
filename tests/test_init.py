"""`lstm-complete init`: lines printed, added once with a backup, and taken out to the byte."""

from __future__ import annotations

import stat
import subprocess

import pytest
from hosts import needs

from lstm_complete.integrations.start_lines import HOSTS

FILES = {
    "bash": ".bashrc",
    "blesh": ".bashrc",
    "fish": ".config/fish/config.fish",
    "ipython": ".ipython/profile_default/ipython_config.py",
    "nvim": ".config/nvim/init.lua",
    "ptpython": ".config/ptpython/config.py",
    "xonsh": ".xonshrc",
    "zsh": ".zshrc",
}
MARK = ">>> lstm-complete >>>"


@pytest.fixture
def user(tmp_path, monkeypatch):
    """A home with nothing in it."""
    home = tmp_path / "user"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("ZDOTDIR", "XDG_CONFIG_HOME", "IPYTHONDIR", "PTPYTHON_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    return home


def test_each_host_is_known():
    assert set(HOSTS) == {*FILES, "python", "vscode"}


@pytest.mark.parametrize("host", sorted(HOSTS))
@pytest.mark.usefixtures("user")
def test_the_lines_are_printed_and_nothing_is_changed(host, printed, user):
    assert printed("init", host).strip() == HOSTS[host].lines().strip()
    assert not list(user.iterdir())


@pytest.mark.parametrize("host", sorted(FILES))
def test_a_missing_file_is_made_and_goes_again(host, printed, user):
    file = user / FILES[host]
    assert str(file) in printed("init", host, "--install")
    assert HOSTS[host].lines() in file.read_text()
    assert "there already" in printed("init", host, "--install")
    assert file.read_text().count(MARK) == 1
    assert "out" in printed("init", host, "--remove")
    assert not file.exists()
    assert "no lines" in printed("init", host, "--remove")


@pytest.mark.parametrize("content", [b"", b"setopt x\n", b"setopt x", b"a\r\nb\xff\r\n", b"\n\n", b"# \xc3\xa9"])
def test_a_file_is_what_it_was_to_the_byte(content, printed, user):
    file = user / ".zshrc"
    file.write_bytes(content)
    file.chmod(0o640)
    said = printed("init", "zsh", "--install")
    backup = user / ".zshrc.before-lstm-complete"
    assert str(backup) in said
    assert backup.read_bytes() == content
    assert file.read_bytes().startswith(content)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    printed("init", "zsh", "--remove")
    assert file.read_bytes() == content
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert list(user.iterdir()) == [file]


def test_what_the_user_adds_behind_the_lines_stays(printed, user):
    file = user / ".bashrc"
    file.write_text("before")
    printed("init", "bash", "--install")
    with file.open("a") as more:
        more.write("after\n")
    printed("init", "bash", "--remove")
    assert file.read_text() == "before\nafter\n"


def test_the_backup_stays_where_the_user_has_changed_the_file_since(printed, user):
    file = user / ".bashrc"
    file.write_text("before\n")
    printed("init", "bash", "--install")
    file.write_text("changed\n" + file.read_text())
    printed("init", "bash", "--remove")
    assert file.read_text() == "changed\nbefore\n"
    assert (user / ".bashrc.before-lstm-complete").read_text() == "before\n"


def test_lines_of_another_version_are_replaced(printed, user):
    file = user / ".xonshrc"
    file.write_text(f"one\n# {MARK}\nan older line\n# <<< lstm-complete <<<\n")
    printed("init", "xonsh", "--install")
    assert "an older line" not in file.read_text()
    assert file.read_text().count(MARK) == 1
    printed("init", "xonsh", "--remove")
    assert file.read_text() == "one\n"


def test_a_link_to_the_file_stays_a_link(printed, user):
    real = user / "dotfiles" / "zshrc"
    real.parent.mkdir()
    real.write_text("one\n")
    (user / ".zshrc").symlink_to(real)
    printed("init", "zsh", "--install")
    assert (user / ".zshrc").is_symlink()
    assert MARK in real.read_text()
    printed("init", "zsh", "--remove")
    assert (user / ".zshrc").is_symlink()
    assert real.read_text() == "one\n"


def test_marks_that_the_user_damaged_are_left_to_the_user(refused, user):
    content = f"one\n# {MARK}\ntwo\n"
    (user / ".zshrc").write_text(content)
    for action in ("--install", "--remove"):
        assert "by hand" in refused("init", "zsh", action)[1]
    assert (user / ".zshrc").read_text() == content


def test_the_folders_that_the_user_names_are_honoured(printed, user, monkeypatch):
    monkeypatch.setenv("ZDOTDIR", str(user / "z"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(user / "c"))
    for host in ("zsh", "fish"):
        printed("init", host, "--install")
    assert (user / "z" / ".zshrc").exists()
    assert (user / "c" / "fish" / "config.fish").exists()


def test_an_init_vim_is_what_neovim_reads(printed, user):
    file = user / ".config" / "nvim" / "init.vim"
    file.parent.mkdir(parents=True)
    file.write_text("set nu\n")
    printed("init", "nvim", "--install")
    assert f'" {MARK}\nlua << ' in file.read_text()
    printed("init", "nvim", "--remove")
    assert file.read_text() == "set nu\n"


@pytest.mark.parametrize("host", ["python", "vscode"])
def test_a_host_without_such_a_file_is_refused(host, refused):
    code, line = refused("init", host, "--install")
    assert code == 2
    assert f"lstm-complete init {host}" in line


@needs("zsh", "bash", "fish")
@pytest.mark.parametrize("shell", ["zsh", "bash", "fish"])
def test_a_shell_that_reads_the_lines_is_content(shell, printed, tmp_path):
    lines = printed("init", shell)
    check = "type lstm_complete_unload"
    done = subprocess.run(
        [shell, "-i", "-c", f"{lines}\n{check}"],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LSTM_COMPLETE": "off", "TERM": "dumb"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "function" in done.stdout
