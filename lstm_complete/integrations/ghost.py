"""The phrase in grey behind the cursor, for prompt_toolkit."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.application.current import get_app
from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion

from lstm_complete.integrations.ghost_looks import draw_marks, erase_marks, only_on_a_key
from lstm_complete.integrations.menu import while_text_is
from lstm_complete.integrations.model import Model, Phrase, Suggests, open_model, percent
from lstm_complete.integrations.switch import SWITCH, Switch
from lstm_complete.integrations.worker import ask
from lstm_complete.settings import CANDIDATES

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

    from prompt_toolkit.application import Application
    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.document import Document

    from lstm_complete.integrations.model import Forgetting


class Ghost(Suggestion):
    """Ghost text that knows where it belongs.

    Attributes:
        text: What is shown, and inserted when taken.
        before: The text that it continues.
        probability: That its first word comes next, when it was found.
        rank: 0 for the best phrase, 1 for the next ...: more than 0 only where the user asked for another.
        giver: Who knows the others.
    """

    def __init__(self, text: str, before: str, probability: float, rank: int, giver: LSTMAutoSuggest) -> None:
        super().__init__(text)
        self.before = before
        self.probability = probability
        self.rank = rank
        self.giver = giver

    def after(self, text: str) -> Ghost | None:
        """What is left of it behind `text`, or None where the letters typed say something else."""
        whole = self.before + self.text
        if len(self.before) <= len(text) < len(whole) and whole.startswith(text):
            return Ghost(whole[len(text) :], text, self.probability, self.rank, self.giver)
        return None


class LSTMAutoSuggest(AutoSuggest):
    """The phrase that probably comes next, shown where the cursor stands at the end of the text.

    `get_suggestion` answers at once, in the thread of its caller. `get_suggestion_async` thinks in a thread of our
    own and gives up once the text has moved on.

    prompt_toolkit takes a ghost away at every change of the text and asks for another after insertions only. From its
    first question on, a buffer is watched here: letters that agree with the ghost leave the rest of it standing,
    without a flicker, while a new one is looked for behind it; and after a deletion or a choice from the menu a new
    one is asked for as well.

    Args:
        model: A name in the store, a path, or a `Suggester`. A name is looked up now, and its
            file read soon after, once the prompt is there.
        switch: What turns it off.

    Attributes:
        told: The text at which something was last done that can be said in words, and these.

    Raises:
        UnknownModelError: No model of that name.
    """

    def __init__(self, model: str | Path | Suggests | Model = "default", *, switch: Switch = SWITCH) -> None:
        self.model = open_model(model)
        self.switch = switch
        if switch:
            self.model.expect()
        self.told: tuple[str, str] | None = None
        self._last: WeakKeyDictionary[Buffer, Ghost | None] = WeakKeyDictionary()

    def get_suggestion(self, buffer: Buffer, document: Document) -> Ghost | None:  # noqa: ARG002 - the text is enough
        """The phrase after `document`, at once; None where nothing is likely enough."""
        if not self._suggests_at(document):
            return None
        return self._ghost(document.text, self.model.ghost(document.text))

    async def get_suggestion_async(self, buff: Buffer, document: Document) -> Ghost | None:
        """The same phrase, while keys go on being handled; None once the text has moved on."""
        self.watch(buff)
        if not self._suggests_at(document):
            return None
        text = document.text
        wanted = while_text_is(text, buff)
        ghost = self._ghost(text, await ask(lambda: self.model.ghost(text), wanted))
        if wanted():
            self._last[buff] = ghost
        return ghost

    async def show_other(self, buffer: Buffer, step: int) -> None:
        """Replace the ghost in `buffer` by the one `step` places further down the list of candidates."""
        text = buffer.text
        wanted = while_text_is(text, buffer)
        phrases = await ask(lambda: self.model.ghosts(text, CANDIDATES), wanted)
        shown = buffer.suggestion
        if not phrases or not wanted() or not isinstance(shown, Ghost):
            return
        rank = (shown.rank + step) % len(phrases)
        self.show(buffer, self._ghost(text, phrases[rank], rank))

    async def tell(self, buffer: Buffer) -> None:
        """Print the text and its ghost above the prompt, where a screen reader speaks them; then show it."""
        text = buffer.text
        phrase = await ask(lambda: self.model.ghost(text), while_text_is(text, buffer)) if self.switch else None
        ghost = self._ghost(text, phrase)
        if buffer.text != text:
            return
        line = text[text.rfind("\n") + 1 :]
        words = f"{line}{ghost.text}, {percent(ghost.probability)}" if ghost else "no suggestion"
        await run_in_terminal(lambda: print(words))  # noqa: T201 - to be spoken
        if ghost and buffer.text == text:
            self.show(buffer, ghost)

    async def explain(self, buffer: Buffer) -> None:
        """Print above the prompt what speaks for the ghost that shows."""
        text, shown = buffer.text, buffer.suggestion
        if shown:
            lines = await ask(lambda: self.model.why(text, shown.text), while_text_is(text, buffer))
            if buffer.text == text:
                await run_in_terminal(lambda: print(*(lines or ["nothing is known about it"]), sep="\n"))  # noqa: T201

    def forget(self, buffer: Buffer, shown: Ghost) -> Coroutine[Any, Any, None]:
        """Let the line that a ghost makes of the text be said no more: gone at once, and then out of the file.

        It happens whether the end of it is awaited or not.
        """
        self._last[buffer] = None
        self.show(buffer, None)
        buffer.complete_state = None  # the menu may begin with it
        line = (buffer.text + shown.text).rpartition("\n")[2]
        return self._after(self.model.forget(line), buffer, buffer.text)

    async def _after(self, forgetting: Forgetting, buffer: Buffer, text: str) -> None:
        if forgetting.blocked is None:
            return
        await asyncio.shield(asyncio.wrap_future(forgetting.blocked))
        if buffer.text == text:
            buffer.insert_text("")  # asks for menu and ghost again
        if forgetting.kept is None:
            return
        try:
            await asyncio.shield(asyncio.wrap_future(forgetting.kept))
        except Exception as error:  # noqa: BLE001 - told where errors are; it is blocked all the same
            self.model.report(error)
        else:
            self.told = (text, "forgotten, in the file too")
        get_app().invalidate()

    def watch(self, buffer: Buffer, app: Application[Any] | None = None) -> None:
        """Follow what becomes of a buffer, from now on, which `app` shows (None: the one that runs)."""
        if buffer not in self._last:
            self._last[buffer] = None
            _GIVERS[buffer] = self
            buffer.on_text_changed += self._text_changed
            buffer.on_cursor_position_changed += self._keep
            draw_marks(app or get_app(), buffer)

    def leave(self, buffer: Buffer) -> None:
        """Follow it no more, and leave it as it was before."""
        if self._last.pop(buffer, buffer) is not buffer:
            buffer.on_text_changed -= self._text_changed
            buffer.on_cursor_position_changed -= self._keep
            erase_marks(buffer)
            _GIVERS.pop(buffer, None)
        if isinstance(buffer.suggestion, Ghost):
            buffer.suggestion = None

    def standing(self, buffer: Buffer) -> Ghost | None:
        """What is left of the last ghost behind the text as it is now."""
        last = self._last.get(buffer)
        return last.after(buffer.text) if last and self._suggests_at(buffer.document) else None

    def _suggests_at(self, document: Document) -> bool:
        return bool(self.switch) and document.is_cursor_at_the_end and not only_on_a_key()

    def _ghost(self, before: str, phrase: Phrase | None, rank: int = 0) -> Ghost | None:
        return Ghost(phrase.text, before, phrase.probability, rank, self) if phrase else None

    def _text_changed(self, buffer: Buffer) -> None:
        """Keep what still fits of the last ghost, now, before the screen is drawn; and ask for the next one."""
        app = get_app()
        if not app.is_running or buffer.auto_suggest is None or not self._suggests_at(buffer.document):
            return
        self._keep(buffer)
        last = self._last.get(buffer)
        if buffer.suggestion is None or last is None or last.rank == 0:  # what the user chose stays while it fits
            app.create_background_task(self._renew(buffer))

    def _keep(self, buffer: Buffer) -> None:
        """Leave standing what still fits, also where the host takes a ghost away when the cursor moves (IPython)."""
        standing = self.standing(buffer)
        if standing:
            buffer.suggestion = standing

    async def _renew(self, buffer: Buffer) -> None:
        document = buffer.document
        if buffer.auto_suggest is None:
            return
        # Through the buffer, which by now may have been given another one.
        ghost = await buffer.auto_suggest.get_suggestion_async(buffer, document)
        shown = buffer.suggestion
        if buffer.document == document and not (isinstance(shown, Ghost) and shown.rank):
            self.show(buffer, ghost)

    def show(self, buffer: Buffer, ghost: Suggestion | None) -> None:
        """Let this be the ghost in `buffer`, ours or not."""
        if isinstance(ghost, Ghost):
            self._last[buffer] = ghost
        before = buffer.suggestion
        buffer.suggestion = ghost
        if (before and before.text) != (ghost and ghost.text):
            buffer.on_suggestion_set.fire()


def giver_at(buffer: Buffer) -> LSTMAutoSuggest | None:
    """Whose ghosts a buffer gets, if they are ours."""
    return _GIVERS.get(buffer)


_GIVERS: WeakKeyDictionary[Buffer, LSTMAutoSuggest] = WeakKeyDictionary()
