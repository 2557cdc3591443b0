"""The prompt_toolkit classes, through the keyboard."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import threading

import pytest
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.enums import EditingMode
from typing_at_a_prompt import PATIENCE_S, at_a_prompt
from word_list import WordList

import lstm_complete
from lstm_complete.errors import UnknownModelError
from lstm_complete.integrations.ghost_keys import first_character, first_word
from lstm_complete.integrations.model import open_model, percent
from lstm_complete.integrations.prompt_toolkit import GhostKeys, LSTMAutoSuggest, LSTMCompleter, Switch

RIGHT, END, BACKSPACE, TAB = "\x1b[C", "\x1b[F", "\x7f", "\t"
ALT_F, CTRL_RIGHT, ALT_RIGHT, ALT_N, ALT_P, ALT_S = "\x1bf", "\x1b[1;5C", "\x1b[1;3C", "\x1bn", "\x1bp", "\x1bs"
CTRL_A, CTRL_E, CTRL_F, CTRL_W = "\x01", "\x05", "\x06", "\x17"
PASTE, PASTE_ENDS = "\x1b[200~", "\x1b[201~"


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


def test_a_named_model_is_read_when_it_is_first_asked(model_name):
    program = (
        "import sys\n"
        "from lstm_complete import LSTMAutoSuggest, LSTMCompleter\n"
        "from prompt_toolkit.completion import CompleteEvent\n"
        "from prompt_toolkit.document import Document\n"
        f"completer, auto_suggest = LSTMCompleter({model_name!r}), LSTMAutoSuggest({model_name!r})\n"
        "before = 'lstm_complete.lstm' in sys.modules\n"
        "words = list(completer.get_completions(Document('Return th'), CompleteEvent()))\n"
        "print(before, 'lstm_complete.lstm' in sys.modules, len(words) > 0, completer.model is auto_suggest.model)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "True", "True"]


def test_every_word_of_the_menu_goes_on_from_the_letters_typed(model_path):
    words = completions(LSTMCompleter(model_path), "Return th")
    assert words
    assert all(word.text.startswith("th") and word.start_position == -2 for word in words)
    assert all(word.display_meta_text.endswith("%") for word in words)


def test_a_trained_model_completes_at_the_keyboard(model_path):
    suggester = lstm_complete.Suggester.load(model_path)

    async def scenario(typist):
        typist.press("Return th")
        await typist.until(lambda: typist.buffer.text == "Return th" and len(typist.menu) > 1)
        assert typist.ghost == getattr(suggester.continuation("Return th"), "text", "").partition("\n")[0]
        typist.press(TAB)
        await typist.until(lambda: typist.buffer.text.startswith("Return th") and typist.buffer.text != "Return th")

    at_a_prompt(scenario, suggester)


# At the keyboard


def test_a_ghost_and_a_menu_follow_the_letters(model):
    async def scenario(typist):
        typist.press("git ch")
        await typist.until(lambda: typist.ghost == "eckout main" and typist.menu == ["checkout", "cherry-pick"])

    at_a_prompt(scenario, model)


def test_an_empty_prompt_has_a_ghost_and_a_menu(model):
    async def scenario(typist):
        await typist.until(lambda: typist.ghost == "git checkout main" and typist.menu == ["git", "ls"])

    at_a_prompt(scenario, model)


@pytest.mark.parametrize("key", [RIGHT, END, CTRL_E, CTRL_F], ids=["right", "end", "c-e", "c-f"])
def test_all_of_the_ghost_is_taken_by(model, key):
    async def scenario(typist):
        typist.press("git ch")
        await typist.until(lambda: typist.ghost == "eckout main")
        typist.press(key)
        await typist.until(lambda: typist.buffer.text == "git checkout main")
        await typist.enter()

    assert at_a_prompt(scenario, model) == "git checkout main"


@pytest.mark.parametrize("mode", [EditingMode.EMACS, EditingMode.VI], ids=["emacs", "vi"])
@pytest.mark.parametrize("key", [ALT_F, CTRL_RIGHT], ids=["alt-f", "c-right"])
def test_one_word_is_taken_also_behind_a_space(model, key, mode):
    async def scenario(typist):
        typist.press("git ch")
        await typist.until(lambda: typist.ghost == "eckout main")
        typist.press(key)
        await typist.until(lambda: (typist.buffer.text, typist.ghost) == ("git checkout", " main"))
        typist.press(key)
        await typist.until(lambda: typist.buffer.text == "git checkout main")

    at_a_prompt(scenario, model, editing_mode=mode)


def test_one_character_is_taken(model):
    async def scenario(typist):
        typist.press("git ch")
        await typist.until(lambda: typist.ghost == "eckout main")
        typist.press(ALT_RIGHT)
        await typist.until(lambda: (typist.buffer.text, typist.ghost) == ("git che", "ckout main"))

    at_a_prompt(scenario, model)


def test_a_lone_escape_leaves_vi_insert_mode_without_waiting_for_another_key(model):
    async def scenario(typist):
        typist.app.timeoutlen = None  # prompt_toolkit would wait for ever for the rest of Alt-F
        typist.app.ttimeoutlen = 0.01
        typist.press("git ch")
        await typist.until(lambda: typist.ghost)
        typist.press("\x1b")
        await typist.until(lambda: typist.buffer.cursor_position == len("git c"))

    at_a_prompt(scenario, model, editing_mode=EditingMode.VI)


def test_the_keys_keep_their_meaning_where_no_ghost_shows(model):
    async def scenario(typist):
        await typist.type("xy xy")
        typist.press(CTRL_A + ALT_F + "!")
        await typist.until(lambda: typist.buffer.text == "xy! xy")
        typist.press(RIGHT + RIGHT + "?" + CTRL_E + ".")
        await typist.until(lambda: typist.buffer.text == "xy! x?y.")

    at_a_prompt(scenario, model)


def test_the_other_candidates_come_one_by_one_and_round_again(model):
    async def scenario(typist):
        typist.press("git c")
        for key, ghost in [
            ("", "heckout main"),
            (ALT_N, "herry-pick abc"),
            (ALT_N, "ommit --amend"),
            (ALT_N, "heckout main"),
            (ALT_P, "ommit --amend"),
        ]:
            typist.press(key)
            await typist.until(lambda ghost=ghost: typist.ghost == ghost)

    at_a_prompt(scenario, model)


def test_the_candidate_that_was_chosen_stays_while_it_fits(model):
    async def scenario(typist):
        typist.press("git c")
        await typist.until(lambda: typist.ghost == "heckout main")
        typist.press(ALT_N)
        await typist.until(lambda: typist.ghost == "herry-pick abc")
        asked = list(model.asked)
        await typist.type("h")
        assert typist.ghost == "erry-pick abc"
        await typist.type("e")
        assert typist.ghost == "rry-pick abc"
        assert model.asked == asked

    at_a_prompt(scenario, model)


def test_the_toggle_hides_ghost_and_menu_and_brings_them_back(model):
    async def scenario(typist):
        typist.press("git ch")
        await typist.until(lambda: typist.ghost and typist.menu)
        typist.press(ALT_S)
        await typist.until(lambda: not typist.ghost and not typist.menu)
        asked = len(model.asked)
        await typist.type("e")
        assert (typist.ghost, typist.menu, len(model.asked)) == ("", [], asked)
        typist.press(ALT_S)
        await typist.until(lambda: typist.ghost == "ckout main" and typist.menu)

    at_a_prompt(scenario, model)


def test_the_keys_can_be_chosen(model):
    async def scenario(typist):
        typist.press("git ch")
        await typist.until(lambda: typist.ghost)
        typist.press("\x0f")
        await typist.until(lambda: typist.buffer.text == "git checkout")

    at_a_prompt(scenario, model, keys=GhostKeys(take_word=(("c-o",),)))


def test_letters_that_agree_leave_the_ghost_standing_without_a_flicker(model):
    async def scenario(typist):
        typist.press("git ch")
        await typist.until(lambda: typist.ghost == "eckout main")
        typist.frames.clear()
        model.open.clear()  # from here on the model is slow: what shows is what was there
        for letter in "eckout":
            await typist.type(letter)
        assert {text + ghost for text, ghost in typist.frames} == {"git checkout main"}
        model.open.set()

    at_a_prompt(scenario, model)


def test_a_new_ghost_replaces_what_was_left_of_the_old_one():
    class Wiser(WordList):
        def continuation(self, text):
            self.lines = ["git checkout main"] if len(text) <= 6 else ["git cherry-pick abc"]
            return super().continuation(text)

    async def scenario(typist):
        typist.press("git ch")
        await typist.until(lambda: typist.ghost == "eckout main")
        await typist.type("e")
        await typist.until(lambda: typist.ghost == "rry-pick abc")

    at_a_prompt(scenario, Wiser())


def test_a_backspace_asks_again(model):
    async def scenario(typist):
        typist.press("git chx")
        await typist.until(lambda: "git chx" in model.asked)
        typist.press(BACKSPACE)
        await typist.until(lambda: typist.ghost == "eckout main")
        typist.press(CTRL_W)
        await typist.until(lambda: (typist.buffer.text, typist.ghost) == ("git ", "checkout main"))

    at_a_prompt(scenario, model)


def test_a_word_chosen_from_the_menu_is_followed_by_a_ghost(model):
    async def scenario(typist):
        typist.press("git che")
        await typist.until(lambda: len(typist.menu) == 2)
        typist.press(TAB + TAB)
        await typist.until(lambda: (typist.buffer.text, typist.ghost) == ("git cherry-pick", " abc"))

    at_a_prompt(scenario, model)


def test_enter_does_not_wait_for_a_model_that_never_answers(model):
    model.open.clear()

    async def scenario(typist):
        typist.press("git ch")
        await typist.until(lambda: typist.buffer.text == "git ch" and model.started.is_set())
        await typist.enter()

    try:
        assert at_a_prompt(scenario, model) == "git ch"  # and the event loop, closed by now, did not wait either
    finally:
        model.open.set()


def test_work_that_is_stale_before_it_starts_is_dropped(model):
    model.open.clear()

    async def scenario(typist):
        await typist.until(model.started.is_set)
        for letter in "git ch":
            await typist.type(letter)
        model.open.set()
        await typist.until(lambda: typist.ghost == "eckout main")

    at_a_prompt(scenario, model)
    assert set(model.asked) <= {"", "git ch"}


def test_a_paste_is_asked_about_once_when_it_is_all_there(model):
    async def scenario(typist):
        await typist.until(lambda: typist.ghost)
        model.asked.clear()
        typist.press(PASTE + "git ")
        typist.press("cherry" + PASTE_ENDS)
        await typist.until(lambda: typist.ghost == "-pick abc")

    at_a_prompt(scenario, model)
    assert set(model.asked) == {"git cherry"}


def test_an_error_never_reaches_the_keystroke(model, caplog):
    model.error = ValueError("no such token")

    async def scenario(typist):
        for letter in "git ch":
            await typist.type(letter)
        await typist.enter()

    with caplog.at_level(logging.WARNING, "lstm_complete"):
        assert at_a_prompt(scenario, model) == "git ch"
    assert len(caplog.records) == 1


def test_models_think_in_a_thread_of_their_own(model):
    async def scenario(typist):
        typist.press("git ch")
        await typist.until(lambda: typist.ghost and typist.menu)

    at_a_prompt(scenario, model)
    (thread,) = model.threads
    assert thread is not threading.main_thread()
    assert thread.daemon


def test_the_environment_can_turn_a_running_prompt_off(model, monkeypatch):
    async def scenario(typist):
        await typist.until(lambda: typist.ghost)
        monkeypatch.setenv("LSTM_COMPLETE", "off")
        await typist.type("g")
        assert (typist.ghost, typist.menu) == ("", [])

    at_a_prompt(scenario, model)


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
