"""The report card as a bar chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstm_complete.evaluate.replay import WAYS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lstm_complete.evaluate.card import ReportCard

_BAR_HEIGHT = 0.25


def bar_chart(axes: Axes, card: ReportCard) -> None:
    """Draw the share of keys saved by each contestant, each way.

    Args:
        axes: Where to draw.
        card: What to draw; the model's bars come on top.
    """
    for offset, way in enumerate(WAYS):
        heights = [getattr(row, way) for row in card.rows]
        places = [place + (offset - 1) * _BAR_HEIGHT for place in range(len(card.rows))]
        bars = axes.barh(places, heights, height=_BAR_HEIGHT, label=way)
        axes.bar_label(bars, fmt="%.1f", padding=2, fontsize="small")
    axes.set_yticks(range(len(card.rows)), [row.name for row in card.rows])
    axes.invert_yaxis()
    axes.set_xlabel("keys saved, %")
    axes.set_title(f"{card.characters:,} characters of held-out text")
    axes.legend()
