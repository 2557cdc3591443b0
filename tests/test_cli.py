"""The command line: what it prints, what it refuses, and with which exit code."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from lstm_complete import __version__, model_file, store
from lstm_complete.cli import arguments, build_parser, main
from lstm_complete.cli.train import settings_from
from lstm_complete.settings import TrainingSettings

UNWRITABLE = "root may write everywhere"


@pytest.fixture
def refused(capsys):
    """Run a command that must fail; returns its exit code and its one line."""

    def run(*command):
        code = main([str(part) for part in command])
        captured = capsys.readouterr()
        lines = captured.err.splitlines()
        assert len(lines) == 1, captured.err
        assert lines[0].startswith("lstm-complete: ")
        assert captured.out == ""
        return code, lines[0]

    return run


@pytest.fixture
def printed(capsys):
    """Run a command that must succeed; returns what it printed."""

    def run(*command):
        assert main([str(part) for part in command]) == 0
        return capsys.readouterr().out

    return run


def in_a_process(*command, **options):
    return subprocess.run(
        [sys.executable, "-m", "lstm_complete", *map(str, command)],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


# Reading


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


# Models


@pytest.mark.parametrize("name", ["a/b", "../up", ".hidden", "", "a\\b"])
def test_a_name_that_does_not_fit_is_refused_before_any_work(refused, text_path, name):
    code, line = refused("train", text_path, f"--name={name}")
    assert code == 6
    assert "cannot be the name of a model" in line


@pytest.mark.parametrize("command", [["suggest", "x", "--name"], ["show"], ["plot"], ["evaluate"], ["remove", "--yes"]])
def test_an_unknown_model_names_the_ones_there_are(refused, model_name, command):
    code, line = refused(*command, "absent")
    assert code == 6
    assert '"absent"' in line
    assert model_name in line


def test_models_lists_them_with_their_figures(model_name, printed):
    line = printed("models").splitlines()[0]
    assert line.startswith(model_name)
    assert "bits a character" in line


def test_no_models_yet_says_how_to_make_one(empty_home, printed):
    assert "lstm-complete train PATH" in printed("models")
    assert not empty_home.exists(), "looking creates nothing"


def test_one_damaged_model_hides_no_other(model_path, empty_home, printed):
    empty_home.mkdir()
    (empty_home / "good.safetensors").write_bytes(model_path.read_bytes())
    (empty_home / "bad.safetensors").write_bytes(model_path.read_bytes()[:1000])
    bad, good = printed("models").splitlines()
    assert bad.startswith("bad ")
    assert "cannot be used" in bad
    assert "bits a character" in good


def test_show_prints_what_a_model_is_what_it_has_read_and_its_curve(model_name, text_path, printed):
    out = printed("show", model_name)
    assert "hidden_size 32" in out
    assert "epochs 2" in out
    assert str(text_path) in out
    assert "bits a character" in out
    assert "loss in nats a token" in out


def test_plot_writes_the_curve(model_name, tmp_path, printed, monkeypatch):
    assert printed("plot", model_name, "--output", tmp_path / "curve.svg").strip() == str(tmp_path / "curve.svg")
    assert (tmp_path / "curve.svg").read_bytes().startswith(b"<?xml")
    monkeypatch.chdir(tmp_path)
    assert printed("plot", model_name).strip() == f"{model_name}.png"
    assert (tmp_path / f"{model_name}.png").exists()


def test_remove_asks_first(model_path, empty_home, capsys, monkeypatch):
    empty_home.mkdir()
    path = empty_home / "old.safetensors"
    path.write_bytes(model_path.read_bytes())
    for answer in ("", "n\n"):
        monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
        assert main(["remove", "old"]) == 1
        assert "is kept" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert main(["remove", "old"]) == 0
    assert not path.exists()
    path.write_bytes(b"damaged")
    assert main(["remove", "old", "--yes"]) == 0
    assert not path.exists()


def truncated(data):
    return data[: len(data) // 2]


def tampered(data):
    return data[:-9] + bytes([data[-9] ^ 255]) + data[-8:]


def foreign(_data):
    return b"PK\x03\x04" + bytes(200)


@pytest.mark.parametrize("damage", [truncated, tampered, foreign])
def test_a_damaged_file_is_refused(refused, model_path, empty_home, damage):
    empty_home.mkdir()
    (empty_home / "damaged.safetensors").write_bytes(damage(model_path.read_bytes()))
    code, line = refused("suggest", "x", "--name", "damaged")
    assert code == 7
    assert "damaged.safetensors" in line


def test_a_newer_file_says_to_upgrade(refused, empty_home, monkeypatch):
    empty_home.mkdir()
    with monkeypatch.context() as newer:
        newer.setattr(model_file, "FORMAT_VERSION", model_file.FORMAT_VERSION + 1)
        store.save("newer", model_file.Contents({}, {"numbers": np.zeros(3, np.float32)}))
    code, line = refused("suggest", "x", "--name", "newer")
    assert code == 7
    assert "pgrade" in line


# Asking


def test_try_without_a_terminal_names_the_command_for_scripts(refused, model_name):
    code, line = refused("try", model_name)
    assert code == 2
    assert "lstm-complete suggest" in line


def test_suggest_prints_words_and_the_phrase(model_name, printed):
    out = printed("suggest", "Return the str", "--name", model_name)
    assert any(line.split()[-1].startswith("str") for line in out.splitlines())


def test_suggest_prints_json(model_name, printed):
    found = json.loads(printed("suggest", "Return ", "--name", model_name, "--json", "--limit", "3"))
    assert found["text"] == "Return "
    assert 1 <= len(found["suggestions"]) <= 3
    assert set(found["suggestions"][0]) == {"text", "probability", "source"}
    assert "continuation" in found


def test_text_that_is_no_unicode_is_refused(refused, model_name):
    assert refused("suggest", "a\udc80", "--name", model_name)[0] == 3


def test_evaluate_prints_the_report_card_beside_the_alternatives(model_name, printed):
    out = printed("evaluate", model_name, "--cases", "4")
    for name in (model_name, "n-gram (recall alone)", "frequent words", "history prefix"):
        assert any(line.startswith(name) for line in out.splitlines()), name
    assert "bits a character" in out


def test_evaluate_takes_other_text_json_and_a_chart(model_name, tmp_path, printed):
    (tmp_path / "other.txt").write_text("Return the string.\nRaise an error where there is none.\n")
    chart = tmp_path / "card.png"
    card = json.loads(printed("evaluate", model_name, tmp_path / "other.txt", "--json", "--plot", chart))
    assert card["cases"] == 2
    assert card["rows"][0]["name"] == model_name
    assert chart.read_bytes().startswith(b"\x89PNG")


def test_evaluate_refuses_a_chart_that_it_could_not_write(refused, model_name):
    assert refused("evaluate", model_name, "--plot", "card.gif")[0] == 2


def test_evaluate_refuses_text_with_nothing_to_type(refused, model_name, tmp_path):
    (tmp_path / "empty.txt").write_text("a\nb\n")
    code, line = refused("evaluate", model_name, tmp_path / "empty.txt")
    assert code == 3
    assert "nothing to type" in line


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


def test_an_interrupt_ends_with_130(model_name, monkeypatch, capsys):
    class Interrupted(io.StringIO):
        def readline(self, *_):
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", Interrupted())
    assert main(["remove", model_name]) == 130
    assert "interrupted" in capsys.readouterr().err
