"""The command line: what it prints, what it refuses, and with which exit code."""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys

import pytest

from lstm_complete import __version__
from lstm_complete.cli import _MODULES, arguments, build_parser, main
from lstm_complete.cli.train import settings_from
from lstm_complete.errors import SettingsError
from lstm_complete.settings import TrainingSettings

UNWRITABLE = "root may write everywhere"


def in_a_process(*command, **options):
    return subprocess.run(
        [sys.executable, "-m", "lstm_complete", *map(str, command)],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


# Reading


def commands_of(parser):
    [action] = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    return action.choices


def test_a_command_that_is_asked_for_alone_is_the_one_among_all():
    every = commands_of(build_parser())
    assert set(every) == set(_MODULES)
    for command, parser in every.items():
        assert commands_of(build_parser(command))[command].format_help() == parser.format_help()
    assert list(commands_of(build_parser("nonsense"))) == list(every)


def test_a_dry_run_lists_what_would_be_read_and_what_not_and_why(tmp_path, empty_home, printed):
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "note.md").write_text("# A note\n\nIt says something about the weather of today.\n")
    (tmp_path / "text" / "picture.bin").write_bytes(bytes(range(256)))
    out = printed("train", tmp_path / "text", "--dry-run")
    assert "note.md" in out
    assert f"{len((tmp_path / 'text' / 'note.md').read_text())}" in out
    skipped = next(line for line in out.splitlines() if "picture.bin" in line)
    assert skipped.split()[0] == "skipped"
    assert skipped.endswith(tuple("abcdefghijklmnopqrstuvwxyz)")), "a reason stands behind the path"
    assert not empty_home.exists()


def test_lines_and_documents_decide_what_a_document_is(text_path, printed):
    lines = len(text_path.read_text(encoding="utf-8").splitlines())
    assert f"{lines:,} documents" in printed("train", text_path, "--lines", "--dry-run")
    assert "1 documents" in printed("train", text_path, "--documents", "--dry-run")


def test_standard_input_is_read(monkeypatch, printed):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"git status\ngit push\n"), encoding="utf-8"))
    assert "<stdin>" in printed("train", "-", "--dry-run")


def test_a_path_that_is_not_there_is_named(refused, tmp_path):
    code, line = refused("train", tmp_path / "missing.txt")
    assert code == 3
    assert "missing.txt" in line


@pytest.mark.skipif(os.geteuid() == 0, reason=UNWRITABLE)
def test_a_path_that_cannot_be_read_is_named(refused, tmp_path):
    path = tmp_path / "secret.txt"
    path.write_text("text")
    path.chmod(0)
    assert refused("train", path)[0] == 3


def test_a_folder_without_text_says_so(refused, tmp_path):
    code, line = refused("train", tmp_path)
    assert code == 3
    assert "No text" in line


def test_text_too_short_to_train_on_says_how_much_is_needed(refused_training, tmp_path):
    path = tmp_path / "short.txt"
    path.write_text("hello world\n")
    code, line = refused_training("train", path)
    assert code in (3, 4)
    assert "2,000" in line


@pytest.fixture
def refused_training(capsys, empty_home):
    """Run a training that must fail after it has said what it read; nothing is saved."""

    def run(*command):
        code = main([str(part) for part in command])
        last = capsys.readouterr().err.splitlines()[-1]
        assert last.startswith("lstm-complete: ")
        assert not list(empty_home.glob("*.safetensors"))
        return code, last

    return run


# Settings


def test_flags_take_their_defaults_from_the_settings():
    assert settings_from(build_parser().parse_args(["train", "x"])) == TrainingSettings()


def test_flags_reach_the_settings():
    command = (
        "train x --epochs 3 --seed 7 --tokens word --vocabulary-size 500 --embedding-size 0 --hidden-size 64 "
        "--layers 2 --dropout 0.3 --no-recall --documents --device cpu --threads 1 --precision float32"
    )
    assert settings_from(build_parser().parse_args(command.split())) == TrainingSettings(
        budget_s=None,
        epochs=3,
        seed=7,
        tokens="word",
        vocabulary_size=500,
        embedding_size=0,
        hidden_size=64,
        layers=2,
        dropout=0.3,
        recall=False,
        lines=False,
        device="cpu",
        threads=1,
        precision="float32",
    )


@pytest.mark.parametrize(
    ("flag", "expected"), [("--seed", "a seed from 0 to 18446744073709551615"), ("--threads", "1 to 1,024 threads")]
)
def test_a_number_that_torch_does_not_take_is_refused(flag, expected, text_path, refused_training):
    code, line = refused_training("train", text_path, flag, 99_999_999_999_999_999_999)
    assert code == SettingsError.exit_code
    assert line == f"lstm-complete: expected {expected}, found 99999999999999999999"


def test_a_preset_is_overridden_by_what_is_given_beside_it():
    settings = settings_from(build_parser().parse_args(["train", "x", "--preset", "tiny", "--layers", "2"]))
    assert (settings.tokens, settings.embedding_size, settings.hidden_size, settings.layers) == ("char", 0, 50, 2)


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("5m", 300), ("1h", 3600), ("1.5m", 90), ("20", 20)])
def test_a_budget_is_written_with_its_unit(text, seconds):
    assert arguments.duration(text) == seconds
    assert arguments.duration(arguments.written(seconds)) == seconds


@pytest.mark.parametrize(
    "flags",
    [
        ["--budget", "soon"],
        ["--budget", "0"],
        ["--budget", "5m", "--epochs", "2"],
        ["--epochs", "0"],
        ["--layers", "4"],
        ["--dropout", "1"],
        ["--lines", "--documents"],
        ["--seed", "-1"],
        ["--preset", "huge"],
    ],
    ids=" ".join,
)
def test_a_flag_outside_what_makes_sense_ends_with_2(flags, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["train", "x", *flags])
    assert ended.value.code == 2
    assert flags[0] in capsys.readouterr().err


def test_no_command_and_version_and_help(capsys):
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.strip() == __version__
    for command in ("train", "try", "suggest", "evaluate", "models", "show", "plot", "remove"):
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0


# Training


def test_a_missing_trainer_names_the_pip_command(text_path, empty_home, tmp_path):
    (tmp_path / "torch.py").write_text("raise ModuleNotFoundError(\"No module named 'torch'\", name='torch')\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "LSTM_COMPLETE_HOME": str(empty_home)}
    done = in_a_process("train", text_path, env=environment)
    assert done.returncode == 5
    assert done.stderr.splitlines()[-1].endswith('pip install "lstm-complete[train]"')


def test_training_prints_figures_samples_and_what_the_saved_file_suggests(text_path, empty_home, capsys):
    command = ["train", str(text_path), "--name", "new", "--epochs", "1", "--preset", "tiny", "--threads", "1"]
    assert main(command) == 0
    captured = capsys.readouterr()
    assert "vocabulary" in captured.err
    assert "network" in captured.err
    for part in ("bits a character", "prediction", "What the saved file suggests", "saves", "lstm-complete try new"):
        assert part in captured.out
    assert "|" in captured.out.split("What the saved file suggests")[1]
    assert (empty_home / "new.safetensors").stat().st_mode & 0o777 == 0o600


def test_quiet_training_prints_nothing(text_path, empty_home, capsys):
    command = ["train", str(text_path), "--epochs", "1", "--preset", "tiny", "--threads", "1", "--quiet"]
    assert main(command) == 0
    assert capsys.readouterr() == ("", "")
    assert (empty_home / "default.safetensors").exists()


def test_a_full_disk_keeps_the_old_model(text_path, empty_home, model_path):
    resource = pytest.importorskip("resource")
    empty_home.mkdir()
    old = empty_home / "kept.safetensors"
    old.write_bytes(model_path.read_bytes())

    def no_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    command = ["train", text_path, "--name", "kept", "--epochs", "1", "--preset", "tiny", "--threads", "1"]
    environment = {**os.environ, "LSTM_COMPLETE_HOME": str(empty_home)}
    done = in_a_process(*command, env=environment, preexec_fn=no_room)
    assert done.returncode == 6, done.stderr
    assert done.stderr.splitlines()[-1].startswith("lstm-complete: ")
    assert old.read_bytes() == model_path.read_bytes()
    assert list(empty_home.iterdir()) == [old]


# The process


def test_a_pipe_that_nobody_reads_is_quiet(model_path):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "lstm_complete", "show", str(model_path)],
            stdout=writer,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writer)
    assert done.returncode == 141
    assert done.stderr == b""


@pytest.mark.parametrize(("redirected", "code", "line"), [(">&-", 0, ""), (">/dev/full", 1, "No space left on device")])
def test_output_that_goes_nowhere_is_no_traceback(model_path, redirected, code, line):
    command = f'"{sys.executable}" -m lstm_complete show "{model_path}" {redirected}'
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip().removeprefix("lstm-complete: ")) == (code, line)


def test_an_interrupt_ends_with_130(model_name, monkeypatch, capsys):
    class Interrupted(io.StringIO):
        def readline(self, *_):
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", Interrupted())
    assert main(["remove", model_name]) == 130
    assert "interrupted" in capsys.readouterr().err
