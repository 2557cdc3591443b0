"""The prompt_toolkit classes, through the keyboard."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import threading

import pytest
from patience import PATIENCE_S
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from typing_at_a_prompt import at_a_prompt
from word_list import WordList

import lstm_complete
from lstm_complete.errors import UnknownModelError
from lstm_complete.integrations.ghost_keys import first_character, first_word
from lstm_complete.integrations.model import Model, open_model, percent
from lstm_complete.integrations.prompt_toolkit import LSTMAutoSuggest, LSTMCompleter, Switch
from lstm_complete.integrations.worker import WORKER, Worker, ask

TAB = "\t"


@pytest.fixture
def model():
    return WordList()


def completions(completer, text, position=None):
    return list(completer.get_completions(Document(text, position), CompleteEvent(text_inserted=True)))


# Without an application


def test_the_completer_answers_at_once_with_whole_words_and_their_probability(model):
    first, second, *_ = completions(LSTMCompleter(model), "git ch")
    assert (first.text, first.start_position, first.display_meta_text) == ("checkout", -2, "41%")
    assert (second.text, second.display_text) == ("cherry-pick", "cherry-pick")


def test_the_menu_is_as_long_as_asked_for(model):
    assert [completion.text for completion in completions(LSTMCompleter(model, limit=1), "git c")] == ["checkout"]


def test_the_auto_suggester_answers_at_once(model):
    auto_suggest = LSTMAutoSuggest(model)
    assert auto_suggest.get_suggestion(Buffer(), Document("git ch")).text == "eckout main"
    assert auto_suggest.get_suggestion(Buffer(), Document("nothing like it")) is None


def test_the_async_twins_answer_without_an_application(model):
    async def ask():
        event = CompleteEvent(text_inserted=True)
        words = [word.text async for word in LSTMCompleter(model).get_completions_async(Document("git ch"), event)]
        return words, await LSTMAutoSuggest(model).get_suggestion_async(Buffer(), Document("git ch"))

    words, ghost = asyncio.run(ask())
    assert words == ["checkout", "cherry-pick"]
    assert ghost.text == "eckout main"


def test_no_ghost_is_offered_with_the_cursor_inside_the_text(model):
    assert LSTMAutoSuggest(model).get_suggestion(Buffer(), Document("git ch", 3)) is None


def test_no_menu_is_offered_in_the_middle_of_a_word(model):
    assert completions(LSTMCompleter(model), "git checkout", 6) == []


def test_offers_end_with_their_line_and_blank_ones_are_left_out():
    model = WordList(["git status\nls", "git \n", "git status\npwd"])
    assert LSTMAutoSuggest(model).get_suggestion(Buffer(), Document("git st")).text == "atus"
    assert LSTMAutoSuggest(WordList(["ls\npwd"])).get_suggestion(Buffer(), Document("ls")) is None
    assert [phrase.text for phrase in open_model(model).ghosts("git ", 5)] == ["status"]


def test_menu_and_ghost_of_one_suggester_share_one_model(model):
    assert LSTMCompleter(model).model is LSTMAutoSuggest(model).model


def test_an_unknown_model_is_refused_where_it_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("LSTM_COMPLETE_HOME", str(tmp_path))
    with pytest.raises(UnknownModelError, match="nowhere"):
        LSTMCompleter("nowhere")


@pytest.mark.parametrize("word", ["off", "0", "OFF", "no"])
def test_the_environment_turns_everything_off(model, monkeypatch, word):
    monkeypatch.setenv("LSTM_COMPLETE", word)
    assert completions(LSTMCompleter(model), "git ch") == []
    assert LSTMAutoSuggest(model).get_suggestion(Buffer(), Document("git ch")) is None
    assert model.asked == []


def test_an_error_is_logged_once_and_suggests_nothing(model, caplog):
    model.error = RuntimeError("the weights are gone")
    with caplog.at_level(logging.WARNING, "lstm_complete"):
        assert completions(LSTMCompleter(model), "git ch") == []
        assert LSTMAutoSuggest(model).get_suggestion(Buffer(), Document("git ch")) is None
    assert [record.getMessage().partition(": ")[2] for record in caplog.records] == ["the weights are gone"]


def test_a_probability_reads_as_people_write_it():
    assert [percent(0.414), percent(1.0), percent(0.001)] == ["41%", "100%", "<1%"]


@pytest.mark.parametrize(
    ("ghost", "word"),
    [
        ("eckout main", "eckout"),
        (" main", " main"),
        (" --amend", " --"),
        ("/srv/x", "/"),
        ("  ", "  "),
        ("né plus", "né"),
    ],
)
def test_a_word_is_what_a_person_counts_as_one(ghost, word):
    assert first_word(ghost) == word


@pytest.mark.parametrize("character", ["a", " ", "e\u0301", "👩\u200d🔬", "👍🏽", "❤\ufe0f"])
def test_a_character_is_what_a_person_sees_as_one(character):
    assert first_character(character + "b") == character


# With a trained model


def test_a_named_model_is_read_for_a_question_that_comes_at_once_and_shared(model_name):
    program = (
        "from lstm_complete import LSTMAutoSuggest, LSTMCompleter\n"
        "from prompt_toolkit.completion import CompleteEvent\n"
        "from prompt_toolkit.document import Document\n"
        f"completer, auto_suggest = LSTMCompleter({model_name!r}), LSTMAutoSuggest({model_name!r})\n"
        "words = list(completer.get_completions(Document('Return th'), CompleteEvent()))\n"
        "print(len(words) > 0, completer.model is auto_suggest.model)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]


def test_every_word_of_the_menu_goes_on_from_the_letters_typed(model_path):
    words = completions(LSTMCompleter(model_path), "Return th")
    assert words
    assert all(word.text.startswith("th") and word.start_position == -2 for word in words)
    assert all(word.display_meta_text.endswith("%") for word in words)


def test_a_trained_model_completes_at_the_keyboard(model_path):
    suggester = lstm_complete.Suggester.load(model_path)
    ghost = getattr(suggester.continuation("Return s"), "text", "").partition("\n")[0]

    async def scenario(typist):
        typist.press("Return s")
        await typist.until(lambda: typist.buffer.text == "Return s" and len(typist.menu) > 1 and typist.ghost == ghost)
        typist.press(TAB)
        await typist.until(lambda: typist.buffer.text.startswith("Return s") and typist.buffer.text != "Return s")

    at_a_prompt(scenario, suggester)


def test_a_switch_of_ones_own_turns_off_its_own_only(model):
    off = Switch()
    off.toggle()
    assert completions(LSTMCompleter(model, switch=off), "git ch") == []
    assert completions(LSTMCompleter(model), "git ch") != []


def test_the_end_of_the_process_does_not_wait_for_a_model_that_never_answers():
    program = (
        "import threading; from lstm_complete.integrations.worker import WORKER\n"
        "begun = threading.Event()\n"
        "WORKER.submit(lambda: (begun.set(), threading.Event().wait())); begun.wait()"
    )
    done = subprocess.run([sys.executable, "-c", program], timeout=PATIENCE_S, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_question_that_the_next_key_has_overtaken_is_never_asked():
    asked, worker = [], Worker()
    assert asyncio.run(ask(lambda: asked.append(1), lambda: False, worker)) is None
    assert asked == []
    assert worker._thread is None


def test_a_model_that_was_asked_before_its_time_is_asked_no_more_than_that(monkeypatch):
    monkeypatch.setattr("lstm_complete.integrations.model.READ_AFTER_S", 0.0)
    asked = []

    class Asked:
        def continuation(self, text):
            asked.append(text)

    model = Model(Asked)
    model.ghost("git ")
    model.expect()
    for timer in [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]:
        timer.join()
    WORKER.submit(lambda: None).result()  # after what the timer has submitted
    assert asked == ["git "]
