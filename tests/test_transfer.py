"""Models carried from store to store: with the text they have read, without it, and what is refused at the door."""

from __future__ import annotations

import json

import pytest

from lstm_complete import model_file, places, store
from lstm_complete.cli import main
from lstm_complete.errors import ModelFormatError
from lstm_complete.evaluate import with_sources
from lstm_complete.model_file import Contents
from lstm_complete.predictor import SOURCES
from lstm_complete.suggest import Suggester
from lstm_complete.text import Vocabulary
from lstm_complete.transfer import without_recall


@pytest.fixture
def other_home(tmp_path, monkeypatch):
    """Call it to move to another machine's store."""

    def move():
        monkeypatch.setenv("LSTM_COMPLETE_HOME", str(tmp_path / "elsewhere"))

    return move


def test_a_model_suggests_elsewhere_what_it_suggested_here(model_name, tmp_path, printed, other_home):
    expected = printed("suggest", "Return the ", "--name", model_name, "--json")
    file = tmp_path / "carried.safetensors"
    assert "all the text it has read" in printed("export", model_name, file)
    assert file.stat().st_mode & 0o777 == 0o600
    other_home()
    assert "Try it: lstm-complete try carried" in printed("import", file)
    assert printed("suggest", "Return the ", "--name", "carried", "--json") == expected
    assert places.path_of("carried").stat().st_mode & 0o777 == 0o600


def test_without_recall_it_still_suggests_and_quotes_nothing(model_name, text_path, tmp_path, printed, other_home):
    file = tmp_path / "bare.safetensors"
    assert "none of the text" in printed("export", model_name, file, "--without-recall")
    lines = [line for line in text_path.read_text("utf-8").splitlines() if len(line) > 30]
    contents = model_file.read(file)
    said = json.dumps(contents.metadata, ensure_ascii=False)
    assert not [line for line in lines if line in said]
    assert str(text_path) not in said
    assert {name.partition(".")[0] for name in contents.tensors} == {"network"}
    other_home()
    printed("import", file, "--name", "notes")
    assert json.loads(printed("suggest", "Return the ", "--name", "notes", "--json"))
    for command in ("show", "models"):
        assert "bits a character" in printed(command, *(["notes"] if command == "show" else []))


def test_without_recall_the_patterns_that_were_excluded_stay_at_home_too(model_name):
    contents = store.load(model_name)
    settings = {**contents.metadata["training_settings"], "exclude": ["project-x"]}
    bare = without_recall(Contents({**contents.metadata, "training_settings": settings}, contents.tensors))
    assert "project-x" not in json.dumps(bare.metadata)
    assert bare.metadata["training_settings"] == {**settings, "exclude": []}


def test_without_recall_the_other_sources_share_what_it_had(model_name):
    suggester = Suggester(without_recall(store.load(model_name)))
    before = suggester.bits_per_character("Return the string unchanged.")
    state = suggester._predictor.initial()
    [prediction] = suggester._predictor.predict([state])
    assert prediction.shares[SOURCES.index("recall")] == 0
    assert prediction.probabilities.sum() == pytest.approx(1, abs=1e-3)
    assert 0 < before < 8
    assert with_sources(without_recall(store.load(model_name)), ["recall"]) is None


def test_without_recall_the_session_is_still_remembered(model_name):
    suggester = Suggester(without_recall(store.load(model_name)))
    suggester.learn("zebra crossing ahead")
    suggester.learn("zebra crossing ahead")
    found = suggester.suggest("zebra cross")
    assert (found[0].text[:3], found[0].source) == ("ing", "recency")


def test_nothing_is_overwritten_unasked(model_name, tmp_path, refused, printed):
    file = tmp_path / "a.safetensors"
    printed("export", model_name, file)
    code, line = refused("export", model_name, file)
    assert (code, "is there already" in line) == (6, True)
    code, line = refused("import", file, "--name", model_name)
    assert (code, line.endswith("replace it: --force")) == (6, True)
    printed("import", file, "--name", model_name, "--force")


def test_a_folder_that_is_not_there_and_a_file_that_is_not_there_are_refused(model_name, tmp_path, refused):
    assert refused("export", model_name, tmp_path / "no" / "a.safetensors")[0] == 6
    assert refused("import", tmp_path / "none.safetensors")[0] == 6
    assert refused("export", "unknown", tmp_path / "b.safetensors")[0] == 6
    assert places.names() == [model_name]


def changed(contents, **metadata):
    return Contents({**contents.metadata, **metadata}, contents.tensors)


def without(contents, tensor):
    tensors = {name: value for name, value in contents.tensors.items() if name != tensor}
    return Contents(contents.metadata, tensors)


@pytest.mark.parametrize(
    "damage",
    [
        lambda contents: changed(contents, report={}),
        lambda contents: changed(contents, report={**contents.metadata["report"], "trained_on": 5}),
        lambda contents: changed(contents, report={**contents.metadata["report"], "curve": [{}]}),
        lambda contents: changed(contents, training_settings=None),
        lambda contents: changed(contents, vocabulary=Vocabulary(("\n", "a")).to_dict()),
        lambda contents: without(contents, "recall.positions"),
        lambda contents: without(contents, "network.output.bias"),
    ],
)
def test_what_is_wrong_is_found_at_the_door(model_path, empty_home, tmp_path, refused, damage):
    file = tmp_path / "bad.safetensors"
    model_file.write(file, damage(model_file.read(model_path)))
    assert refused("import", file)[0] == ModelFormatError.exit_code
    assert not list(empty_home.iterdir())


def test_a_truncated_file_and_one_of_something_else_are_refused(model_path, empty_home, tmp_path, refused):
    for name, data in [("cut", model_path.read_bytes()[:-1]), ("text", b"not a model"), ("empty", b"")]:
        file = tmp_path / f"{name}.safetensors"
        file.write_bytes(data)
        assert refused("import", file)[0] == 7
    assert not list(empty_home.iterdir())


STEERING = "\x1b]0;owned\x07\x1b[2J"


def test_what_a_foreign_model_says_of_itself_cannot_steer_the_terminal(model_path, empty_home, tmp_path, printed):
    contents = model_file.read(model_path)
    report = {**contents.metadata["report"]}
    report["trained_on"] = [{"source": STEERING, "characters": 1, "documents": 1}]
    sources = [STEERING for _ in contents.metadata["sources"]]
    file = tmp_path / "bold.safetensors"
    model_file.write(file, changed(contents, report=report, sources=sources))
    printed("import", file)
    assert empty_home.exists()
    for command in (["show", "bold"], ["why", "bold", "Return the "]):
        shown = printed(*command)
        assert "?[2J" in shown
        assert "\x1b" not in shown


def test_what_a_foreign_model_has_read_cannot_steer_the_terminal(model_path, tmp_path, empty_home, capsys):
    contents = model_file.read(model_path)
    file = tmp_path / "bold.safetensors"
    model_file.write(file, changed(contents, held_out_text=["\x1b[2J mysql -psunshine"]))
    assert main(["audit", str(file), "--quick"]) == 1
    assert not empty_home.exists()
    shown = capsys.readouterr().out
    assert "?[2J mysql -p********" in shown
    assert "\x1b" not in shown
