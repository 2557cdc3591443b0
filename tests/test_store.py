"""The folder of models: names, permissions, and what is said of a model that is not there."""

import stat
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from lstm_complete import places, store
from lstm_complete.errors import ModelFormatError, StoreError, UnknownModelError
from lstm_complete.model_file import Contents

ROOT = Path(__file__).parents[1]
CONTENTS = Contents({"version": "x"}, {"a": np.arange(3, dtype=np.float32)})


@pytest.fixture
def home(tmp_path, monkeypatch):
    folder = tmp_path / "deep" / "models"
    monkeypatch.setenv("LSTM_COMPLETE_HOME", str(folder))
    return folder


def test_a_saved_model_is_loaded_by_name_and_by_path(home):
    path = store.save("notes", CONTENTS)
    assert path == home / "notes.safetensors"
    for name in ["notes", path, str(path)]:
        assert store.load(name).metadata == {"version": "x"}


def test_saving_replaces_the_model_of_that_name(home):
    store.save("notes", CONTENTS)
    store.save("notes", Contents({"version": "y"}, {}))
    assert store.load("notes").metadata == {"version": "y"}
    assert [path.name for path in home.iterdir()] == ["notes.safetensors"]


def test_looking_creates_nothing(home, tmp_path):
    assert places.names() == []
    assert places.path_of("notes") == home / "notes.safetensors"
    with pytest.raises(UnknownModelError):
        store.load("notes")
    with pytest.raises(UnknownModelError):
        store.remove("notes")
    assert list(tmp_path.iterdir()) == []


def test_without_the_variable_models_are_in_the_platforms_data_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("LSTM_COMPLETE_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert places.home().parts[-2:] == ("lstm_complete", "models")
    monkeypatch.setenv("LSTM_COMPLETE_HOME", "")
    assert places.home().parts[-2:] == ("lstm_complete", "models")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no such permissions")
def test_the_folder_of_models_is_the_users_alone(home):
    store.save("notes", CONTENTS)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.skipif(sys.platform == "win32", reason="no such permissions")
def test_a_folder_that_was_there_keeps_its_permissions(home):
    home.mkdir(parents=True)
    home.chmod(0o755)
    store.save("notes", CONTENTS)
    assert stat.S_IMODE(home.stat().st_mode) == 0o755


def test_names_are_sorted_and_pass_over_what_is_no_model(home):
    for name in ["b", "a", "été 2024", "c++"]:
        store.save(name, CONTENTS)
    (home / ".b.safetensors.x.tmp").touch()
    (home / ".hidden.safetensors").touch()
    (home / "readme.txt").touch()
    assert places.names() == ["a", "b", "c++", "été 2024"]


@pytest.mark.usefixtures("home")
def test_removing_deletes_the_model():
    store.save("notes", CONTENTS)
    store.remove("notes")
    assert places.names() == []
    with pytest.raises(UnknownModelError):
        store.remove("notes")


def test_a_model_that_is_being_written_is_not_removed(home):
    store.save("notes", CONTENTS)
    before = sorted(home.iterdir())
    with store.writing("notes") as path, ThreadPoolExecutor() as other:
        half_written = path.with_name(f".{path.name}.half.tmp")
        half_written.touch()
        with pytest.raises(StoreError, match='The model "notes" is being written by another process'):
            other.submit(store.remove, "notes").result()
        half_written.unlink()
    assert sorted(home.iterdir()) == before


def test_removing_deletes_the_version_before_too_even_where_nothing_else_is_there(home):
    for name in ("notes", "old"):
        store.save(name, CONTENTS)
        store.save(name, CONTENTS, keep_old=True)
    (home / "old.safetensors").unlink()
    for name in ("notes", "old"):
        store.remove(name)
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "it is empty"),
        ("  ", "it is empty"),
        ("a/b", "it contains /"),
        ("..\\b", 'it starts with "."'),
        ("a\\b", "it contains \\"),
        ("../up", 'it starts with "."'),
        (".", 'it starts with "."'),
        (".hidden", 'it starts with "."'),
        ("-f", 'it starts with "-"'),
        ("a\nb", "it contains a control character"),
        ("a\0b", "it contains a control character"),
        ("a\x1b[2J", "it contains a control character"),
        ("a\ud800", "it contains a control character"),
        ("C:x", "it contains :"),
        (" a", "it starts or ends with a space"),
        ("x" * 201, "it takes 201 bytes"),
        ("x.safetensors", "it ends in .safetensors"),
    ],
)
def test_a_name_that_does_not_fit_is_refused_with_the_reason(home, name, reason):
    for act in (lambda: store.save(name, CONTENTS), lambda: store.remove(name)):
        with pytest.raises(StoreError) as error:
            act()
        assert f"cannot be the name of a model: {reason}" in str(error.value)
        assert "\x1b" not in str(error.value)
        assert "\n" not in str(error.value)
    assert not home.exists()


@pytest.mark.parametrize("name", ["a/b", "", "x" * 5000, "a\0b"])
@pytest.mark.usefixtures("home")
def test_what_is_neither_a_file_nor_a_name_is_refused(name):
    with pytest.raises(StoreError, match="cannot be the name of a model"):
        store.load(name)


def test_the_longest_name_can_be_saved(home):
    name = "é" * 100
    store.save(name, CONTENTS)
    assert places.names() == [name]
    assert home.exists()


def test_an_unknown_model_is_told_the_ones_there_are(home):
    with pytest.raises(UnknownModelError) as error:
        store.load("notes")
    assert str(error.value) == (
        f'No model "notes". There are no models in {home} yet. Train one with "lstm-complete train PATH --name notes".'
    )
    store.save("b", CONTENTS)
    store.save("a", CONTENTS)
    with pytest.raises(UnknownModelError) as error:
        store.load("notes")
    assert str(error.value) == (
        'No model "notes". The models are: a, b. Train one with "lstm-complete train PATH --name notes".'
    )


@pytest.mark.usefixtures("home")
def test_a_missing_file_of_a_model_is_unknown(tmp_path):
    with pytest.raises(UnknownModelError, match="No model"):
        store.load(tmp_path / "x.safetensors")


def test_a_name_in_the_store_comes_before_a_file_in_the_working_directory(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store.save("notes", CONTENTS)
    (tmp_path / "notes").write_text("my notes")
    assert places.path_of("notes") == home / "notes.safetensors"
    (tmp_path / "other").mkdir()
    assert places.path_of("other") == home / "other.safetensors"
    store.remove("notes")
    assert places.path_of("notes") == Path("notes")
    with pytest.raises(ModelFormatError, match="is not a model"):
        store.load("notes")


def test_a_folder_of_models_that_cannot_be_made_is_an_error(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("LSTM_COMPLETE_HOME", str(tmp_path / "file" / "models"))
    with pytest.raises(StoreError, match=r"cannot be made: .*Set LSTM_COMPLETE_HOME"):
        store.save("notes", CONTENTS)
    with pytest.raises(StoreError):
        places.names()


AS_NOBODY = """
import os, sys
import numpy as np
from lstm_complete import model_file, places, store
from lstm_complete.errors import StoreError
import safetensors.numpy
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
for act in (lambda: store.save("new", model_file.Contents({}, {})), lambda: store.remove("old")):
    try:
        act()
    except StoreError as error:
        print(error)
print(places.names())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such permissions")
def test_a_folder_that_cannot_be_written_is_an_error_and_keeps_its_models(monkeypatch):
    with tempfile.TemporaryDirectory() as top:  # unlike pytest's own, one that everybody may be let into
        home = Path(top) / "models"
        monkeypatch.setenv("LSTM_COMPLETE_HOME", str(home))
        store.save("old", CONTENTS)
        Path(top).chmod(0o755)
        home.chmod(0o555)
        command = [sys.executable, "-c", AS_NOBODY]
        lines = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.splitlines()
        home.chmod(0o755)
    assert "new.safetensors cannot be written: Permission denied" in lines[0]
    assert "old.safetensors cannot be removed: Permission denied" in lines[1]
    assert lines[2] == "['old']"


def test_importing_the_store_loads_nothing_heavy():
    code = "import sys, lstm_complete.store; print(*sys.modules)"
    loaded = set(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
        ).stdout.split()
    )
    assert loaded.isdisjoint({"torch", "tokenizers", "matplotlib", "pathspec", "prompt_toolkit", "safetensors"})
