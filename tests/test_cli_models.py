"""The command line on models that are there: listed, shown, removed, refused where damaged, asked."""

from __future__ import annotations

import io
import json
import sys

import numpy as np
import pytest

from lstm_complete import model_file, starter, store
from lstm_complete.cli import main

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


def test_remove_asks_about_a_version_before_that_is_left_alone(empty_home, capsys, monkeypatch):
    empty_home.mkdir()
    previous = empty_home / "old.previous"
    previous.touch()
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    assert main(["remove", "old"]) == 1
    assert f"Delete {previous}?" in capsys.readouterr().out
    assert previous.exists()


@pytest.mark.parametrize("name", ["default", "starter"])
def test_the_packages_own_file_is_never_offered_for_removal(empty_home, refused, monkeypatch, name):
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    code, line = refused("remove", name)
    assert (code, f'No model "{name}"' in line) == (6, True)
    assert starter.PATH.exists()
    assert not empty_home.exists()


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
