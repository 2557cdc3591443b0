"""The menu of words, for prompt_toolkit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prompt_toolkit.application.current import get_app
from prompt_toolkit.completion import CompleteEvent, Completer, Completion

from lstm_complete.integrations.ghost_looks import only_on_a_key
from lstm_complete.integrations.model import Model, Suggests, open_model, percent
from lstm_complete.integrations.switch import SWITCH, Switch
from lstm_complete.integrations.worker import always, ask
from lstm_complete.settings import SuggestSettings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator
    from pathlib import Path

    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.document import Document


class LSTMCompleter(Completer):
    """The words that may stand at the cursor, with the probability of each beside it.

    `get_completions` answers at once, in the thread of its caller. `get_completions_async`, which prompt_toolkit
    prefers, thinks in a thread of our own and gives up once the text has moved on, so it needs no
    `ThreadedCompleter` (Enter would wait for that one) and no `complete_in_thread`.

    Args:
        model: A name in the store, a path, or a `Suggester`. A name is looked up now, and its
            file read soon after, once the prompt is there.
        limit: Most words in the menu; None for those that are worth reading, and where the menu is asked for by a key
            for as many as the settings say.
        switch: What turns it off.

    Raises:
        UnknownModelError: No model of that name.
    """

    def __init__(
        self, model: str | Path | Suggests | Model = "default", *, limit: int | None = None, switch: Switch = SWITCH
    ) -> None:
        self.model = open_model(model)
        self.limit = limit
        self.switch = switch
        if switch:
            self.model.expect()

    def get_completions(
        self,
        document: Document,
        complete_event: CompleteEvent,
    ) -> Iterator[Completion]:
        """The words for the text before the cursor, best first, at once."""
        if self._offers_at(document, complete_event):
            yield from self._completions(document.text_before_cursor, complete_event)

    async def get_completions_async(
        self,
        document: Document,
        complete_event: CompleteEvent,
    ) -> AsyncGenerator[Completion, None]:
        """The same words, while keys go on being handled; none once the text has moved on."""
        if not self._offers_at(document, complete_event):
            return
        text = document.text_before_cursor
        for completion in await ask(lambda: self._completions(text, complete_event), while_text_is(text)) or []:
            yield completion

    def _offers_at(self, document: Document, event: CompleteEvent) -> bool:
        """Not in the middle of a word: what stands behind the cursor would be there twice."""
        unasked = event.text_inserted and only_on_a_key()
        return bool(self.switch) and not unasked and not document.current_char.isalnum()

    def _completions(self, text: str, event: CompleteEvent) -> list[Completion]:
        limit = SuggestSettings().limit if self.limit is None and event.completion_requested else self.limit
        words = self.model.words(text, limit)
        return [
            Completion(
                text=words.partial_word + offer.text,
                start_position=-len(words.partial_word),
                display=(words.partial_word + offer.text).strip(),
                display_meta=percent(offer.probability),
            )
            for offer in words.offers
        ]


def while_text_is(text: str, buffer: Buffer | None = None) -> Callable[[], bool]:
    """Whether `text` still is what stands before the cursor, as a question to ask again and again, from any thread.

    Args:
        text: What was there when the work was asked for.
        buffer: Where to look; None for the one that has the focus.

    Returns:
        The question; `always` where the text is not the buffer's even now (a host that completes for another one).
    """
    buffer = buffer or get_app().current_buffer

    def is_so() -> bool:
        try:
            return buffer.text[: buffer.cursor_position] == text
        except IndexError:  # the buffer is being emptied in another thread
            return False

    return is_so if is_so() else always
