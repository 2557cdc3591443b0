"""A training as it is seen while it runs: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from prompt_toolkit.output.defaults import create_output
from prompt_toolkit.shortcuts import ProgressBar
from prompt_toolkit.shortcuts.progress_bar import formatters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prompt_toolkit.formatted_text import AnyFormattedText
    from prompt_toolkit.input import Input
    from prompt_toolkit.layout.dimension import AnyDimension
    from prompt_toolkit.output import Output
    from prompt_toolkit.shortcuts.progress_bar import ProgressBarCounter

    from lstm_complete.training.trainer import Progress

_BAR_STEPS = 1000
_PLAIN_STEPS = 20  # lines for each phase, however long it takes


def clock(seconds: float) -> str:
    """Seconds as minutes and seconds: `1:05`, `1:02:05`."""
    minutes, rest = divmod(round(max(seconds, 0.0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def figures(progress: Progress) -> str:
    """The figures of a moment: time left, training and validation loss, next tokens right."""
    parts = [f"{clock(progress.seconds_left)} left"] if math.isfinite(progress.seconds_left) else []
    losses = (("loss", progress.training_loss), ("validation", progress.validation_loss))
    known = [f"{name} {value:.3f}" for name, value in losses if value is not None]
    if known:
        parts.append(", ".join(known))
    if progress.accuracy is not None:
        parts.append(f"{progress.accuracy:.1%} right")
    return "  ".join(parts)


def no_progress(progress: Progress) -> None:
    """Show nothing."""


@contextmanager
def live_progress(stream: TextIO, *, bar: bool) -> Iterator[Callable[[Progress], None]]:
    """Show a training on a stream; the value is what `train` takes as `on_progress`.

    Args:
        stream: Where to show it.
        bar: Whether to draw a bar; the stream and standard input are terminals then. Ctrl-C stays Ctrl-C.
    """
    if bar:
        with progress_bar(create_output(stream)) as show:
            yield show
    else:
        yield _PlainLines(stream)


class _PlainLines:
    """A line for every twentieth of a phase."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown: tuple[str, int] | None = None

    def __call__(self, progress: Progress) -> None:
        step = (progress.phase, int(progress.fraction * _PLAIN_STEPS))
        if step != self._shown:
            self._shown = step
            self._stream.write(f"{progress.phase:10}  {progress.fraction:4.0%}  {figures(progress)}\n")
            self._stream.flush()


class _Figures(formatters.Formatter):
    """The figures beside the bar."""

    text = ""

    def format(self, progress_bar: ProgressBar, progress: ProgressBarCounter[object], width: int) -> AnyFormattedText:  # noqa: ARG002
        return self.text

    def get_width(self, progress_bar: ProgressBar) -> AnyDimension:  # noqa: ARG002
        return max(len(self.text), 1)


@contextmanager
def progress_bar(output: Output, terminal: Input | None = None) -> Iterator[Callable[[Progress], None]]:
    """prompt_toolkit's progress bar, with a training's figures.

    Args:
        output: The terminal to draw on.
        terminal: Where Ctrl-C is typed; None for standard input.
    """
    beside = _Figures()
    space = formatters.Text(" ")
    parts = [formatters.Label(), space, formatters.Bar(), space, formatters.Percentage(), space, space, beside]
    with ProgressBar(formatters=parts, output=output, input=terminal) as shown:
        counter: ProgressBarCounter[object] = shown(total=_BAR_STEPS)

        def show(progress: Progress) -> None:
            counter.label = f"{progress.phase:10}"
            counter.items_completed = round(progress.fraction * _BAR_STEPS)
            beside.text = figures(progress)
            shown.invalidate()

        yield show
        counter.stopped = True
