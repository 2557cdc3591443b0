"""The live prompt, in a real pseudo-terminal."""

from __future__ import annotations

import os
import re
import runpy
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from terminal import Terminal

from lstm_complete.errors import SettingsError
from lstm_complete.integrations import live_prompt

PROGRAM = """
import sys
from word_list import WordList
from lstm_complete.integrations.live_prompt import converse
model = WordList()
if "broken" in sys.argv:
    model.error = RuntimeError("the weights are gone")
sys.exit(converse("lines", model, multiline="multiline" in sys.argv))
"""
GREY = "868686"
TAB, ALT_G = "\t", "\x1bg"
CTRL_C, CTRL_D, ALT_ENTER, ALT_S, RIGHT, UP, DOWN = "\x03", "\x04", "\x1b\r", "\x1bs", "\x1b[C", "\x1b[A", "\x1b[B"


def live(*options, **environment):
    here = Path(__file__).parent
    return Terminal(
        [sys.executable, "-c", PROGRAM, *options],
        environment={"PYTHONPATH": os.pathsep.join([str(here.parent), str(here)]), **environment},
    )


def test_the_prompt_opens_with_a_ghost_a_menu_and_a_toolbar():
    with live() as terminal:
        terminal.shows("> git checkout main")
        terminal.shows(" lines ")
        terminal.shows("60%")
        terminal.shows("Ctrl-D quit")
        assert terminal.colour_of("git checkout main") == GREY


def test_letters_are_completed_in_grey_and_in_the_menu():
    with live() as terminal:
        terminal.shows("> git checkout main")
        terminal.press("git ch")
        terminal.until(lambda: "cherry-pick" in terminal.text and "41%" in terminal.text)
        terminal.until(lambda: "> git checkout main" in terminal.text and terminal.colour_of("git ch") != GREY)
        assert terminal.colour_of("eckout main") == GREY


def test_a_ghost_is_taken_and_a_word_chosen_from_the_menu():
    with live() as terminal:
        terminal.shows("> git checkout main")
        terminal.press("git che")
        terminal.shows("cherry-pick")
        terminal.press(DOWN + DOWN)
        terminal.shows("> git cherry-pick abc")
        terminal.press(RIGHT)
        terminal.until(lambda: terminal.colour_of("abc") != GREY)


def test_an_entered_line_is_learned():
    with live() as terminal:
        terminal.shows("> git checkout main")
        terminal.press("zebra crossing\r")
        terminal.until(lambda: terminal.text.count("> zebra crossing") == 2)


def test_the_up_key_recalls_the_last_line_though_the_menu_is_open():
    with live() as terminal:
        terminal.shows("> git checkout main")
        terminal.press("zzz\r")
        terminal.until(lambda: "> zzz" in terminal.text and " git " in terminal.text)
        terminal.press(UP)
        terminal.until(lambda: terminal.text.count("> zzz") == 2 and terminal.screen.cursor.x == len("> zzz"))


def test_ctrl_c_clears_the_line_and_ctrl_d_ends():
    with live() as terminal:
        terminal.shows("> git checkout main")
        terminal.press("zzz")
        terminal.shows("> zzz")
        terminal.press(CTRL_C)
        terminal.until(lambda: "zzz" not in terminal.text and "> git checkout main" in terminal.text)
        terminal.press(CTRL_D)
        assert terminal.ends() == 0


def test_the_toggle_leaves_only_the_letters():
    with live() as terminal:
        terminal.shows("> git checkout main")
        terminal.press(ALT_S)
        terminal.until(lambda: "checkout" not in terminal.text and "Alt-S on" in terminal.text)


def test_the_toolbar_names_the_keys_of_a_ghost_while_there_is_one():
    with live() as terminal:
        terminal.shows("Alt-N other")
        terminal.press("xyz")
        terminal.until(
            lambda: "> xyz" in terminal.text and "Alt-N" not in terminal.text and "Alt-S off" in terminal.text
        )


def test_the_toolbar_says_that_the_environment_turns_it_off_and_offers_no_key_for_it():
    with live(LSTM_COMPLETE="off") as terminal:
        terminal.shows("off: LSTM_COMPLETE=off")
        assert "Alt-S" not in terminal.text


@pytest.mark.parametrize("environment", [{"LSTM_COMPLETE_GHOST": "mark"}, {"NO_COLOR": "1"}], ids=["mark", "no colour"])
def test_a_mark_tells_the_ghost_from_the_text_and_is_not_taken_with_it(environment):
    with live(**environment) as terminal:
        terminal.shows("Ctrl-D quit")
        terminal.press("git che")
        terminal.shows("> git che·ckout main")
        assert terminal.colour_of("ckout main") == terminal.colour_of("git che") == "default"
        terminal.press(RIGHT)
        terminal.until(lambda: "> git checkout main" in terminal.text and "·" not in terminal.text)


def test_on_a_key_only_the_ghost_is_told_in_words_and_can_be_taken_then():
    with live(LSTM_COMPLETE_GHOST="key") as terminal:
        terminal.shows("Alt-G tell")
        terminal.press("git che")
        terminal.shows("> git che")
        terminal.press(ALT_G)
        terminal.shows("git checkout main, 60%\n> git che·ckout main")
        terminal.press(RIGHT)
        terminal.until(lambda: "> git checkout main" in terminal.text)
        terminal.press("!" + ALT_G)
        terminal.shows("no suggestion")


def test_on_a_key_only_nothing_appears_by_itself():
    with live(LSTM_COMPLETE_GHOST="key") as terminal:
        terminal.shows("Ctrl-D quit")
        terminal.press("git che")
        terminal.shows("> git che")
        terminal.press("c")
        terminal.shows("> git chec")
        assert "checkout" not in terminal.text
        terminal.press(TAB)
        terminal.shows("checkout")


def test_several_lines_are_one_input_where_asked_for():
    with live("multiline") as terminal:
        terminal.shows("Alt-Enter")
        terminal.press("one\rtwo")
        terminal.shows("two")
        terminal.press(ALT_ENTER)
        terminal.until(lambda: terminal.text.count("> ") == 2)


def test_an_error_is_told_below_and_the_keys_go_on():
    with live("broken") as terminal:
        terminal.shows("the weights are gone")
        terminal.press("git")
        terminal.shows("> git")
        terminal.press(CTRL_C + CTRL_D)
        assert terminal.ends() == 0


def test_a_trained_model_completes_in_the_live_prompt(model_name):
    with Terminal([sys.executable, "-m", "lstm_complete", "try", model_name]) as terminal:
        terminal.shows(f" {model_name} ")
        terminal.press("Return th")
        terminal.until(lambda: re.search(r"> Return th.*\n +th\w+ +\d+%", terminal.text))
        terminal.press(CTRL_C + CTRL_D)
        assert terminal.ends() == 0


def test_the_screenshot_draws_what_the_screen_shows(checkout):
    screenshot = runpy.run_path(str(checkout / "scripts" / "screenshot"))
    with live() as terminal:
        terminal.shows("> git checkout main")
        terminal.shows("Ctrl-D quit")
        picture = ET.fromstring(screenshot["draw"](terminal, "a <title>"))  # noqa: S314 - our own
    drawn = {text.text: text.get("fill") for text in picture.iter("{http://www.w3.org/2000/svg}text")}
    assert drawn["git checkout main"] == f"#{GREY}"
    assert {"a <title>", ">", "git", "41%", "lines"} <= set(drawn)


def test_a_pipe_is_told_what_to_use_instead(monkeypatch):
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        with pytest.raises(SettingsError, match=r'needs a terminal.*"lstm-complete suggest TEXT"'):
            live_prompt.run("default")
