"""The report card: a model beside what a person has without it, as a table, as JSON, and in one plain sentence."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from lstm_complete.evaluate.replay import RANKS, Contestant, Score, replay
from lstm_complete.settings import SuggestSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lstm_complete.evaluate.replay import Case

_COLUMNS = ("", "menu", "ghost", "both", *(f"right@{rank}" for rank in RANKS), "ghost right", "p50", "p95", "p99 ms")
_NEVER_OFFERED = "-"
_NOISE = 1.0  # percent of the keys: what the choice of 150 cases alone may change


@dataclass(frozen=True)
class Row:
    """One contestant's figures: percent, milliseconds a key, and how often there was a menu, and a ghost, at all."""

    name: str
    menu: float
    ghost: float
    both: float
    right_at: dict[int, float]
    ghost_precision: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    menus_shown: int
    ghosts_shown: int

    @classmethod
    def of(cls, name: str, score: Score) -> Row:
        """The figures of a replay."""
        return cls(
            name=name,
            menu=round(score.saved("menu"), 1),
            ghost=round(score.saved("ghost"), 1),
            both=round(score.saved("both"), 1),
            right_at={rank: round(score.right_at(rank), 1) for rank in RANKS},
            ghost_precision=round(score.ghost_precision(), 1),
            p50_ms=round(score.milliseconds(0.50), 2),
            p95_ms=round(score.milliseconds(0.95), 2),
            p99_ms=round(score.milliseconds(0.99), 2),
            menus_shown=score.menus_shown,
            ghosts_shown=score.ghosts_shown,
        )

    def cells(self) -> list[str]:
        """The row as it is printed."""
        menu, *right_at = (_share(share, self.menus_shown) for share in (self.menu, *self.right_at.values()))
        ghost, ghost_right = (_share(share, self.ghosts_shown) for share in (self.ghost, self.ghost_precision))
        both = _share(self.both, self.menus_shown + self.ghosts_shown)
        times = (f"{time:.1f}" for time in (self.p50_ms, self.p95_ms, self.p99_ms))
        return [self.name, menu, ghost, both, *right_at, ghost_right, *times]


@dataclass(frozen=True)
class Reliability:
    """Ghosts that said they were about this likely, and how often their first word was right (shares of 1)."""

    stated: float
    right: float
    shown: int


@dataclass(frozen=True)
class ReportCard:
    """All of it; the first row is the model's.

    Attributes:
        bits_per_character: Of the model on the held-out text; lower is better.
    """

    cases: int
    characters: int
    rows: tuple[Row, ...]
    reliability: tuple[Reliability, ...]
    bits_per_character: float | None

    def as_json(self) -> dict[str, Any]:
        """The card as plain values."""
        return {**asdict(self), "verdict": self.verdict()}

    def verdict(self) -> str:
        """Whether the model is worth having on this text."""
        model, *others = self.rows
        if not others:
            return f"{model.name} saves {model.both:.1f} % of the keys."
        best = max(others, key=lambda row: row.both)
        if abs(best.both - model.both) < _NOISE:
            return (
                f"On this text {model.name} and {best.name} are level: {model.both:.1f} % and {best.both:.1f} % "
                "of the keys saved."
            )
        if best.both > model.both:
            return (
                f"On this text {best.name} saves more keys than {model.name} does: {best.both:.1f} % against "
                f"{model.both:.1f} %. Train for longer, or on more text."
            )
        return (
            f"{model.name} saves {model.both:.1f} % of the keys; the best alternative, {best.name}, {best.both:.1f} %."
        )

    def as_text(self) -> str:
        """The whole card."""
        bits = f" {self.bits_per_character:.3f} bits a character." if self.bits_per_character is not None else ""
        parts = [
            f"{self.characters:,} characters of held-out text in {self.cases} cases.{bits}",
            "Keys saved (menu, ghost, both), next word right, first word of the ghost right, in percent:\n"
            + self.rows_as_text(),
        ]
        if self.reliability:
            lines = [(f"{level.stated:.0%}", f"{level.right:.0%}", f"{level.shown:,}") for level in self.reliability]
            parts.append(
                "What the ghost says of its first word, and how often that is right:\n"
                + _table([("says", "is right", "shown"), *lines])
            )
        return "\n\n".join([*parts, self.verdict()])

    def rows_as_text(self) -> str:
        """The table of the contestants."""
        return _table([_COLUMNS, *(row.cells() for row in self.rows)])

    def as_short_text(self) -> str:
        """The sentence that a training ends with."""
        model = self.rows[0]
        return (
            f"Typing {self.characters:,} characters of it again: {self.verdict()}\n"
            f"menu {model.menu:.1f} %, ghost {model.ghost:.1f} %, next word right {model.right_at[1]:.1f} % "
            f"(among five: {model.right_at[5]:.1f} %), {model.p50_ms:.1f} ms a key. "
            "`lstm-complete evaluate` prints the whole report card."
        )


def report_card(
    contestants: Mapping[str, Contestant],
    cases: Sequence[Case],
    *,
    bits_per_character: float | None = None,
    limit: int = SuggestSettings().limit,
    seconds: float | None = None,
    on_case: Callable[[str, int, int], None] = lambda _name, _done, _of: None,
) -> ReportCard:
    """Replay the cases against each contestant.

    Args:
        contestants: By name, the model first.
        cases: What is typed.
        bits_per_character: Of the model, for the card.
        limit: Items of a menu that are looked at.
        seconds: Most time for the model's replay; the others get the same cases.
        on_case: Called with the contestant's name, the cases done, and how many there are.
    """
    scores: dict[str, Score] = {}
    for name, contestant in contestants.items():
        total = len(cases)

        def done(number: int, name: str = name, total: int = total) -> None:
            on_case(name, number, total)

        scores[name] = replay(contestant, cases, limit=limit, seconds=seconds, on_case=done)
        if len(scores) == 1:
            cases, seconds = cases[: scores[name].cases], None
    model = next(iter(scores.values()))
    return ReportCard(
        cases=model.cases,
        characters=model.characters,
        rows=tuple(Row.of(name, score) for name, score in scores.items()),
        reliability=tuple(
            Reliability(round(stated / shown, 3), round(right / shown, 3), shown)
            for shown, right, stated in model.reliability
            if shown
        ),
        bits_per_character=bits_per_character,
    )


def _share(percent: float, offered: int) -> str:
    """What was offered and never right is nought; of what was never offered there is nothing to say."""
    return f"{percent:.1f}" if percent or offered else _NEVER_OFFERED


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)
