"""The prompt behind `lstm-complete try`: menu, ghost text, and a line below that says what goes on."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.application.current import get_app
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import completion_is_selected, has_completions, has_focus
from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings
from prompt_toolkit.styles import Style

from lstm_complete.errors import SettingsError
from lstm_complete.integrations.ghost_looks import only_on_a_key
from lstm_complete.integrations.model import Suggests, open_model, percent, shown_name
from lstm_complete.integrations.prompt_toolkit import SWITCH, Ghost, LSTMAutoSuggest, LSTMCompleter, key_bindings, prime
from lstm_complete.integrations.switch import VARIABLE
from lstm_complete.integrations.worker import WORKER

if TYPE_CHECKING:
    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.key_binding import KeyBindingsBase, KeyPressEvent

# In the order in which a narrow terminal keeps them.
KEYS_FOR_A_GHOST = (("→", "all"), ("Alt-F", "word"), ("Alt-N", "other"), ("Alt-W", "why"), ("Alt-→", "letter"))

TELL = ("Alt-G", "tell")
TOGGLE = ("Alt-S", "off")
FORGET = ("Alt-K", "forget")

# Python hands over between threads every 5 ms; at a tenth of it, keys show up in half the time while the model thinks.
SWITCH_INTERVAL_S = 0.0005

# The menu has its own background, and the greys are as far from white as from black: both kinds of terminal will do.
STYLE = Style.from_dict(
    {
        "prompt": "bold #5f9ea0",
        "auto-suggestion": "#868686 italic",
        "completion-menu": "bg:#39424e #dfe5ec",
        "completion-menu.completion": "bg:#39424e #dfe5ec",
        "completion-menu.completion.current": "noreverse bg:#5f9ea0 #101418 bold",
        "completion-menu.meta.completion": "bg:#323a45 #a9b6c4",
        "completion-menu.meta.completion.current": "noreverse bg:#528b8d #101418",
        "scrollbar.background": "bg:#323a45",
        "scrollbar.button": "bg:#4a5562",
        "bottom-toolbar": "noreverse #868686",
        "bottom-toolbar model": "bold #5f9ea0",
        "bottom-toolbar key": "bold",
        "bottom-toolbar off": "#c08a3e",
        "bottom-toolbar error": "#c0504d",
    }
)


def run(name: str, *, multiline: bool = False) -> int:
    """Open the prompt on the model `name` until Ctrl-D.

    Args:
        name: A model in the store, or a path.
        multiline: Whether Enter starts a new line, and Alt-Enter (or Escape, Enter) ends the input.

    Returns:
        The exit code.

    Raises:
        SettingsError: Standard input or output is no terminal.
        UnknownModelError: No such model.
        ModelFormatError: The file is damaged, or no model.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise SettingsError(
            "the live prompt needs a terminal, but its input or output is a pipe or a file; "
            'use "lstm-complete suggest TEXT" there'
        )
    from lstm_complete.suggest import Suggester  # noqa: PLC0415 - numpy, and only for those who get this far

    sys.setswitchinterval(SWITCH_INTERVAL_S)
    return converse(shown_name(name), Suggester.load(name), multiline=multiline)


def converse(name: str, suggester: Suggests, *, multiline: bool = False) -> int:
    """Prompt again and again, and let `suggester` learn each line; returns the exit code after Ctrl-D."""
    session = live_session(name, suggester, multiline=multiline)
    model = open_model(suggester)
    while True:
        try:
            line = session.prompt(pre_run=prime)
        except EOFError:
            return 0
        except KeyboardInterrupt:  # a signal from elsewhere: the key itself is bound
            continue
        if line.strip():
            # In the worker: the next prompt is there at once, and its first suggestion comes after this.
            WORKER.submit(partial(model.learn, line))


def live_session(name: str, suggester: Suggests, *, multiline: bool = False) -> PromptSession[str]:
    """The session of the live prompt; `name` is for show."""
    auto_suggest = LSTMAutoSuggest(suggester)
    return PromptSession(
        "> ",
        completer=LSTMCompleter(suggester),
        auto_suggest=auto_suggest,
        complete_while_typing=True,
        key_bindings=merge_key_bindings([key_bindings(), _own_keys()]),
        bottom_toolbar=lambda: toolbar(name, auto_suggest, multiline=multiline),
        style=STYLE,
        multiline=multiline,
        prompt_continuation="· ",
        reserve_space_for_menu=6,
    )


def toolbar(name: str, auto_suggest: LSTMAutoSuggest, *, multiline: bool = False) -> StyleAndTextTuples:
    """The model, how long the last suggestion took, how sure the ghost is, and the keys."""
    buffer = get_app().current_buffer
    ghost = buffer.suggestion
    model = auto_suggest.model
    if SWITCH.held_off:
        state, keys = ("class:off", f"off: {VARIABLE}={os.environ[VARIABLE]}"), []
    elif not SWITCH:
        state, keys = ("class:off", "off"), [("Alt-S", "on")]
    elif model.error:
        state, keys = ("class:error", str(model.error)), []
    elif auto_suggest.told and auto_suggest.told[0] == buffer.text:
        state, keys = ("", auto_suggest.told[1]), [TOGGLE]
    elif isinstance(ghost, Ghost):
        state, keys = (
            ("", f"{model.milliseconds:.1f} ms {percent(ghost.probability):>4}"),
            [*KEYS_FOR_A_GHOST, TOGGLE, FORGET],
        )
    else:
        state, keys = ("", f"{model.milliseconds:.1f} ms     "), [TELL, TOGGLE] if only_on_a_key() else [TOGGLE]
    submit = [("Alt-Enter", "enter")] if multiline else []
    head: StyleAndTextTuples = [("class:model", f" {name}"), ("", "  "), state, ("", "  ")]
    room = get_app().output.get_size().columns - sum(len(part[1]) for part in head)
    return [*head, *_keys([*submit, ("Ctrl-D", "quit"), *keys], room)]


def _keys(keys: list[tuple[str, str]], room: int) -> StyleAndTextTuples:
    """As many of the keys as there is room for."""
    shown: StyleAndTextTuples = []
    for key, meaning in keys:
        room -= len(key) + len(meaning) + len("   ")
        if room >= 0:
            shown += [("class:key", f" {key}"), ("", f" {meaning} ")]
    return shown


def _own_keys() -> KeyBindingsBase:
    bindings = KeyBindings()

    @bindings.add("c-c", filter=has_focus(DEFAULT_BUFFER))
    def clear_the_line(event: KeyPressEvent) -> None:
        event.current_buffer.reset()
        prime()

    @bindings.add("up", filter=has_completions & ~completion_is_selected)
    def recall_history(event: KeyPressEvent) -> None:
        """The menu is nearly always open: Down goes into it, and Up still leads to the lines before."""
        event.current_buffer.complete_state = None
        event.current_buffer.auto_up(count=event.arg)

    return bindings
