"""Real keys into a real PromptSession, waiting for what they bring about, never for time to pass."""

from __future__ import annotations

import asyncio
import contextlib

from patience import PATIENCE_S
from prompt_toolkit import PromptSession
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from lstm_complete.integrations.prompt_toolkit import LSTMAutoSuggest, LSTMCompleter, Switch, key_bindings, prime


class Typist:
    """A person at a prompt.

    Attributes:
        frames: What the ghost was, with its text, after each key and at each drawing of the screen.
    """

    def __init__(self, keyboard, session):
        self.keyboard, self.session = keyboard, session
        self.app, self.buffer = session.app, session.default_buffer
        self.frames = []
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self.app.after_render += self._look
        self.app.key_processor.after_key_press += self._look

    @property
    def ghost(self):
        return self.buffer.suggestion.text if self.buffer.suggestion else ""

    @property
    def menu(self):
        state = self.buffer.complete_state
        return [completion.text for completion in state.completions] if state else []

    def press(self, keys):
        self.keyboard.send_text(keys)

    def look_again(self):
        """Called by the model, in its thread, when it is asked."""
        with contextlib.suppress(RuntimeError):  # it is the end of the evening
            self._loop.call_soon_threadsafe(self._changed.set)

    async def until(self, condition):
        """Wait until what is on the screen, or what the model was asked, meets `condition`."""

        async def look():
            while not condition():
                self._changed.clear()
                await self._changed.wait()

        await asyncio.wait_for(look(), PATIENCE_S)

    async def type(self, keys):
        """Press `keys` and wait until they are in the text."""
        expected = self.buffer.text + keys
        self.press(keys)
        await self.until(lambda: self.buffer.text == expected)

    async def enter(self):
        self.press("\r")
        await self.until(lambda: self.app.is_done)

    def _look(self, _):
        self.frames.append((self.buffer.text, self.ghost))
        self._changed.set()


def at_a_prompt(scenario, model, *, keys=None, **options):
    """Run `scenario(typist)` at a prompt on `model`; returns the line that was entered, "" where none was."""

    async def evening():
        switch = Switch()
        with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=DummyOutput()):
            session = PromptSession(
                completer=LSTMCompleter(model, switch=switch),
                auto_suggest=LSTMAutoSuggest(model, switch=switch),
                key_bindings=key_bindings(keys, switch=switch),
                complete_while_typing=True,
                **options,
            )
            prompt = asyncio.create_task(session.prompt_async(pre_run=prime))
            typist = Typist(keyboard, session)
            if hasattr(model, "when_asked"):
                model.when_asked = typist.look_again
            await typist.until(lambda: session.app.is_running)
            await scenario(typist)
            if not session.app.is_done:
                session.app.exit(result="")
            return await asyncio.wait_for(prompt, PATIENCE_S)

    return asyncio.run(evening())
