"""The starter: what comes with the package, completes before anything was read, and is what a training begins with."""

from __future__ import annotations

import random
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import documentation_lines

from lstm_complete import Suggester, places, recall, starter, store, train
from lstm_complete.settings import TrainingSettings
from lstm_complete.text import Vocabulary

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from starter import clean, gather, sources, users  # noqa: E402


@pytest.fixture(scope="module")
def general() -> Suggester:
    return Suggester.load("starter")


def first_words(suggester: Suggester, text: str) -> list[str]:
    return [word.text for word in suggester.suggest(text)]


def test_it_takes_at_most_eight_megabytes_and_holds_no_text_of_others() -> None:
    assert starter.PATH.stat().st_size <= 8_000_000
    assert {name.partition(".")[0] for name in starter.contents().tensors} == {"network"}
    assert starter.contents().metadata["held_out_text"] == []


@pytest.mark.parametrize(
    ("before", "rest"),
    [
        ("import num", "py"),
        ("git comm", "it"),
        ("SELECT count(*) FR", "OM"),
        ("def __in", "it"),
        ("the documenta", "tion"),
        ("le fich", "ier"),
    ],
)
def test_it_knows_code_commands_and_prose(general: Suggester, before: str, rest: str) -> None:
    assert any(word.startswith(rest) for word in first_words(general, before))


@pytest.mark.usefixtures("empty_home")
def test_without_a_model_of_ones_own_the_default_is_the_starter() -> None:
    assert first_words(Suggester.load("default"), "git comm")
    assert places.names() == []


def test_what_answers_without_a_model_of_ones_own_is_called_the_starter(empty_home: Path, model_path: Path) -> None:
    assert [places.answering(name) for name in ("default", "starter", "nowhere")] == ["starter", "starter", "nowhere"]
    empty_home.mkdir(exist_ok=True)
    shutil.copy(model_path, empty_home / "default.safetensors")
    assert places.answering("default") == "default"


def test_a_model_of_ones_own_goes_before_the_starter(empty_home: Path, model_path: Path) -> None:
    empty_home.mkdir(exist_ok=True)
    shutil.copy(model_path, empty_home / "default.safetensors")
    assert places.path_of("default") == empty_home / "default.safetensors"


def test_a_short_text_beside_it_forbids_no_end_of_a_word_that_the_text_lacks() -> None:
    contents = starter.contents()
    vocabulary = Vocabulary.from_dict(contents.metadata["vocabulary"])
    read = [vocabulary.encode(line) for line in documentation_lines()[:40]]
    recalled = recall.build(read, len(vocabulary), vocabulary.newline).to_tensors()
    suggester = Suggester(replace(contents, tensors={**contents.tensors, **recalled}))
    assert "kout" in first_words(suggester, "git chec")


def test_what_it_is_told_counts_at_once() -> None:
    general = Suggester.load("starter")
    line = "deploy zanzibar --region=quux"
    assert not any("nzibar" in word for word in first_words(general, "deploy za"))
    general.learn(line)
    assert general.suggest("deploy za")[0].text.startswith("nzibar")


@pytest.mark.usefixtures("empty_home")
def test_a_training_begins_with_it(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("\n".join(documentation_lines()[:80]))
    fitted = store.load(train([path], "own", TrainingSettings(budget_s=None, epochs=1, threads=1)))
    old = Vocabulary.from_dict(starter.contents().metadata["vocabulary"])
    new = Vocabulary.from_dict(fitted.metadata["vocabulary"])
    assert set(old.tokens) <= set(new.tokens)
    shape = fitted.metadata["shape"]
    assert shape["hidden_size"] == starter.contents().metadata["shape"]["hidden_size"]
    moved = fitted.tensors["network.lstm.weight_hh_l0"] - starter.contents().tensors["network.lstm.weight_hh_l0"]
    assert 0 < np.abs(moved).mean() < 0.01  # one epoch on little text changes little


def test_a_size_that_is_given_starts_from_scratch() -> None:
    assert TrainingSettings(hidden_size=32).from_scratch
    assert TrainingSettings(tokens="char").from_scratch
    assert TrainingSettings(start="scratch").from_scratch
    assert not TrainingSettings(dropout=0.1).from_scratch


def test_what_the_measurements_use_is_refused_by_name() -> None:
    names = {*sources.DEBIAN, *sources.PYPI, *sources.NPM}
    assert not names & set(sources.REFUSED_NAMES)
    for path in ("usr/lib/prompt_toolkit/buffer.py", "site/IPython/core/x.py", "docs/til/note.md", "a/tldr/tar.md"):
        assert clean.is_refused(path)
    assert not clean.is_refused("usr/share/doc/python3.11/html/_sources/library/re.rst.txt")


@pytest.mark.parametrize("licence", ["MIT", "BSD-3-Clause", "Apache-2.0", "PSF-2.0", "public-domain", "CC-BY-4.0"])
def test_permissive_licences_are_taken(licence: str) -> None:
    assert gather.is_permissive(licence)


@pytest.mark.parametrize("licence", ["GPL-3.0", "LGPL-2.1 or MIT", "CC-BY-SA-4.0", "not stated", "None"])
def test_other_licences_are_not(licence: str) -> None:
    assert not gather.is_permissive(licence)


def test_the_page_of_sources_names_none_that_is_refused() -> None:
    rows = [line for line in starter.PATH.with_suffix(".md").read_text().splitlines() if line.startswith("| ")]
    assert len(rows) > 200
    assert not {row.split("|")[1].strip().lower() for row in rows} & set(sources.REFUSED_NAMES)


def imagined_texts() -> list[clean.Text]:
    """Of one source with enough for a user, and of one with too little; each text twice, as some are read."""
    lines = documentation_lines()
    enough = ["\n".join(lines[at : at + 12]) for at in range(0, 12 * (len(lines) // 12), 12)]
    texts = [clean.Text("prose", "much", f"{index} {text}") for index in range(8) for text in enough]
    return [*texts, *texts, clean.Text("prose", "little", "a line\n" * 40)]


def test_an_imagined_user_types_what_recall_has_not_read() -> None:
    [texts] = users._sources(imagined_texts())["prose"]
    assert len(set(texts)) == len(texts)
    assert not any("a line" in text for text in texts)
    amounts = []
    for seed in range(20):
        typed, read = users._user(texts, random.Random(seed))  # noqa: S311 - no secret is drawn
        assert 0 < sum(map(len, typed)) <= 5000
        assert not set(typed) & set(read)
        amounts.append(sum(map(len, read)))
    assert min(amounts) == 0
    assert max(amounts) > 20_000


def test_what_imagined_users_type_is_scored_token_by_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "_USERS", 9)
    monkeypatch.setattr(users, "_KEPT_BACK", 3)
    vocabulary = Vocabulary.from_dict(starter.contents().metadata["vocabulary"])
    parts = users.examples(imagined_texts(), vocabulary)
    for part in parts:
        assert part.known is not None
        assert len(part.known.probabilities) == len(part.known.features) == len(part.targets)
    assert len(parts[0].targets) > len(parts[1].targets)


def test_from_a_source_of_commands_a_user_types_one_command_after_another() -> None:
    sessions = [clean.Text("commands", "commands", f"ls -l {at}\ngit add {at}\nls -l {at}") for at in range(2000)]
    [texts] = users._sources(sessions)["commands"]
    assert len(texts) == 4000
    assert texts[:2] == ["ls -l 0", "git add 0"]
