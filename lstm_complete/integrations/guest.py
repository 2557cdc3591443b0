"""A guest at another program's prompt: our menu and ghost before its own, our keys beside its own; then away again.

What a host's adapter has to know is where its prompt is, and when a line of it was done. All else is here.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as TooLate
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any

from prompt_toolkit.application.current import get_app
from prompt_toolkit.auto_suggest import AutoSuggest, DummyAutoSuggest
from prompt_toolkit.completion import Completer, DummyCompleter
from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings

from lstm_complete.integrations.environment import setting
from lstm_complete.integrations.ghost import Ghost, LSTMAutoSuggest
from lstm_complete.integrations.ghost_keys import GhostKeys, bind_to_a_ghost, bind_without_a_ghost
from lstm_complete.integrations.menu import LSTMCompleter
from lstm_complete.integrations.model import Model, Suggests, hosted_model, shown_name
from lstm_complete.integrations.switch import SWITCH, Switch
from lstm_complete.integrations.worker import WORKER

# daemon/client.py, which shells start at a key and which imports nothing of ours, says the same 0.3 s once more.
from lstm_complete.settings import DEFAULT_NAME, PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Iterator

    from prompt_toolkit.application import Application
    from prompt_toolkit.auto_suggest import Suggestion
    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.completion import CompleteEvent, Completion
    from prompt_toolkit.document import Document
    from prompt_toolkit.key_binding import KeyBindingsBase

# Which model a host asks where nobody names one.
MODEL_VARIABLE = "LSTM_COMPLETE_MODEL"


class Guest:
    """Our menu, ghost and keys at one prompt of another program.

    Attributes:
        name: The model that is asked.
        buffer: Where the prompt's text is.

    Args:
        app: The program's application.
        buffer: The buffer of its prompt.
        model: A name, a path or a `Suggester`; None for the name in LSTM_COMPLETE_MODEL, or the default.
        menu_switch: What turns the menu off.
        ghost_switch: What turns the ghost off.
        learns: Whether to learn what is entered, for hosts that do not say when a text was done.
    """

    def __init__(
        self,
        app: Application[Any],
        buffer: Buffer,
        model: str | Suggests | None = None,
        *,
        menu_switch: Switch = SWITCH,
        ghost_switch: Switch = SWITCH,
        learns: bool = False,
    ) -> None:
        chosen = model or chosen_name()
        self.name = shown_name(chosen)
        self.buffer = buffer
        hosted = hosted_model(chosen)
        self._own_ghost, self._own_menu = buffer.auto_suggest, buffer.completer
        self._ghost = GuestAutoSuggest(LSTMAutoSuggest(hosted, switch=ghost_switch), buffer.auto_suggest)
        self._menu = GuestCompleter(LSTMCompleter(hosted, switch=menu_switch), buffer.completer)
        buffer.auto_suggest, buffer.completer = self._ghost, self._menu
        self._yielding_keys, self._ghost_keys = KeyBindings(), KeyBindings()
        bind_without_a_ghost(self._yielding_keys, GhostKeys(), SWITCH)
        bind_to_a_ghost(self._ghost_keys, GhostKeys())
        self._registries = _registries(app)
        self._registries.insert(0, self._yielding_keys)  # behind those of the host and the user
        self._registries.append(self._ghost_keys)
        self._ghost.ours.watch(buffer, app)
        self._own_accept = buffer.accept_handler
        if learns:
            buffer.accept_handler = self._accept_and_learn

    @property
    def model(self) -> Model:
        """What is asked."""
        return self._ghost.ours.model

    def use(self, model: str | Suggests) -> None:
        """Ask another model from now on; one that is not there suggests nothing and says so in `model.error`."""
        self.name = shown_name(model)
        self._ghost.ours.model = self._menu.ours.model = hosted_model(model)
        if self._ghost.ours.switch or self._menu.ours.switch:
            self.model.expect()

    def learn(self, text: str) -> None:
        """Let what was entered count from now on, unless it starts with a space, as what shall be forgotten does."""
        if self._ghost.ours.switch:
            learn(self.model, text)

    def _accept_and_learn(self, buffer: Buffer) -> bool:
        text = buffer.text
        keeps_text = self._own_accept(buffer) if self._own_accept else False
        self.learn(text)
        return keeps_text

    def leave(self) -> None:
        """Leave the prompt as it was found, save for what the host itself has changed since."""
        if self.buffer.auto_suggest is self._ghost:
            self.buffer.auto_suggest = self._own_ghost
        if self.buffer.completer is self._menu:
            self.buffer.completer = self._own_menu
        if self.buffer.accept_handler == self._accept_and_learn:
            self.buffer.accept_handler = self._own_accept
        for keys in (self._yielding_keys, self._ghost_keys):
            if keys in self._registries:
                self._registries.remove(keys)
        self._ghost.ours.leave(self.buffer)


class GuestAutoSuggest(AutoSuggest):
    """Our ghost, or the host's own where there is none, it is off, or it comes too late.

    Attributes:
        ours: Where our ghosts come from.
    """

    def __init__(self, ours: LSTMAutoSuggest, own: AutoSuggest | None) -> None:
        self.ours = ours
        self._own = own or DummyAutoSuggest()

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        """What still fits of our ghost, or the host's own: nobody thinks in the host's thread."""
        return self.ours.standing(buffer) or self._own.get_suggestion(buffer, document)

    async def get_suggestion_async(self, buff: Buffer, document: Document) -> Suggestion | None:
        """Our ghost, else the host's own, in whose place ours comes later where it was late."""
        thinking = asyncio.ensure_future(self.ours.get_suggestion_async(buff, document))
        await asyncio.wait({thinking}, timeout=PATIENCE_S)
        if not thinking.done():
            get_app().create_background_task(self._show_late(buff, document, thinking))
        ghost = thinking.result() if thinking.done() else None
        return ghost or await self._own.get_suggestion_async(buff, document)

    async def _show_late(self, buffer: Buffer, document: Document, thinking: Awaitable[Ghost | None]) -> None:
        ghost = await thinking
        if ghost and buffer.document == document:
            self.ours.show(buffer, ghost)


class GuestCompleter(Completer):
    """Our words, and below them those of the host, each once.

    Attributes:
        ours: Where our words come from.
    """

    def __init__(self, ours: LSTMCompleter, own: Completer | None) -> None:
        self.ours = ours
        self._own = own or DummyCompleter()

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """All of them, in the caller's thread, save for our thinking."""
        ours = in_time(self.ours, document, complete_event)
        yield from ours
        offered = {_text(document, completion) for completion in ours}
        for completion in self._own.get_completions(document, complete_event):
            if _text(document, completion) not in offered:
                yield completion

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """All of them, while keys go on being handled; ours at the end where they were late."""
        thinking = asyncio.ensure_future(self._think(document, complete_event))
        offered: set[str] = set()

        def is_new(completion: Completion) -> bool:
            known, text = len(offered), _text(document, completion)
            offered.add(text)
            return len(offered) > known

        try:
            await asyncio.wait({thinking}, timeout=PATIENCE_S)
            late = not thinking.done()
            for completion in [] if late else filter(is_new, thinking.result()):
                yield completion
            async with aclosing(self._own.get_completions_async(document, complete_event)) as own:
                async for completion in own:
                    if is_new(completion):
                        yield completion
            for completion in filter(is_new, await thinking) if late else []:
                yield completion
        finally:
            thinking.cancel()

    async def _think(self, document: Document, event: CompleteEvent) -> list[Completion]:
        return [completion async for completion in self.ours.get_completions_async(document, event)]


def chosen_name() -> str:
    """The model that a host asks where nobody names one."""
    return setting(MODEL_VARIABLE) or DEFAULT_NAME


def learn(model: Model, text: str) -> None:
    """Let what was entered count from now on, unless it starts with a space, as what shall be forgotten does."""
    if text.strip() and not text.startswith(" "):
        WORKER.submit(partial(model.learn, text.rstrip("\n")))


def in_time(completer: LSTMCompleter, document: Document, event: CompleteEvent) -> list[Completion]:
    """The words of a model, for a caller that waits: none where they are late."""
    thought = WORKER.submit(lambda: list(completer.get_completions(document, event)))
    try:
        return thought.result(PATIENCE_S)
    except (TooLate, CancelledError):
        return []


def _text(document: Document, completion: Completion) -> str:
    """What would stand before the cursor."""
    before = document.text_before_cursor
    return (before[: len(before) + completion.start_position] + completion.text).rstrip()


def _registries(app: Application[Any]) -> list[KeyBindingsBase]:
    """The list of all bindings that the application goes through, the last of them first.

    Bindings of its own cannot be exchanged: it remembers them once a key was pressed. The list it looks at anew.
    """
    bindings = app.key_bindings
    if not isinstance(getattr(bindings, "registries", None), list):
        bindings = app.key_bindings = merge_key_bindings([bindings] if bindings else [])
    registries: list[KeyBindingsBase] = getattr(bindings, "registries")  # noqa: B009 - of a class without a public name
    return registries
