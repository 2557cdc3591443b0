"""The keys that take ghost text, for prompt_toolkit."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prompt_toolkit.application.current import get_app
from prompt_toolkit.filters import Condition, emacs_insert_mode, emacs_mode, has_selection, vi_insert_mode
from prompt_toolkit.key_binding import KeyBindings

from lstm_complete.integrations.ghost import Ghost, giver_at
from lstm_complete.integrations.switch import SWITCH, Switch

if TYPE_CHECKING:
    from collections.abc import Callable

    from prompt_toolkit.filters import Filter
    from prompt_toolkit.key_binding import KeyPressEvent

Sequences = tuple[tuple[str, ...], ...]

# A word as a person counts them, with the space before it; a run of punctuation is one too.
NEXT_WORD = re.compile(r"\s*(?:\w+|[^\w\s]+)")
ZERO_WIDTH_JOINER = "\u200d"
SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))


@dataclass(frozen=True)
class GhostKeys:
    """Which keys do what, each as prompt_toolkit spells it ("escape", "f" is Alt-F); an empty tuple leaves one out.

    Only `toggle` and `tell` are bound all the time; the others only while a ghost shows and the cursor is at the end:
    everywhere else they keep their usual meaning. Alt with a letter that has none does nothing then, where
    prompt_toolkit would type the letter.
    """

    take_all: Sequences = (("right",), ("end",), ("c-e",), ("c-f",))
    take_word: Sequences = (("escape", "f"), ("c-right",))
    take_character: Sequences = (("escape", "right"),)
    next_candidate: Sequences = (("escape", "n"), ("c-down",))
    previous_candidate: Sequences = (("escape", "p"), ("c-up",))
    why: Sequences = (("escape", "w"),)
    forget: Sequences = (("escape", "k"), ("s-delete",))
    tell: Sequences = (("escape", "g"),)
    toggle: Sequences = (("escape", "s"),)


def key_bindings(keys: GhostKeys | None = None, *, switch: Switch = SWITCH) -> KeyBindings:
    """Bindings to give to a `PromptSession`, or to merge with others.

    Taking works on the ghost text of any auto suggester; the keys for other candidates need a `LSTMAutoSuggest`.

    Args:
        keys: Which keys; None for the defaults.
        switch: What the toggle turns off and on: the one given to the completer and the auto suggester.
    """
    bindings = KeyBindings()
    bind_without_a_ghost(bindings, keys or GhostKeys(), switch)
    bind_to_a_ghost(bindings, keys or GhostKeys())
    return bindings


def bind_without_a_ghost(bindings: KeyBindings, keys: GhostKeys, switch: Switch) -> None:
    """Bind what needs no ghost, and what keeps Alt from typing its letter: of these, others may make another use."""
    for sequences in (keys.next_candidate, keys.previous_candidate, keys.why, keys.forget):
        alt_keys = tuple(sequence for sequence in sequences if sequence[0] == "escape")
        _bind(bindings, alt_keys, _nothing, emacs_insert_mode & ~_our_ghost_shows & ~has_selection)
    _bind(bindings, keys.tell, _tell, _inserting)
    _bind(bindings, keys.toggle, _toggle(switch), _inserting)


def bind_to_a_ghost(bindings: KeyBindings, keys: GhostKeys) -> None:
    """Bind what is done with a ghost, while it shows."""
    _bind(bindings, keys.take_all, _take(lambda text: text), _ghost_shows & _inserting)
    _bind(bindings, keys.take_word, _take(first_word), _ghost_shows & _inserting)
    _bind(bindings, keys.take_character, _take(first_character), _ghost_shows & _inserting)
    for sequences, handler in (
        (keys.next_candidate, _other(1)),
        (keys.previous_candidate, _other(-1)),
        (keys.why, _why),
        (keys.forget, _forget),
    ):
        _bind(bindings, sequences, handler, _our_ghost_shows & ~has_selection & _inserting)


def prime() -> None:
    """Ask at a prompt in which nothing has been typed: `PromptSession.prompt(pre_run=prime)`."""
    get_app().current_buffer.insert_text("")


def first_word(text: str) -> str:
    """The first word with the spaces before it; all of `text` where it is nothing but space."""
    match = NEXT_WORD.match(text)
    return match.group() if match else text


def first_character(text: str) -> str:
    """The first character as a person sees it: with its accents, or all that is joined into one emoji."""
    end = 1
    while end < len(text) and _joins(text[end - 1], text[end]):
        end += 1
    return text[:end]


def _joins(left: str, right: str) -> bool:
    """Whether `right` is drawn as one with `left`: accents, variation selectors, skin tones, joined emoji."""
    return (
        unicodedata.category(right) in {"Mn", "Me", "Mc"} or right in SKIN_TONES or ZERO_WIDTH_JOINER in {left, right}
    )


@Condition
def _ghost_shows() -> bool:
    buffer = get_app().current_buffer
    return bool(buffer.suggestion and buffer.suggestion.text and buffer.document.is_cursor_at_the_end)


@Condition
def _ghost_is_ours() -> bool:
    return isinstance(get_app().current_buffer.suggestion, Ghost)


_our_ghost_shows = _ghost_shows & _ghost_is_ours
_inserting = emacs_insert_mode | vi_insert_mode


@Condition
def _alt_is_held() -> bool:
    """A terminal sends Alt-F as Escape and F at once; a lone Escape comes with nothing behind it."""
    processor = get_app().key_processor
    return bool(processor.input_queue) or len(processor.key_buffer) > 1


def _bind(
    bindings: KeyBindings, sequences: Sequences, handler: Callable[[KeyPressEvent], None], condition: Filter
) -> None:
    for sequence in sequences:
        # In vi mode Escape alone leaves insert mode: it must not wait for a letter that may follow.
        alone = condition & (emacs_mode | _alt_is_held) if sequence[0] == "escape" else condition
        bindings.add(*sequence, filter=alone)(handler)


def _take(part: Callable[[str], str]) -> Callable[[KeyPressEvent], None]:
    def handler(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.suggestion:
            buffer.insert_text(part(buffer.suggestion.text))

    return handler


def _other(step: int) -> Callable[[KeyPressEvent], None]:
    def handler(event: KeyPressEvent) -> None:
        ghost = event.current_buffer.suggestion
        if isinstance(ghost, Ghost):
            event.app.create_background_task(ghost.giver.show_other(event.current_buffer, step))

    return handler


def _tell(event: KeyPressEvent) -> None:
    giver = giver_at(event.current_buffer)
    if giver:
        event.app.create_background_task(giver.tell(event.current_buffer))


def _why(event: KeyPressEvent) -> None:
    ghost = event.current_buffer.suggestion
    if isinstance(ghost, Ghost):
        event.app.create_background_task(ghost.giver.explain(event.current_buffer))


def _forget(event: KeyPressEvent) -> None:
    ghost = event.current_buffer.suggestion
    if isinstance(ghost, Ghost):
        event.app.create_background_task(ghost.giver.forget(event.current_buffer, ghost))


def _nothing(_: KeyPressEvent) -> None:
    pass


def _toggle(switch: Switch) -> Callable[[KeyPressEvent], None]:
    def handler(event: KeyPressEvent) -> None:
        switch.toggle()
        buffer = event.current_buffer
        if switch:
            buffer.insert_text("")  # asks for menu and ghost again
        else:
            buffer.suggestion = None
            buffer.complete_state = None

    return handler
