"""How the ghost is told from the text: by its colour, by a mark, or in words and only when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from prompt_toolkit.layout.controls import BufferControl
from prompt_toolkit.layout.processors import Processor, Transformation

from lstm_complete.integrations.environment import setting

if TYPE_CHECKING:
    from prompt_toolkit.application import Application
    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.layout.processors import TransformationInput

VARIABLE = "LSTM_COMPLETE_GHOST"
MARK = "·"

# What prompt_toolkit and its hosts draw ghosts in.
_STYLE = "class:auto-suggestion"


def looks() -> str:
    """As LSTM_COMPLETE_GHOST says, "colour", "mark" or "key"; "mark" where it says nothing and NO_COLOR is set.

    Read at each drawing, so a host may change it under way.
    """
    chosen = setting(VARIABLE).lower()
    if chosen in {"mark", "key"}:
        return chosen
    return "mark" if not chosen and setting("NO_COLOR") else "colour"


def only_on_a_key() -> bool:
    """Whether nothing may appear by itself: a screen reader would speak it between the letters."""
    return looks() == "key"


class _Mark(Processor):
    """Draws what stands in the ghost's colour in that of the text, behind a mark."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """Mark the ghost at the end of a line, if there is one and it is to be marked."""
        fragments = transformation_input.fragments
        if looks() == "colour":
            return Transformation(fragments)
        return Transformation(
            [("", MARK + part[1]) if _STYLE in part[0] and part[1] else part for part in fragments],
        )


def draw_marks(app: Application[Any], buffer: Buffer) -> None:
    """Let the ghosts of a buffer that `app` shows be marked where the user asks for it."""
    lists = _MARKED[buffer] = []
    for control in app.layout.find_all_controls():
        processors = (
            control.input_processors if isinstance(control, BufferControl) and control.buffer is buffer else None
        )
        if isinstance(processors, list) and _MARK not in processors:
            processors.append(_MARK)
            lists.append(processors)


def erase_marks(buffer: Buffer) -> None:
    """Take back what `draw_marks` did."""
    for processors in _MARKED.pop(buffer, []):
        processors.remove(_MARK)


_MARK = _Mark()
_MARKED: WeakKeyDictionary[Buffer, list[list[Processor]]] = WeakKeyDictionary()
