"""IPython: `%load_ext lstm_complete`, then `%lstm`; `%unload_ext lstm_complete` leaves the shell as it was.

A kernel and `--simple-prompt` have no prompt where a ghost could be: there, Tab lists the model's words, as it does
wherever IPython's own completer is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from lstm_complete.integrations.guest import Guest, chosen_name, in_time, learn
from lstm_complete.integrations.menu import LSTMCompleter
from lstm_complete.integrations.model import hosted_model, shown_name
from lstm_complete.integrations.switch import SWITCH, VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from IPython.core.completer import CompletionContext, SimpleMatcherResult
    from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

    from lstm_complete.integrations.model import Model, Suggests

MAGIC = "lstm"
USAGE = "usage: %lstm [on | off | model [NAME] | why TEXT]"

_loaded: dict[InteractiveShell, Extension] = {}


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Begin to suggest in the shell."""
    if not _loaded:
        SWITCH.turn(on=True)  # whoever loads it again means it, whatever a key has said before
    if shell not in _loaded:
        _loaded[shell] = Extension(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Leave no trace."""
    extension = _loaded.pop(shell, None)
    if extension:
        extension.leave()


class Extension:
    """What is added to one shell."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        session: Any = getattr(shell, "pt_app", None)
        self._guest = Guest(session.app, session.default_buffer) if session else Promptless()
        shell.events.register("post_run_cell", self._learn)
        self._matcher = _matcher(lambda: self._guest.model)
        shell.Completer.custom_matchers.append(self._matcher)
        self._magics: dict[str, Any] = shell.magics_manager.magics["line"]
        self._magic_before = self._magics.get(MAGIC)
        self._magics[MAGIC] = self.lstm  # `register_magic_function` would leave a trace in another place

    def leave(self) -> None:
        """Take it all away."""
        self._magics.pop(MAGIC, None)
        if self._magic_before:
            self._magics[MAGIC] = self._magic_before
        matchers = self._shell.Completer.custom_matchers
        if self._matcher in matchers:
            matchers.remove(self._matcher)
        self._shell.events.unregister("post_run_cell", self._learn)
        self._guest.leave()

    def lstm(self, line: str) -> None:
        """Suggestions of lstm-complete.

        `%lstm` says what is on; `%lstm on`, `%lstm off`; `%lstm model NAME` asks another model; `%lstm why TEXT` says
        what speaks for what is suggested after TEXT (at the prompt, Alt-W does).
        """
        verb, _, argument = line.strip().partition(" ")
        name = argument.strip()
        if verb in {"on", "off"} and not name:
            SWITCH.turn(on=verb == "on")
        elif verb == "model" and name:
            self._guest.use(name)
        elif verb == "why" and argument:
            print("\n".join(self._guest.model.why(argument) or ["nothing is suggested there"]))  # noqa: T201
            return
        elif verb not in {"", "model"}:
            print(USAGE)  # noqa: T201 - a magic answers by printing
            return
        print(self._state())  # noqa: T201

    def _state(self) -> str:
        on = "on" if SWITCH else f"off, by {VARIABLE} in the environment" if SWITCH.held_off else "off"
        error = self._guest.model.error
        return f"lstm-complete is {on}; model {self._guest.name}" + (f": {error}" if error else "")

    def _learn(self, result: ExecutionResult) -> None:
        """A cell that was run, and is not merely wrong; IPython calls this for what its own machinery runs, too."""
        cell = result.info
        if cell is not None and cell.store_history and not cell.silent and result.error_before_exec is None:
            self._guest.learn(cell.raw_cell)


class Promptless:
    """What is a guest elsewhere, where there is no prompt to sit at.

    Attributes:
        name: The model that is asked.
        model: The same, open.
    """

    name: str
    model: Model

    def __init__(self) -> None:
        self.use(chosen_name())

    def use(self, model: str | Suggests) -> None:
        """Ask another model from now on."""
        self.name, self.model = shown_name(model), hosted_model(model)
        if SWITCH:
            self.model.expect()

    def learn(self, text: str) -> None:
        """Let what was run count from now on."""
        if SWITCH:
            learn(self.model, text)

    def leave(self) -> None:
        """There is nothing to take away."""


def _matcher(model: Callable[[], Model]) -> Callable[[CompletionContext], SimpleMatcherResult]:
    """The model's words for IPython's own completer. A prompt's menu, which has them already, shows each once."""
    from IPython.core.completer import SimpleCompletion, context_matcher  # noqa: PLC0415 - the host's own

    def match(context: CompletionContext) -> SimpleMatcherResult:
        before = _before_cursor(context)
        words = in_time(LSTMCompleter(model()), Document(before), CompleteEvent(completion_requested=True))
        texts = [before[: len(before) + word.start_position] + word.text for word in words]
        token = len(before) - len(context.token)  # what IPython takes for the word at the cursor
        return {
            "completions": [SimpleCompletion(text[token:], type=MAGIC) for text in texts],
            "ordered": True,
            "suppress": False,
            "do_not_suppress": set(),
            "matched_fragment": context.token,
        }

    mark: Any = context_matcher(identifier="lstm_complete", priority=1000)
    marked: Callable[[CompletionContext], SimpleMatcherResult] = mark(match)
    return marked


def _before_cursor(context: CompletionContext) -> str:
    """The text that is completed; asked about a text and a line, IPython counts the cursor from 0."""
    lines = context.full_text.split("\n")
    before = "\n".join([*lines[: context.cursor_line], lines[context.cursor_line][: context.cursor_position]])
    return before if before.endswith(context.token) else context.full_text
