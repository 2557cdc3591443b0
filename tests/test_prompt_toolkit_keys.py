"""prompt_toolkit at the keyboard: real keys, a real PromptSession, and a model that may be slow, wrong or broken."""

from __future__ import annotations

import logging
import threading

import pytest
from prompt_toolkit.enums import EditingMode
from typing_at_a_prompt import at_a_prompt
from word_list import WordList

from lstm_complete.integrations.prompt_toolkit import GhostKeys
from lstm_complete.integrations.worker import WORKER

RIGHT, END, BACKSPACE, TAB = "\x1b[C", "\x1b[F", "\x7f", "\t"
ALT_F, CTRL_RIGHT, ALT_RIGHT, ALT_N, ALT_P, ALT_S = "\x1bf", "\x1b[1;5C", "\x1b[1;3C", "\x1bn", "\x1bp", "\x1bs"
CTRL_A, CTRL_E, CTRL_F, CTRL_W = "\x01", "\x05", "\x06", "\x17"
PASTE, PASTE_ENDS = "\x1b[200~", "\x1b[201~"


@pytest.fixture
def model():
    return WordList()


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
        await typist.until(model.started.is_set)
        await typist.enter()

    with caplog.at_level(logging.WARNING, "lstm_complete"):
        assert at_a_prompt(scenario, model) == "git ch"
        WORKER.submit(int).result()  # all before it is done
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
