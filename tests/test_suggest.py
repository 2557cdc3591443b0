"""Words and phrases: what the search finds is what spelling everything out finds."""

from __future__ import annotations

import math
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from conftest import documentation_lines
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_complete import Context, Suggester, SuggestSettings, TrainingSettings, store, train
from lstm_complete.errors import ModelFormatError, SettingsError
from lstm_complete.model_file import Contents
from lstm_complete.reading import continues, cut
from lstm_complete.search import is_word


@pytest.fixture(scope="module")
def suggester(model_path) -> Suggester:
    return Suggester.load(model_path)


@pytest.fixture
def document_suggester(model_path) -> Suggester:
    """The same model, taken for one of documents."""
    contents = store.load(model_path)
    return Suggester(Contents({**contents.metadata, "lines": False}, contents.tensors))


def within_a_part(last: str, following: str) -> bool:
    """Whether a letter goes on with the part of a word before it: `get|_prompt` and `Prompt|Session` are two parts."""
    return last != "_" and following != "_" and (last.isupper() or not following.isupper())


def spelled_out(  # noqa: C901 - one loop over everything, kept plain on purpose
    suggester: Suggester, context: str, partial: str, least: float
) -> dict[str, float]:
    """Every word, and part of one, above a probability, by walking all paths of tokens: the oracle of the search."""
    predictor, tokens = suggester._predictor, suggester.vocabulary.tokens
    newline = suggester.vocabulary.newline
    found: dict[str, float] = {}
    evidence = 0.0
    text = [token for line in documentation_lines() for token in pairwise(suggester.vocabulary.encode(line))]
    letter = [bool(token) and is_word(token[0]) for token in tokens]
    joining = {after for before, after in text if letter[after] and tokens[before] and is_word(tokens[before][-1])}
    root = predictor.read(predictor.initial(), suggester.vocabulary.encode(context))
    paths = [(root, "", 1.0)]
    while paths:
        state, spelled, reached = paths.pop()
        probabilities = predictor.predict([state])[0].probabilities
        inserted = spelled[len(partial) :] if len(spelled) >= len(partial) else ""
        typed = len(spelled) < len(partial)
        in_word = bool(inserted) and is_word(inserted[-1])
        if in_word:
            if sum(probabilities[i] for i in joining if within_a_part(inserted[-1], tokens[i][0])) <= 0.97:
                found[inserted] = found.get(inserted, 0) + reached
        elif inserted.strip():
            found[inserted] = found.get(inserted, 0) + reached * probabilities[newline]
        for index, token in enumerate(tokens):
            if not token:
                continue
            rest = partial[len(spelled) :]
            if typed and not (token.startswith(rest) or rest.startswith(token)):
                continue
            if typed and token.startswith(rest):
                evidence += reached * probabilities[index]
            if not typed and (index == newline or (in_word and index not in joining)):
                continue
            if not typed and spelled and is_word(spelled[-1]) and letter[index] and index not in joining:
                continue
            if not typed and spelled.endswith(" ") and token[0].isspace():
                continue
            if reached * probabilities[index] > least:
                paths.append((predictor.step([state], [index])[0], spelled + token, reached * probabilities[index]))
    whole = evidence if partial else 1.0
    return {word: probability / whole for word, probability in found.items()}


@pytest.mark.parametrize(
    ("context", "partial"), [("Return", " th"), ("Return the", " "), ("", ""), ("a", " stri"), ("If", " not")]
)
def test_words_are_what_spelling_everything_out_finds(suggester: Suggester, context: str, partial: str) -> None:
    expected = spelled_out(suggester, context, partial, least=1e-6 if partial.strip() else 3e-5)
    ranked = sorted(expected.items(), key=lambda item: -item[1])[:5]
    found = suggester._words(context + partial, 5)
    assert found[0].text == ranked[0][0]
    for word in (word for word in found if word.probability > 0.01):
        # What cannot become one of the best is not followed: a word may lack some of its rarer spellings.
        assert word.probability == pytest.approx(expected[word.text], rel=0.2)
        assert word.probability <= word.first <= 1


@pytest.mark.parametrize("text", ["Return th", "Return the ", "", "os.pa", "If not "])
def test_the_menu_holds_words_that_save_a_key_with_what_certainly_follows(suggester: Suggester, text: str) -> None:
    words = suggester._words(text, 5)
    for suggestion in suggester.suggest(text, limit=5):
        assert len(suggestion.text) >= 2 or suggestion.probability >= 0.5
        assert suggestion.probability >= suggester.settings.least_in_menu
        if len(suggestion.text) >= 2:
            assert any(suggestion.text.startswith(word.text) for word in words)


def test_a_single_missing_letter_is_in_the_menu_where_it_is_what_comes(suggester: Suggester) -> None:
    [first] = [suggestion for suggestion in suggester.suggest("Return the strin") if suggestion.text[0] == "g"][:1]
    alone = suggester._words("Return the strin", 1)[0]
    assert first.text.startswith(alone.text) or alone.probability < 0.5


@pytest.mark.parametrize("text", ["def main\n", "main ", "main(", ""])
def test_there_are_no_letters_of_an_unfinished_word_after_a_finished_one(suggester: Suggester, text: str) -> None:
    assert suggester.partial_word(text) == ""


def test_the_letters_of_the_unfinished_word_are_told(suggester: Suggester) -> None:
    assert suggester.partial_word("if x:\n    retu") == "retu"


def test_what_always_follows_a_word_is_offered_with_it(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("LSTM_COMPLETE_HOME", str(tmp_path))
    lines = [f"kubectl get pods --namespace={name}" for name in ("alpha", "beta", "gamma", "delta", "omega")] * 30
    (tmp_path / "history.txt").write_text("\n".join(lines), encoding="utf-8")
    settings = TrainingSettings(epochs=40, hidden_size=32, embedding_size=32, vocabulary_size=400, lines=True)
    found = Suggester.load(train([tmp_path / "history.txt"], "kube", settings)).suggest("kub")
    assert found[0].text.startswith("ectl get pods")


@pytest.mark.parametrize(
    ("line", "typed", "parts"),
    [
        ("x = get_{}()", "x = g", ["et", "et_"]),
        ("x = Prompt{}()", "x = P", ["rompt"]),
        ("x = get_{}()", "x = get_", []),
    ],
)
def test_the_part_of_a_word_that_is_sure_is_offered_where_the_rest_is_not(
    tmp_path, monkeypatch, line: str, typed: str, parts: list[str]
) -> None:
    monkeypatch.setenv("LSTM_COMPLETE_HOME", str(tmp_path))
    ends = ["alpha", "echo", "india", "lima", "oscar", "quebec", "romeo", "sierra", "tango", "victor", "yankee", "zulu"]
    lines = [line.format(end if "_" in line else end.title()) for end in ends] * 30
    (tmp_path / "history.txt").write_text("\n".join(lines), encoding="utf-8")
    settings = TrainingSettings(epochs=20, hidden_size=32, embedding_size=32, tokens="char", lines=True)
    suggester = Suggester.load(train([tmp_path / "history.txt"], "parts", settings))
    sure = [found.text for found in suggester._words(typed, 5) if found.probability > 0.5]
    assert sorted(sure) == parts
    ghost = suggester.continuation(typed)
    assert ghost is None if not parts else ghost is not None and ghost.text.startswith(parts[0])


def test_the_ghost_is_the_longer_word_where_that_is_sure_enough(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("LSTM_COMPLETE_HOME", str(tmp_path))
    lines = (["x checkout main"] * 3 + ["x check all"]) * 60
    (tmp_path / "history.txt").write_text("\n".join(lines), encoding="utf-8")
    settings = TrainingSettings(epochs=20, hidden_size=32, embedding_size=32, tokens="char", lines=True)
    path = train([tmp_path / "history.txt"], "check", settings)
    for precision, ghost in ((0.55, "ckout main"), (0.9, "ck")):
        suggester = Suggester.load(path, SuggestSettings(precision=precision))
        known = {found.text: found.probability for found in suggester._words("x che", 5)}
        assert known["ck"] > 0.9 > known["ckout"] > 0.55
        assert suggester.continuation("x che").text == ghost
        assert suggester.continuations("x che", 5)[0].text == ghost
    assert suggester.continuation("x chec") is None  # a single letter, after which the word likely goes on


@given(text=st.text(max_size=60), learned=st.text(max_size=30))
@settings(max_examples=60)
def test_any_text_gets_an_answer(suggester: Suggester, text: str, learned: str) -> None:
    suggester.learn(learned)
    for suggestion in suggester.suggest(text):
        assert suggestion.text
        assert "\n" not in suggestion.text
        assert 0 < suggestion.probability <= 1
    texts = [suggestion.text for suggestion in suggester.suggest(text)]
    assert len(texts) == len(set(texts))
    found = suggester._words(suggester._placed(text, None), suggester.settings.limit)
    sure = bool(found) and found[0].first >= suggester.settings.precision  # of the word, or of the marks before it
    idle = bool(found) and len(found[0].text) == 1  # a letter that finishes no word spares nobody a key
    assert sure if suggester.continuation(text) else not sure or idle
    suggester.reset()


PLACES = [
    "",
    "Retu",
    "Return ",
    "Return the st",
    "os.",
    "(",
    "    ",
    "\t",
    "If the\nRet",
    "If the\n",
    "x = 'a",
    "naï",
    "漢",
]


@pytest.mark.parametrize("text", PLACES)
def test_a_menu_is_short_at_every_kind_of_place_and_each_item_is_likely_enough(suggester: Suggester, text: str) -> None:
    found = suggester.suggest(text)
    assert len({suggestion.text for suggestion in found}) == len(found) <= suggester.settings.limit
    words = suggester._words(text, suggester.settings.limit)
    for shown in found:
        assert any(shown.text.startswith(word.text) and shown.probability <= word.probability for word in words)


@pytest.mark.parametrize("text", PLACES)
def test_a_menu_of_all_there_is_begins_as_one_of_likely_words(model_path, suggester: Suggester, text: str) -> None:
    everything = Suggester.load(model_path, SuggestSettings(least_in_menu=0.0, precision=0.0))
    assert everything.suggest(text)[:1] or not suggester.suggest(text)
    for likely, offered in zip(suggester.suggest(text)[:1], everything.suggest(text), strict=False):
        assert likely.text == offered.text or offered.probability < likely.probability
    assert bool(everything.continuation(text)) >= bool(suggester.continuation(text))


def test_the_letters_typed_are_a_part_of_every_word(suggester: Suggester) -> None:
    words = {suggestion.text for suggestion in suggester.suggest("Return the str")}
    assert any(word.startswith("ing") for word in words)


def test_all_tokens_are_scored_where_a_word_begins_and_in_unlikely_letters_and_the_frequent_ones_elsewhere(
    model_path, suggester: Suggester, monkeypatch
) -> None:
    monkeypatch.setattr("lstm_complete.predictor._FREQUENT", 60)
    frequent = Suggester.load(model_path)

    def scored(text: str) -> tuple[bool, set[bool]]:
        """Whether all tokens were, before the word and within it."""
        assert [word.text for word in frequent._words(text, 1)[:1]] == [
            word.text for word in suggester._words(text, 1)[:1]
        ]
        root, _ = frequent._reading.root(text)
        assert root.prediction is not None
        return root.prediction.whole, {node.prediction.whole for node in root.children.values() if node.prediction}

    assert scored("Return ") == (True, {False})
    assert scored("Return th") == (True, {False})
    whole, within = scored("Return qzx")
    assert whole
    assert True in within


def test_rules_of_dashes_are_not_followed_to_their_end(model_path) -> None:
    suggester = Suggester.load(model_path)
    dashes = suggester.vocabulary.id_of("-")
    predict = suggester._predictor.predict
    longest = 0

    def only_dashes(states, **how):
        nonlocal longest
        found = predict(states, **how)
        for state, prediction in zip(states, found, strict=True):
            prediction.probabilities[:] = 0
            prediction.probabilities[dashes] = 1
            longest = max(longest, int((state.recency.tokens == dashes).sum()))
        return found

    object.__setattr__(suggester._predictor, "predict", only_dashes)
    suggester._words("", 5)
    assert 0 < longest <= 6


@pytest.mark.parametrize(("probability", "followed"), [(0.02, False), (0.05, True)])
def test_marks_are_followed_where_they_are_likely_enough_to_lead_to_a_word(
    model_path, probability: float, followed: bool
) -> None:
    suggester = Suggester.load(model_path)
    mark, word = suggester.vocabulary.id_of("("), suggester.vocabulary.id_of("e")
    predict = suggester._predictor.predict

    def either(states, **how):
        found = predict(states, **how)
        for prediction in found:
            prediction.probabilities[:] = 0
            prediction.probabilities[[mark, word]] = probability, 0.5
        return found

    object.__setattr__(suggester._predictor, "predict", either)
    suggester._words("", 5)
    root, _ = suggester._reading.root("")
    assert root.children[word].prediction is not None
    assert (root.children[mark].prediction is not None) == followed


def test_asking_again_costs_nothing_and_a_deleted_letter_neither(model_path) -> None:
    suggester = Suggester.load(model_path)
    for end in range(len("Return the string") + 1):
        suggester.suggest("Return the string"[:end])
        suggester.continuation("Return the string"[:end])
    steps = count_steps(suggester)
    for end in range(len("Return the string"), -1, -1):
        suggester.suggest("Return the string"[:end])
        suggester.continuation("Return the string"[:end])
    assert steps == []


def count_steps(suggester: Suggester) -> list[int]:
    """The batches that the network is stepped by from now on."""
    steps: list[int] = []
    step = suggester._predictor.step

    def counted(states, tokens):
        steps.append(len(tokens))
        return step(states, tokens)

    object.__setattr__(suggester._predictor, "step", counted)
    return steps


def same(found: list, expected: list) -> None:
    """The same words with the same probabilities; those that tie may change places."""
    assert [s.probability for s in found] == pytest.approx([s.probability for s in expected], rel=1e-3)
    assert {s.text for s in found[:-1]} <= {s.text for s in expected} | {s.text for s in found[-1:]}


def test_reading_on_suggests_as_reading_from_the_start(model_path) -> None:
    text = "Return the string. If (x is None):\n    return  os.path\n"
    typing = Suggester.load(model_path)
    for end in range(len(text) + 1):
        typed = typing.suggest(text[:end])
        fresh = Suggester.load(model_path).suggest(text[:end])
        same(typed, fresh)


def test_a_learned_line_counts_at_once_and_reset_forgets_it(model_path) -> None:
    suggester = Suggester.load(model_path)
    before = {suggestion.text: suggestion for suggestion in suggester.suggest("zanzibar re", limit=100)}
    for _ in range(3):
        suggester.learn("zanzibar return plover")
    after = {suggestion.text: suggestion for suggestion in suggester.suggest("zanzibar re", limit=100)}
    assert after["turn"].probability > before["turn"].probability
    suggester.reset()
    assert suggester.suggest("zanzibar re", limit=100) == list(before.values())


def test_the_previous_line_counts_as_a_learned_one_does(model_path) -> None:
    line = "zanzibar return plover"
    told = Suggester.load(model_path).suggest("zanzibar re", context=Context(previous=line))
    learning = Suggester.load(model_path)
    assert told != learning.suggest("zanzibar re")
    learning.learn(line)
    same(told, learning.suggest("zanzibar re"))


def test_a_previous_line_that_was_learned_counts_once(model_path) -> None:
    suggester = Suggester.load(model_path)
    suggester.learn("zanzibar return plover")
    context = Context(previous="zanzibar return plover")
    assert suggester.suggest("zanzibar re", context=context) == suggester.suggest("zanzibar re")
    assert suggester.continuations("zanzibar re", 3, context=context) == suggester.continuations("zanzibar re", 3)


def test_a_model_of_documents_reads_the_previous_line_where_the_text_has_none(document_suggester: Suggester) -> None:
    line, context = "zanzibar return plover", Context(previous="zanzibar return plover")
    told = document_suggester.suggest("zanzibar re", context=context)
    same(told, document_suggester.suggest(f"{line}\nzanzibar re"))
    own = document_suggester.suggest("its own\nzanzibar re", context=context)
    assert own == document_suggester.suggest("its own\nzanzibar re")


def test_a_context_of_which_nothing_is_known_changes_nothing(suggester: Suggester) -> None:
    assert suggester.suggest("Return th", context=Context("zsh", "~/notes")) == suggester.suggest("Return th")


def test_a_lower_precision_shows_more_and_a_higher_one_less(model_path) -> None:
    shown = {}
    for precision in (0.0, 0.3, 0.9):
        suggester = Suggester.load(model_path, SuggestSettings(precision=precision))
        shown[precision] = sum(suggester.continuation("Return the string"[:end]) is not None for end in range(18))
    assert shown[0.0] >= shown[0.3] >= shown[0.9]
    assert shown[0.0] > shown[0.9]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"limit": 0}, "expected limit to be a whole number of 1 or more, found 0"),
        ({"beam_width": -1}, "expected beam_width to be a whole number of 1 or more, found -1"),
        ({"phrase_words": True}, "expected phrase_words to be a whole number of 1 or more, found True"),
        ({"context_characters": 0}, "expected context_characters to be a whole number of 1 or more, found 0"),
        ({"context_characters": 4e3}, "expected context_characters to be a whole number of 1 or more, found 4000.0"),
        ({"least_in_menu": -0.1}, "expected least_in_menu to be a number from 0 to 1, found -0.1"),
        ({"precision": math.nan}, "expected precision to be a number from 0 to 1, found nan"),
        ({"phrase_share": "half"}, "expected phrase_share to be a number from 0 to 1, found 'half'"),
    ],
)
def test_a_setting_outside_what_makes_sense_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        SuggestSettings(**changes)
    assert str(refused.value) == message


@pytest.mark.parametrize("share", [0, 1.0])
def test_the_least_and_the_most_of_each_setting_can_be_asked_with(model_path, share: float) -> None:
    settings = SuggestSettings(1, share, share, 1, 1, share, context_characters=1)
    suggester = Suggester.load(model_path, settings)
    assert len(suggester.suggest("Return the string", 1)) == 1 - share
    assert (suggester.continuation("Return the string") is None) == bool(share)


def test_candidates_begin_with_the_ghost_itself(model_path) -> None:
    suggester = Suggester.load(model_path, SuggestSettings(precision=0.0))
    candidates = suggester.continuations("Return the ", 3)
    assert candidates[0] == suggester.continuation("Return the ")
    assert len({candidate.text for candidate in candidates}) == len(candidates) == 3


def test_menu_and_ghost_may_ask_at_once(model_path) -> None:
    suggester = Suggester.load(model_path)
    texts = ["Return the string"[:end] for end in range(18)] * 4
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(suggester.suggest, texts))
    alone = Suggester.load(model_path)
    for text, suggestions in zip(texts, found, strict=True):
        same(suggestions, alone.suggest(text))


def test_a_long_document_is_read_from_its_last_part(suggester: Suggester) -> None:
    text = "One line of words.\n" * 2000 + "Return th"
    assert suggester.suggest(text)
    part = suggester._reading.recent_part(text)
    assert len(part) < 2 * suggester.settings.context_characters + 100
    assert suggester._reading.recent_part(text + "e").startswith(part)


def test_a_long_document_is_not_kept_with_each_answer(model_path) -> None:
    suggester = Suggester.load(model_path)
    document = "One line of words.\n" * 100_000
    tracemalloc.start()
    try:
        for letter in "Return the":
            document += letter
            suggester.suggest(document)
            suggester.continuation(document)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 4 * len(document)


@given(text=st.text(alphabet="ab ._\n\t(", max_size=20))
def test_a_text_is_cut_before_its_unfinished_word(text: str) -> None:
    context, partial = cut(text)
    assert context + partial == text
    assert not partial.strip() or is_word(partial[-1])


@given(text=st.text(alphabet="ab ._\n\t(", max_size=16), end=st.integers(0, 16))
def test_text_is_read_on_only_from_where_its_words_end(suggester: Suggester, text: str, end: int) -> None:
    known, rest = text[:end], text[end:]
    if continues(known, text):
        encode = suggester.vocabulary.encode
        assert encode(known) + encode(rest) == encode(text)


@pytest.mark.parametrize("damage", ["shape", "vocabulary", "lines"])
def test_a_file_without_a_part_is_no_model(damage: str, model_path) -> None:
    contents = store.load(model_path)
    metadata = {name: value for name, value in contents.metadata.items() if name != damage}
    with pytest.raises(ModelFormatError, match="expected a model"):
        Suggester(Contents(metadata, contents.tensors))


def test_bits_per_character_tell_known_text_from_noise(suggester: Suggester) -> None:
    assert suggester.bits_per_character("Return the string.") < suggester.bits_per_character("xq zjv kkw pfft ywq")


def test_what_is_kept_is_bounded_however_much_is_typed(model_path) -> None:
    suggester = Suggester.load(model_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lstm_complete.suggest._ANSWERS_KEPT", 20)
        patch.setattr("lstm_complete.kneser_ney._ROWS_KEPT", 10)
        patch.setattr("lstm_complete.kneser_ney._SHORT_KEPT", 10)
        patch.setattr("lstm_complete.recall._STEPS_KEPT", 10)
        patch.setattr("lstm_complete.kneser_ney._LONG", 4)
        for line in documentation_lines()[:8]:
            for end in range(min(len(line), 30)):
                suggester.suggest(line[:end])
                suggester.continuation(line[:end])
    assert len(suggester._answers) == 20
    assert len(suggester._found) <= 2
    assert len(suggester._reading._states) <= 16
    assert len(suggester._reading._roots) <= 2
    recall = suggester._predictor.recall
    assert len(recall._counts._kept) == 10
    assert recall._counts._short.cache_info().currsize == 10
    assert recall._remembered_step.cache_info().currsize == 10


@pytest.mark.parametrize("text", ["", "Return ", "Return the ", "Return th", "If ", "os.", "a"])
def test_at_a_prompt_the_best_words_are_those_of_a_search_for_all(suggester: Suggester, text: str) -> None:
    every = [word for word in suggester._words(text, 8) if len(word.text) > 1]
    quick = [word for word in suggester._words(text, None) if len(word.text) > 1]
    for word, expected in zip(quick[:2], every, strict=False):
        if expected.probability > 0.02:
            assert (word.text, word.probability) == (expected.text, pytest.approx(expected.probability, rel=0.05))
    assert bool(quick) == bool(every)


@pytest.mark.parametrize("text", ["", "Return ", "Return th", "If "])
def test_a_search_for_few_expands_no_more_than_one_for_all(model_path, text: str) -> None:
    def expanded(limit: int | None) -> int:
        suggester, rows = Suggester.load(model_path), []
        predict = suggester._predictor.predict
        object.__setattr__(
            suggester._predictor, "predict", lambda states, **how: rows.append(len(states)) or predict(states, **how)
        )
        suggester._words(text, limit)
        return sum(rows)

    assert expanded(None) <= expanded(5)


def test_menu_and_ghost_share_one_search(model_path) -> None:
    suggester = Suggester.load(model_path, SuggestSettings(precision=0.99))
    suggester.suggest("Return th")
    steps = count_steps(suggester)
    suggester.continuation("Return th")
    assert steps == []


@pytest.mark.parametrize("limit", [None, SuggestSettings().limit])
def test_a_ghost_takes_what_was_found_for_the_menu(model_path, monkeypatch, limit: int | None) -> None:
    suggester, searches = Suggester.load(model_path), []
    words = suggester._search.words
    monkeypatch.setattr(
        suggester._search, "words", lambda *given, **how: searches.append(given) or words(*given, **how)
    )
    suggester.suggest("Return th", limit)
    assert suggester.continuation("Return th") == Suggester.load(model_path).continuation("Return th")
    assert len(searches) == 1


def test_a_space_after_a_word_that_was_foreseen_reads_nothing_anew(model_path) -> None:
    suggester = Suggester.load(model_path)
    suggester.suggest("Return the")
    reads = []
    read = suggester._predictor.read
    object.__setattr__(suggester._predictor, "read", lambda *given: reads.append(given) or read(*given))
    suggester.suggest("Return the ")
    assert reads == []


def test_a_long_run_of_spaces_is_read_on_from_where_it_began(model_path) -> None:
    suggester = Suggester.load(model_path)
    suggester.suggest("Return the value of")
    tokens: list[int] = []
    read = suggester._predictor.read
    object.__setattr__(suggester._predictor, "read", lambda state, new: tokens.append(len(new)) or read(state, new))
    for spaces in range(40):
        suggester.suggest("Return the value of" + spaces * " ")
    assert max(tokens) <= len(suggester.vocabulary.encode(40 * " "))
