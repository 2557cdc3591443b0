"""Updates: what counts as new, that it is recalled at once, that weights only get better, and the way back."""

from __future__ import annotations

import os
import shutil

import pytest

from lstm_complete import TrainingSettings, forgetting, places, store, train
from lstm_complete.corpus import read_corpus
from lstm_complete.errors import CorpusError, ModelFormatError
from lstm_complete.ledger import Ledger
from lstm_complete.recollection import documents
from lstm_complete.suggest import Suggester
from lstm_complete.training.update import find_news, update

NEW_LINES = [f"zebra crossing number {number} ahead of quagga street" for number in range(40)]
SMALL = TrainingSettings(
    budget_s=None, epochs=1, vocabulary_size=400, embedding_size=12, hidden_size=16, layers=1, threads=1
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory, text_path):
    """A folder with a history and a note, and a store with a model of it."""
    top = tmp_path_factory.mktemp("updates")
    lines = text_path.read_text("utf-8").splitlines()
    texts = top / "texts"
    texts.mkdir()
    (texts / ".bash_history").write_text("\n".join(lines[:120]) + "\n", "utf-8")
    (texts / "note.md").write_text("\n\n".join(lines[120:160]) + "\n", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LSTM_COMPLETE_HOME", str(top / "home"))
        train([texts], "m", SMALL)
    return top


@pytest.fixture
def texts(trained, tmp_path, monkeypatch):
    """The folder as it was trained on, to be changed; the model believes that it was trained on this copy."""
    shutil.copytree(trained, tmp_path / "updates")
    texts = tmp_path / "updates" / "texts"
    monkeypatch.setenv("LSTM_COMPLETE_HOME", str(tmp_path / "updates" / "home"))
    contents = store.load("m")
    entry = contents.metadata["ledger"]
    old, new = str(trained), str(tmp_path / "updates")
    entry["paths"] = [path.replace(old, new) for path in entry["paths"]]
    for source in entry["sources"]:
        source["path"] = source["path"].replace(old, new)
    store.save("m", contents)
    return texts


def news_of(name="m"):
    return [(os.path.basename(each.source), each.line, each.text) for each in find_news(store.load(name)).documents]  # noqa: PTH119


def append(path, lines):
    with path.open("a", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))


def test_the_ledger_says_what_was_read(texts):
    entry = store.load("m").metadata["ledger"]
    assert entry["paths"] == [str(texts)]
    history, note = entry["sources"]
    assert (history["path"], note["path"]) == (str(texts / ".bash_history"), str(texts / "note.md"))
    read = {file.path: file.documents for file in read_corpus([texts]).files}
    assert {each["path"]: each["documents"] for each in (history, note)} == read
    assert len(note["digest"]) == 64
    assert note["size"] == (texts / "note.md").stat().st_size
    assert note["learned"].startswith("20")


def test_a_file_that_was_deleted_keeps_nobody_from_learning_the_rest(texts, printed):
    contents = store.load("m")
    contents.metadata["ledger"]["paths"] = [str(texts / "note.md"), str(texts / ".bash_history")]
    store.save("m", contents)
    (texts / "note.md").unlink()
    append(texts / ".bash_history", ["sail --to reykjavik"])
    found = printed("update", "m", "--dry-run")
    assert "19 characters are new, in 1 files" in found
    assert f"Not there any more, and passed over: {texts / 'note.md'}." in found
    update("m", epochs=1)
    updated = store.load("m")
    assert updated.metadata["ledger"]["paths"] == contents.metadata["ledger"]["paths"]
    texts_held = [each.text for each in documents(updated)]
    assert "sail --to reykjavik" in texts_held
    assert len(texts_held) > 1


@pytest.fixture
def histories(texts, monkeypatch):
    """The same model, which believes that it was trained on nothing but histories; sets which."""
    monkeypatch.setenv("HOME", str(texts))
    monkeypatch.delenv("HISTFILE", raising=False)

    def trained_on(*names):
        contents = store.load("m")
        store.save("m", Ledger.of(read_corpus([], histories=names)).kept_in(contents))

    return trained_on


def test_a_history_that_was_named_by_a_relative_path_is_read_again_from_anywhere(
    texts, histories, tmp_path, monkeypatch
):
    monkeypatch.chdir(texts)
    histories("bash:.bash_history")
    monkeypatch.chdir(tmp_path)
    assert news_of() == []
    append(texts / ".bash_history", ["zebra six"])
    assert [text for _, _, text in news_of()] == ["zebra six"]


@pytest.mark.parametrize("name", ["bash", "bash:~/.bash_history"])
@pytest.mark.parametrize("others", [(), ("python",)])
def test_a_history_that_was_deleted_keeps_nobody_from_learning_the_rest(texts, histories, name, others):
    (texts / ".python_history").write_text("zebra = 1\n", "utf-8")
    histories(name, *others)
    (texts / ".bash_history").unlink()
    append(texts / ".python_history", ["zebra = 2"])
    news = find_news(store.load("m"))
    assert news.gone == (name.replace("~", str(texts)),)
    assert [each.text for each in news.documents] == ["zebra = 2"] * len(others)
    assert news.ledger.histories == (*news.gone, *others), "it may come back"


def test_nothing_is_new_in_a_history_that_was_emptied(texts, histories):
    histories("bash:~/.bash_history")
    (texts / ".bash_history").write_text("", "utf-8")
    assert news_of() == []


def test_nothing_is_new_in_what_has_not_changed(texts, printed):
    before = places.path_of("m").read_bytes()
    assert news_of() == []
    (texts / "note.md").rename(texts / "renamed.md")
    os.utime(texts / "renamed.md", (1, 1))
    assert news_of() == []
    assert "Nothing is new" in printed("update", "m")
    assert places.path_of("m").read_bytes() == before


def test_only_the_appended_part_of_a_history_is_new(texts):
    old = (texts / ".bash_history").read_text("utf-8").splitlines()
    append(texts / ".bash_history", [old[3], "zebra one", old[3]])
    assert news_of() == [
        (".bash_history", 121, old[3]),
        (".bash_history", 122, "zebra one"),
        (".bash_history", 123, old[3]),
    ]


def test_a_history_that_was_cut_at_its_start_is_not_learned_again(texts):
    old = (texts / ".bash_history").read_text("utf-8").splitlines()
    (texts / ".bash_history").write_text("\n".join([*old[60:], "zebra two"]) + "\n", "utf-8")
    assert news_of() == [(".bash_history", 61, "zebra two")]


def test_of_a_changed_note_the_changed_part_is_new_whatever_the_clock_says(texts):
    note = texts / "note.md"
    before = note.stat()
    paragraphs = note.read_text("utf-8").split("\n\n")
    paragraphs[5] = "A zebra crosses.\nThen another."
    note.write_text("\n\n".join(paragraphs), "utf-8")
    os.utime(note, (before.st_atime - 10**8, before.st_mtime - 10**8))
    assert news_of() == [("note.md", 11, "A zebra crosses.\nThen another.")]


def test_a_new_file_is_new_as_a_whole_from_wherever_it_is_asked(texts, tmp_path, monkeypatch):
    (texts / "more.md").write_text("One zebra.\n\nTwo zebras.\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert news_of() == [("more.md", 1, "One zebra.\n\nTwo zebras.\n")]


def test_an_update_recalls_the_new_text_at_once_keeps_what_it_knew_and_can_be_undone(texts, printed):
    before, bytes_before = store.load("m"), places.path_of("m").read_bytes()
    known = {each.text for each in documents(before)}
    append(texts / ".bash_history", NEW_LINES)
    printed("update", "m", "--dry-run")
    assert places.path_of("m").read_bytes() == bytes_before
    said = printed("update", "m", "--epochs", "1")
    assert "characters are new" in said
    assert "weights are kept" in said
    after = store.load("m")
    recalled = {each.text for each in documents(after)}
    assert known < recalled
    held_out = set(after.metadata["held_out_text"])
    assert set(NEW_LINES) <= recalled | held_out
    assert not recalled & held_out & set(NEW_LINES), "what is kept back is not recalled"
    assert set(before.metadata["held_out_text"]) < held_out
    assert Suggester(after).suggest("zebra cross")[0].text.startswith("ing")
    assert after.metadata["ledger"]["updates"][0]["documents"] == len(NEW_LINES)
    assert after.metadata["vocabulary"] == before.metadata["vocabulary"]
    assert news_of() == []
    printed("show", "m")
    assert "is what it was before" in printed("update", "m", "--undo")
    assert places.path_of("m").read_bytes() == bytes_before
    assert len(news_of()) == len(NEW_LINES)


def test_the_loss_on_text_kept_back_never_rises_by_an_update(texts):
    append(texts / ".bash_history", NEW_LINES)
    outcome = update("m", epochs=2)
    held_out = store.load("m").metadata["report"]["held_out"]
    assert held_out["bits_per_character"] == pytest.approx(min(outcome.before, outcome.after), rel=1e-3)
    assert outcome.improved == (outcome.after < outcome.before)


def test_an_update_by_epochs_tells_the_time_left_and_how_much_is_right(texts):
    append(texts / ".bash_history", NEW_LINES)
    seen = []
    update("m", epochs=8, on_progress=seen.append)
    network = [progress for progress in seen if progress.phase == "network"]
    assert all(progress.seconds_left > 0 for progress in network if progress.fraction < 1)
    assert 0 <= network[-1].accuracy <= 1


def test_weights_that_got_worse_are_not_kept(texts, monkeypatch):
    monkeypatch.setattr("lstm_complete.training.refit._LEARNING_RATE", 100.0)
    append(texts / ".bash_history", NEW_LINES)
    old = store.load("m").tensors["network.output.bias"].copy()
    outcome = update("m", epochs=1)
    assert not outcome.improved
    assert (store.load("m").tensors["network.output.bias"] == old).all()
    assert news_of() == [], "it is recalled all the same"


def test_a_single_new_line_is_refused_where_all_that_was_kept_back_is_forgotten(texts, refused, printed):
    forgetting.forget("m", forgetting.lines_in("\n".join(store.load("m").metadata["held_out_text"])))
    assert store.load("m").metadata["held_out_text"] == []
    append(texts / ".bash_history", NEW_LINES[:1])
    before = places.path_of("m").read_bytes()
    code, line = refused("update", "m", "--epochs", "1", "--quiet")
    assert (code, "update again when more is new" in line) == (CorpusError.exit_code, True)
    assert places.path_of("m").read_bytes() == before
    append(texts / ".bash_history", NEW_LINES[1:])
    printed("update", "m", "--epochs", "1", "--quiet")


def test_a_model_without_its_text_cannot_be_updated(texts, tmp_path, printed, refused):
    file = tmp_path / "bare.safetensors"
    printed("export", "m", file, "--without-recall")
    printed("import", file)
    assert texts.exists()
    code, line = refused("update", "bare")
    assert (code, "Train it again" in line) == (ModelFormatError.exit_code, True)


def test_lines_cut_for_a_secret_are_in_no_ledger_and_in_no_news(texts):
    append(texts / ".bash_history", ["export PASSWORD=hunter2hunter2", "zebra three"])
    assert [text for _, _, text in news_of()] == ["zebra three"]
    corpus = read_corpus([texts])
    assert sum(source.lines for source in Ledger.of(corpus).sources) == sum(
        bool(line.strip()) for document in corpus.documents for line in document.text.split("\n")
    )


def test_what_was_excluded_in_the_training_is_not_read_by_its_updates(texts):
    contents = store.load("m")
    contents.metadata["training_settings"]["exclude"] = ["quagga"]
    store.save("m", contents)
    append(texts / ".bash_history", [NEW_LINES[0], "zebra three"])
    assert [text for _, _, text in news_of()] == ["zebra three"]


def test_a_setting_that_this_version_does_not_know_keeps_no_model_from_being_updated(texts):
    contents = store.load("m")
    contents.metadata["training_settings"]["momentum"] = 0.9
    store.save("m", contents)
    append(texts / ".bash_history", ["zebra seven"])
    assert [text for _, _, text in news_of()] == ["zebra seven"]


def test_what_was_forgotten_is_not_read_again(texts):
    forgetting.forget("m", ["zebra four"])
    append(texts / ".bash_history", ["zebra four", "zebra five"])
    assert [text for _, _, text in news_of()] == ["zebra five"]
