"""What the README shows runs as it stands there."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from lstm_complete.cli import build_parser, main

# What a test cannot run: it needs a network, a terminal, or this very test.
NOT_RUN = ("pip", "scripts/", "lstm-complete try")


def blocks(readme, language):
    return re.findall(rf"```{language}\n(.*?)```", readme, re.DOTALL)


@pytest.fixture
def readme(checkout):
    return (checkout / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def desk(tmp_path, text_path, model_path, monkeypatch):
    """A working folder with notes in it, and a model called default."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "lines.txt").write_bytes(text_path.read_bytes())
    (tmp_path / ".bash_history").write_text("git status\ngit push origin main\n" * 5)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "default.safetensors").write_bytes(model_path.read_bytes())
    monkeypatch.setenv("LSTM_COMPLETE_HOME", str(tmp_path / "models"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.usefixtures("desk")
def test_the_python_blocks_run(readme, capsys):
    namespace = {}
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        keys.send_text("the line\r")
        for block in blocks(readme, "python"):
            exec(compile(block, "README.md", "exec"), namespace)  # noqa: S102 - our own README
    assert namespace["text"] == "the line"
    assert "%" in capsys.readouterr().out


@pytest.mark.slow
def test_the_commands_run(readme, desk, checkout):
    commands = [line.partition("#")[0].strip() for block in blocks(readme, "sh") for line in block.splitlines()]
    for command in filter(None, commands):
        words = [str(Path(word).expanduser()) if word.startswith("~") else word for word in shlex.split(command)]
        if command.startswith("scripts/"):
            assert os.access(checkout / words[0], os.X_OK)
        if command.startswith("lstm-complete"):
            build_parser().parse_args(words[1:])
        if not command.startswith(NOT_RUN):
            assert words[0] == "lstm-complete"
            # A training for minutes is not what a test is for: what it would read is.
            code = main([*words[1:], "--dry-run"] if words[1] == "train" else words[1:])
            assert code == 0, command
    assert (desk / "curve.svg").exists()


def test_all_commands_are_in_the_readme(readme):
    usage = build_parser().format_help()
    for command in re.findall(r"^    (\w+) ", usage, re.MULTILINE):
        assert f"lstm-complete {command}" in readme, command


def test_the_pictures_are_there(readme, checkout):
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", readme):
        assert (checkout / picture).is_file(), picture
