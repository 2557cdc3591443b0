"""Why something is suggested: shares that add up, and places where it stands indeed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lstm_complete import Suggester, TrainingSettings, recency, store, train
from lstm_complete.model_file import Contents
from lstm_complete.predictor import softmax
from lstm_complete.transfer import without_recall

SMALL = TrainingSettings(
    budget_s=None, epochs=1, vocabulary_size=500, embedding_size=16, hidden_size=16, layers=1, threads=1
)
HISTORY = [
    f"{command} {argument}"
    for command in ("git checkout", "git commit --all", "kubectl get pods", "café --größe", "grep -r 漢字")
    for argument in ("main", "naïve", "dev", "release", "🎉 party", "x=1")
] * 8
NOTES = "".join(f"# Notiz {number}\n\nDie Größe von café {number} ist naïv.\n\n" for number in range(60))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A history of lines, and notes that are a text, with letters of every width."""
    folder = tmp_path_factory.mktemp("text")
    (folder / "zsh_history").write_text("\n\n".join(HISTORY) + "\n", encoding="utf-8")
    (folder / "notes.md").write_text(NOTES, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def trained(folder, tmp_path_factory):
    """The file of a model of both."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LSTM_COMPLETE_HOME", str(tmp_path_factory.mktemp("models")))
        return train([folder / "zsh_history", folder / "notes.md"], "both", SMALL)


@pytest.fixture(scope="module")
def suggester(trained) -> Suggester:
    return Suggester.load(trained)


def line_at(place) -> str:
    return Path(place.source).read_text(encoding="utf-8").split("\n")[place.line - 1]


TEXTS = ["git ch", "git ", "kubectl get", "café --gr", "café -", "grep -r 漢", "git commit --all 🎉", "", "g"]


@pytest.mark.parametrize("text", TEXTS)
def test_the_lines_named_hold_what_is_shown(suggester: Suggester, text: str) -> None:
    offers = [*suggester.continuations(text, 3), *suggester.suggest(text)]
    assert any(suggester.why(text, offer.text).places for offer in offers)
    for offer in offers:
        why = suggester.why(text, offer.text)
        assert why.probability == offer.probability
        assert bool(why.recalled) == bool(why.places) == (why.times > 0)
        assert len(why.places) == len(set(why.places)) <= 8
        for place in why.places:
            assert why.recalled.strip() in line_at(place)
            assert why.recalled.strip() in text + offer.text


def test_what_is_recalled_is_all_that_is_shown_where_the_text_has_it(suggester: Suggester) -> None:
    why = suggester.why("git ch", "eckout main")
    assert why.recalled.strip() == "git checkout main"
    kept_back = suggester.metadata["held_out_text"].count("git checkout main")
    assert why.times == HISTORY.count("git checkout main") - kept_back
    assert {line_at(place) for place in why.places or ()} == {"git checkout main"}


def test_the_places_are_those_of_a_search_through_the_text(suggester: Suggester, folder) -> None:
    """All of them, the last lines first; the lines held out are not among them, for recall has not read them."""
    why = suggester.why("kubectl get pods ", "release")
    lines = (folder / "zsh_history").read_text(encoding="utf-8").split("\n")
    standing = [number for number, line in enumerate(lines, 1) if line == "kubectl get pods release"]
    named = [place.line for place in why.places or ()]
    assert named == sorted(named, reverse=True)
    assert set(named) <= set(standing)
    assert len(named) == min(why.times, 8)
    assert len(standing) - why.times == suggester.metadata["held_out_text"].count("kubectl get pods release")


def test_a_line_within_a_text_is_named_with_its_number(suggester: Suggester, folder) -> None:
    why = suggester.why("Die Größe von café", " 57 ist")
    assert [(place.source, place.line) for place in why.places or ()] == [(str(folder / "notes.md"), 4 * 57 + 3)]


@pytest.mark.parametrize("text", [*TEXTS, "zq", "漢", "naï", "x\ny"])
def test_shares_sum_to_one(suggester: Suggester, text: str) -> None:
    for shown in (None, "main", " --neverseen", "ß🎉"):
        why = suggester.why(text, shown)
        if why is not None:
            assert why.lstm + why.recall + why.recency == pytest.approx(1)
            assert min(why.lstm, why.recall, why.recency) >= 0


def test_the_shares_of_a_single_token_are_what_each_source_gives_to_its_probability(suggester: Suggester) -> None:
    token = suggester.vocabulary.encode("git")
    assert len(token) == 1
    predictor = suggester._predictor
    state = predictor.initial()
    [prediction] = predictor.predict([state])
    sources = [
        softmax(predictor.lstm.logits(state.lstm))[0],
        predictor.recall.ask(state.recall).probabilities,
        recency.ask(state.recency, len(suggester.vocabulary)).probabilities,
    ]
    given = [share * own[token[0]] for share, own in zip(prediction.shares, sources, strict=True)]
    why = suggester.why("", "git")
    assert [why.lstm, why.recall, why.recency] == pytest.approx([part / sum(given) for part in given], rel=1e-4)


def test_what_was_never_written_comes_from_nowhere(suggester: Suggester) -> None:
    why = suggester.why("git ", "qqzzqq")
    assert (why.probability, why.recalled, why.times, why.places) == (0.0, "", 0, ())


def test_what_was_learned_in_the_session_is_counted(trained) -> None:
    suggester = Suggester.load(trained)
    before, shown = "a zanzibar", " plover"
    assert suggester.why(before, shown).session == 0
    suggester.learn("a zanzibar plover or a zanzibar plover")
    why = suggester.why(before, shown)
    assert why.session == 2
    assert why.recency > 0.5


def test_there_is_no_why_where_nothing_is_suggested(suggester: Suggester) -> None:
    assert suggester.why("git ", "") is None


def test_what_is_explained_by_default_is_the_ghost(suggester: Suggester) -> None:
    ghost = suggester.continuation("kubectl g")
    assert suggester.why("kubectl g").text == ghost.text


def test_a_model_that_does_not_say_where_its_text_came_from_is_explained_without(trained) -> None:
    contents = store.load(trained)
    tensors = {name: tensor for name, tensor in contents.tensors.items() if not name.startswith("documents.")}
    why = Suggester(Contents(contents.metadata, tensors)).why("git ch", "eckout main")
    assert why.places is None
    assert why.times > 0


def test_a_model_that_was_carried_here_without_its_text_names_none_of_it(trained) -> None:
    why = Suggester(without_recall(store.load(trained))).why("git ch", "eckout main")
    assert (why.recall, why.recalled, why.times, why.places) == (pytest.approx(0, abs=1e-6), "", 0, ())
    assert why.lstm + why.recency == pytest.approx(1)


@pytest.mark.usefixtures("empty_home")
def test_a_network_alone_has_all_the_share(folder) -> None:
    settings = TrainingSettings(budget_s=None, epochs=1, hidden_size=8, embedding_size=8, recall=False, threads=1)
    why = Suggester.load(train([folder], "alone", settings)).why("git ", "main")
    assert (why.lstm, why.recall, why.recency) == (1.0, 0.0, 0.0)
    assert (why.times, why.places) == (0, ())


def test_the_command_names_shares_and_lines(printed, trained, folder) -> None:
    lines = printed("why", trained, "git ch", "--shown", "eckout main").splitlines()
    assert "git ch|eckout main" in lines[0]
    assert "recall" in lines[1]
    assert "LSTM" in lines[1]
    assert "git checkout main" in lines[2]
    assert all(f"{folder / 'zsh_history'}:" in line for line in lines[3:])
    assert len(lines) > 4


def test_the_command_answers_in_json(printed, trained) -> None:
    found = json.loads(printed("why", trained, "git ch", "--json"))
    assert found["lstm"] + found["recall"] + found["recency"] == pytest.approx(1)
    assert found["places"][0]["line"] >= 1


def test_the_command_says_where_nothing_is_suggested(printed, trained) -> None:
    assert printed("why", trained, "git ch", "--shown", "") == "nothing is suggested there\n"
