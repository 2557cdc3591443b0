"""A finished training in figures: what the held-out text says of it, samples side by side, and its curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prompt_toolkit.utils import get_cwidth

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

_TOKEN_WIDTH = 24
_CURVE_WIDTH = 60
_CURVE_HEIGHT = 12
_TRAINING_MARK, _VALIDATION_MARK, _BOTH_MARK = ".", "o", "8"
_VISIBLE = str.maketrans({" ": "·", "\n": "⏎", "\t": "⇥", "\r": "␍"})
_ENDINGS = {
    "budget": "the time was used up",
    "epochs": "all epochs were done",
    "early": "the validation loss had stopped falling",
    "interrupted": "it was interrupted; the best so far is kept",
}


def final_figures(report: Mapping[str, Any]) -> str:
    """The figures on held-out text, in two lines.

    Args:
        report: The "report" of a model's metadata.
    """
    held_out = report["held_out"]
    alone = [
        f"{name} alone {held_out[key]:.3f}"
        for name, key in (("LSTM", "lstm_bits_per_character"), ("recall", "recall_bits_per_character"))
        if held_out.get(key) is not None
    ]
    beside = f" ({', '.join(alone)})" if alone else ""
    return (
        f"Trained {report['parameters']:,} parameters on {report['characters']:,} characters in "
        f"{report['seconds']:.0f} s; {_ENDINGS[report['stopped']]}.\n"
        f"On {held_out['characters']:,} characters kept back: {held_out['bits_per_character']:.3f} bits a character"
        f"{beside}, cross-entropy {held_out['cross_entropy']:.3f} nats a token, "
        f"perplexity {held_out['perplexity']:.1f}, {held_out['accuracy']:.1%} of the next tokens right by the LSTM."
    )


def samples_table(samples: Sequence[Mapping[str, Sequence[str]]]) -> str:
    """Inputs, targets and predictions side by side, a row for every step.

    Args:
        samples: The "samples" of a report. A space is shown as `·`, the end of a line as `⏎`.
    """
    rows: list[tuple[str, ...]] = [("input", "target", "prediction", "")]
    for sample in samples:
        steps = zip(sample["input"], sample["target"], sample["prediction"], strict=True)
        rows += [(*map(_visible, step), "right" if step[1] == step[2] else "") for step in steps]
        rows.append(("",) * 4)
    widths = [max(get_cwidth(row[column]) for row in rows) for column in range(4)]
    lines = ("  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(lines).rstrip()


def curve_text(curve: Sequence[Mapping[str, float | None]], width: int = _CURVE_WIDTH) -> str:
    """Training and validation loss over time, drawn with characters.

    Args:
        curve: The "curve" of a report.
        width: Columns of the drawing, its axis not counted.
    """
    points = [
        (point["seconds"] or 0.0, loss, mark)
        for point in curve
        for loss, mark in ((point["training_loss"], _TRAINING_MARK), (point["validation_loss"], _VALIDATION_MARK))
        if loss is not None
    ]
    if not points:
        return "No loss was recorded."
    last = max(seconds for seconds, _, _ in points) or 1.0
    low, high = min(loss for _, loss, _ in points), max(loss for _, loss, _ in points)
    grid = [[" "] * width for _ in range(_CURVE_HEIGHT)]
    for seconds, loss, mark in points:
        row = round((high - loss) / ((high - low) or 1.0) * (_CURVE_HEIGHT - 1))
        column = round(seconds / last * (width - 1))
        grid[row][column] = mark if grid[row][column] in (" ", mark) else _BOTH_MARK
    labels = {0: f"{high:.2f}", _CURVE_HEIGHT - 1: f"{low:.2f}"}
    lines = [f"{labels.get(number, ''):>7} |{''.join(row).rstrip()}" for number, row in enumerate(grid)]
    end = f"{last:.0f} s"
    return "\n".join(
        [
            f"loss in nats a token: {_TRAINING_MARK} training  {_VALIDATION_MARK} validation  {_BOTH_MARK} both",
            *lines,
            f"{'':7} +{'-' * width}",
            f"{'':9}0{end:>{width - 1}}",
        ]
    )


def draw_curve(axes: Axes, name: str, report: Mapping[str, Any]) -> None:
    """Draw training against validation loss.

    Args:
        axes: Where to draw.
        name: The model's name, for the title.
        report: The "report" of its metadata.
    """
    for key, label in (("training_loss", "training"), ("validation_loss", "validation")):
        points = [(point["seconds"], point[key]) for point in report["curve"] if point[key] is not None]
        axes.plot([seconds for seconds, _ in points], [loss for _, loss in points], marker=".", label=label)
    axes.set_xlabel("seconds")
    axes.set_ylabel("loss, nats a token")
    axes.set_title(f"{name}: {report['held_out']['bits_per_character']:.3f} bits a character on held-out text")
    axes.grid(alpha=0.3)
    axes.legend()


def _visible(token: str) -> str:
    shown = token.translate(_VISIBLE)
    shown = "".join(character if character.isprintable() else "?" for character in shown)
    return shown if len(shown) <= _TOKEN_WIDTH else shown[: _TOKEN_WIDTH - 1] + "…"


def _padded(text: str, width: int) -> str:
    return text + " " * (width - get_cwidth(text))
