"""What is offered is what saves most keys: held against counting them over everything that may come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_complete import Suggester, TrainingSettings, train, worth
from lstm_complete.candidates import Found, Phrase
from lstm_complete.evaluate.replay import best_of_ghost
from lstm_complete.tree import Node

ELSE = "\0"  # what comes is none of what was foreseen

WORDS = st.sampled_from(["a", "on", "all", "items", "everything", " in", " the", "(self"])
SHARES = st.floats(0.05, 0.95)
NOWHERE = Node(None, 0)


@st.composite
def chains(draw) -> list[Phrase]:
    """A word and its longer and longer phrases, the probability of each a share of the one before."""
    text, probability, found = "", draw(SHARES), []
    for part in draw(st.lists(WORDS, min_size=1, max_size=4)):
        text += part if not text else f" {part.strip()}"
        found.append(Phrase(text, probability, Found(text, probability, probability, NOWHERE, (NOWHERE, 0))))
        probability *= draw(SHARES)
    return found


@st.composite
def forests(draw) -> list[Phrase]:
    """Several of them, of words of which none begins another, that share the probability."""
    found = {chain[0].text.strip(): chain for chain in draw(st.lists(chains(), min_size=1, max_size=4))}
    firsts = [first for first in found if not any(first != other and first.startswith(other) for other in found)]
    return [
        phrase._replace(probability=phrase.probability / len(firsts)) for first in firsts for phrase in found[first]
    ]


def outcomes(phrases: list[Phrase]) -> dict[str, float]:
    """What may come, up to where it was foreseen: each phrase, and then something else."""
    left = {phrase.text: phrase.probability for phrase in phrases}
    for phrase in phrases:
        begun = [other.text for other in phrases if other.text != phrase.text and phrase.text.startswith(other.text)]
        if begun:
            left[max(begun, key=len)] -= phrase.probability
    return {text + ELSE: probability for text, probability in left.items()}


def keys_saved(items: list[str], phrases: list[Phrase]) -> float:
    """Against typing on, by whoever takes the item that is worth most of those that are what comes."""
    return sum(
        probability * max([0.0, *(worth._keys(item, at) for at, item in enumerate(items, 1) if what.startswith(item))])
        for what, probability in outcomes(phrases).items()
    )


def anything(_text: str) -> bool:
    return True


@given(phrases=forests())
def test_each_item_of_a_menu_is_the_one_that_adds_most_to_those_above_it(phrases: list[Phrase]) -> None:
    texts = [phrase.text for phrase in phrases]
    chosen: list[str] = []

    def added(text: str) -> float:
        return keys_saved([*chosen, text], phrases) - keys_saved(chosen, phrases)

    def varies(text: str) -> bool:
        return any(text.startswith(each) or each.startswith(text) for each in chosen)

    for item in [*(phrase.text for phrase in worth.menu(phrases, 5, anything)), None]:
        gains = [
            added(text)
            for text in texts
            if text not in chosen and (not varies(text) or added(text) > worth._OF_A_VARIANT)
        ]
        if item is None or len(chosen) == 5:
            assert len(chosen) == 5 or max(gains, default=0) < 1e-9
            break
        assert added(item) == pytest.approx(max(gains))
        chosen.append(item)
    assert len(chosen) == len(set(chosen)) <= 5


@given(phrases=forests())
def test_who_wants_more_than_is_worth_it_gets_each_word_that_begins_nothing_shown(phrases: list[Phrase]) -> None:
    shown = worth.menu(phrases, 5, anything)
    more = worth.others([phrase.word for phrase in phrases if phrase.word.text == phrase.text], shown)
    texts = [phrase.text for phrase in (*shown, *more)]
    assert len(texts) == len(set(texts))
    for phrase in phrases:
        assert any(text.startswith(phrase.word.text) for text in texts)


@given(phrases=forests(), secret=WORDS)
def test_what_may_not_be_shown_is_in_no_menu(phrases: list[Phrase], secret: str) -> None:
    shown = worth.menu(phrases, 5, lambda text: secret not in text)
    assert not any(secret in phrase.text for phrase in shown)
    allowed = [phrase for phrase in phrases if secret not in phrase.text]
    assert [phrase.text for phrase in shown] == [phrase.text for phrase in worth.menu(allowed, 5, anything)]


@given(phrases=chains())
def test_a_ghost_is_as_long_as_it_saves_most_keys(phrases: list[Phrase]) -> None:
    def saved(ghost: str) -> float:
        taken = {what: best_of_ghost(ghost, what) for what in outcomes(phrases)}
        return sum(probability * (taken[what][0] - taken[what][1]) for what, probability in outcomes(phrases).items())

    best, *others = worth.ghost(phrases, most_words=8)
    assert len(others) == len(phrases) - 1
    assert saved(best.text) == pytest.approx(max(saved(phrase.text) for phrase in phrases))


def test_a_ghost_has_no_more_words_than_asked_for() -> None:
    word = Found("one", 0.9, 0.9, NOWHERE, (NOWHERE, 0))
    phrases = [Phrase(text, 0.9, word) for text in ("one", "one two", "one two three")]
    assert [phrase.text for phrase in worth.ghost(phrases, most_words=2)] == ["one two", "one"]
    assert [phrase.text for phrase in worth.ghost(phrases, most_words=1)] == ["one"]


def test_no_phrase_ends_where_a_mark_surely_follows(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("LSTM_COMPLETE_HOME", str(tmp_path))
    lines = [f"clone https://{name} --depth=1" for name in ("alpha", "beta", "gamma", "delta", "omega")] * 30
    (tmp_path / "history.txt").write_text("\n".join(lines), encoding="utf-8")
    settings = TrainingSettings(epochs=40, hidden_size=32, embedding_size=32, vocabulary_size=400, lines=True)
    suggester = Suggester.load(train([tmp_path / "history.txt"], "clone", settings))
    [word, *_] = suggester._words("cl", 5)
    [phrases] = suggester._search.phrases([word], share=0.1)
    texts = [phrase.text for phrase in phrases]
    assert "one https://" in texts
    assert not {"one https", "one https:", "one https:/"} & set(texts)


@pytest.mark.parametrize("text", ["Return ", "Return th", "If ", "a", ""])
def test_a_phrase_is_as_likely_as_its_tokens_one_after_the_other(model_path, monkeypatch, text: str) -> None:
    monkeypatch.setattr("lstm_complete.search._LEAST_PHRASE", 0.0)
    suggester = Suggester.load(model_path)
    predictor, vocabulary = suggester._predictor, suggester.vocabulary
    compared = 0
    for word in suggester._words(text, 5):
        [phrases] = suggester._search.phrases([word], share=0.01)
        assert phrases[0] == Phrase(word.text, word.probability, word)
        for phrase in phrases[1:]:
            assert phrase.text.startswith(word.text)
            state, probability = word.node.state, phrase.word.probability
            for token in vocabulary.encode(phrase.text[len(word.text) :]):
                [prediction] = predictor.predict([state])
                probability *= float(prediction.probabilities[token])
                [state] = predictor.step([state], [token])
            assert phrase.probability == pytest.approx(probability, rel=1e-3)
            compared += 1
    assert compared
