"""A guest at somebody else's prompt: real keys, a host with a menu and a ghost of its own."""

from __future__ import annotations

import asyncio

import pytest
from patience import PATIENCE_S
from prompt_state import Listener, changes, state
from prompt_toolkit import PromptSession
from prompt_toolkit.application import create_app_session
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.output import DummyOutput
from typing_at_a_prompt import Typist
from word_list import WordList

from lstm_complete.integrations import guest
from lstm_complete.integrations.guest import Guest
from lstm_complete.integrations.run_program import guests_at_every_session

ALT = "\x1b"


def at_a_hosts_prompt(scenario, model, *, users_keys=None, **options):
    """Run `scenario(typist, guest)` at the prompt of a host; returns what was entered."""

    async def evening():
        with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=DummyOutput()):
            session = PromptSession(
                completer=WordCompleter(["check-ref", "checkout"], WORD=True),
                auto_suggest=AutoSuggestFromHistory(),
                history=InMemoryHistory(["git checklist", "zebra crossing"]),
                complete_while_typing=True,
                key_bindings=users_keys,
            )
            guest = Guest(session.app, session.default_buffer, model, **options)
            prompt = asyncio.create_task(session.prompt_async())
            typist = Typist(keyboard, session)
            await typist.until(lambda: session.app.is_running)
            await scenario(typist, guest)
            if not session.app.is_done:
                session.app.exit(result="")
            return await asyncio.wait_for(prompt, PATIENCE_S)

    return asyncio.run(evening())


def test_our_words_come_before_those_of_the_host_and_each_once(monkeypatch):
    monkeypatch.setattr(guest, "PATIENCE_S", PATIENCE_S)  # words that are late come below

    async def scenario(typist, _):
        typist.press("git ch")
        await typist.until(lambda: typist.menu == ["checkout", "cherry-pick", "check-ref"])

    at_a_hosts_prompt(scenario, WordList())


def test_the_hosts_ghost_shows_where_we_have_none():
    async def scenario(typist, _):
        typist.press("git ch")
        await typist.until(lambda: typist.ghost == "eckout main")
        await typist.type("eckl")
        await typist.until(lambda: typist.ghost == "ist")

    at_a_hosts_prompt(scenario, WordList())


def test_the_host_goes_on_by_itself_while_a_model_does_not_answer_and_ours_comes_when_it_does():
    model = WordList()
    model.open.clear()

    async def scenario(typist, _):
        typist.press("git ch")
        await typist.until(lambda: typist.ghost == "ecklist" and typist.menu == ["check-ref", "checkout"])
        model.open.set()
        await typist.until(lambda: typist.ghost == "eckout main" and "cherry-pick" in typist.menu)

    try:
        at_a_hosts_prompt(scenario, model)
    finally:
        model.open.set()


def test_a_model_that_is_not_there_is_silent_and_the_host_as_ever(empty_home, monkeypatch):
    monkeypatch.setenv("LSTM_COMPLETE_MODEL", "gone")

    async def scenario(typist, guest):
        typist.press("git ch")
        await typist.until(lambda: typist.ghost == "ecklist" and typist.menu == ["check-ref", "checkout"])
        assert 'No model "gone"' in str(guest.model.error)

    at_a_hosts_prompt(scenario, None)
    assert not empty_home.exists()


def test_the_environment_names_the_model(monkeypatch, model_name):
    monkeypatch.setenv("LSTM_COMPLETE_MODEL", model_name)

    async def scenario(_, guest):
        assert guest.name == model_name

    at_a_hosts_prompt(scenario, None)


def test_leaving_leaves_no_trace():
    async def scenario(typist, guest):
        guest.leave()
        before = state(typist.app, typist.buffer)
        again = Guest(typist.app, typist.buffer, WordList(), learns=True)
        assert changes(before, state(typist.app, typist.buffer)) == list(before)
        typist.press("git ch")
        await typist.until(lambda: typist.ghost == "eckout main")
        again.leave()
        assert changes(before, state(typist.app, typist.buffer)) == []
        assert typist.ghost == ""

    at_a_hosts_prompt(scenario, WordList())


@pytest.mark.parametrize(("line", "told"), [("git status", ["git status"]), (" git status", []), ("", [])])
def test_what_is_entered_is_learned_unless_it_starts_with_a_space(line, told):
    listener = Listener()

    async def scenario(typist, _):
        typist.press(line)
        await typist.until(lambda: typist.buffer.text == line)
        await typist.enter()

    assert at_a_hosts_prompt(scenario, listener, learns=True) == line
    assert listener.told() == told


def test_a_question_for_a_password_is_left_alone(monkeypatch):
    listener = Listener()
    listener.lines = ["secret service"]
    monkeypatch.setattr("lstm_complete.integrations.run_program.Guest", lambda *a, **k: Guest(*a[:2], listener, **k))

    async def evening():
        with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=DummyOutput()):
            with guests_at_every_session():
                session = PromptSession(is_password=True)
            keyboard.send_text("secret\r")
            return await asyncio.wait_for(session.prompt_async(), PATIENCE_S)

    assert asyncio.run(evening()) == "secret"
    assert (listener.asked, listener.told()) == ([], ["secret servi"])


def typing_their_letters(letters):
    """Bindings of a user's: Alt with one of the letters types it in brackets."""
    bindings = KeyBindings()
    for letter in letters:
        bindings.add("escape", letter)(lambda event, letter=letter: event.current_buffer.insert_text(f"<{letter}>"))
    return bindings


@pytest.mark.parametrize("letter", "npwksg")
def test_a_key_that_the_user_has_bound_does_what_it_did_while_no_ghost_shows(letter):
    async def scenario(typist, _):
        typist.press("xyz" + ALT + letter)
        await typist.until(lambda: typist.buffer.text == f"xyz<{letter}>")

    at_a_hosts_prompt(scenario, WordList(), users_keys=typing_their_letters("npwksg"))


def test_while_a_ghost_shows_its_keys_go_before_the_users_own_but_not_those_that_need_none():
    async def scenario(typist, _):
        typist.press("git c")
        await typist.until(lambda: typist.ghost == "heckout main")
        typist.press(ALT + "n")
        await typist.until(lambda: typist.ghost == "herry-pick abc")
        typist.press(ALT + "s" + ALT + "g" + ALT + "n")
        await typist.until(lambda: typist.buffer.text == "git c<s><g><n>")

    at_a_hosts_prompt(scenario, WordList(), users_keys=typing_their_letters("nsg"))


@pytest.mark.parametrize("letter", "npwk")
def test_alt_with_a_letter_that_nobody_has_bound_types_nothing_where_no_ghost_shows(letter):
    async def scenario(typist, _):
        typist.press("xyz" + ALT + letter + "!")
        await typist.until(lambda: typist.buffer.text == "xyz!")

    at_a_hosts_prompt(scenario, WordList())


def test_words_of_ours_that_come_late_are_listed_once_where_the_host_has_them_too(monkeypatch):
    monkeypatch.setattr(guest, "PATIENCE_S", 0)

    async def scenario(typist, _):
        typist.press("git ch")
        await typist.until(lambda: len(typist.menu) == 3)
        assert sorted(typist.menu) == ["check-ref", "checkout", "cherry-pick"]

    at_a_hosts_prompt(scenario, WordList())
