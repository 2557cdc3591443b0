"""Which entries of a history count, and how often.

What a person typed is no sample of what they want to type again: it holds slips, and habits of years ago. Recall counts
lines, so the way to weigh a line is to choose how many of its occurrences are read.

- *Failed* commands. A slip is corrected, not repeated; what is right and failed for a reason outside is tried again. So
  a line that failed each time is read once where it was tried again as it stands, and not at all otherwise. Of a line
  that ever succeeded the failures are left out.
- *Old* repetitions. Each occurrence weighs 1/2 for every `HALF_LIFE_DAYS` before the latest entry; of a line as many
  occurrences are read as all of its occurrences weigh together, the latest, and one at the least: nothing is unlearned
  for its age alone. Occurrences are never added: held-out text must not have copies in the text that was read.

The age is counted from the latest entry, so that a history reads the same tomorrow. A clock may have gone backwards:
nothing is sorted by time. A time in the future says that a clock was wrong, and is none: it leaves the entry here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from lstm_complete.corpus.contents import LONGEST_LINE, TOO_LONG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lstm_complete.corpus.histories.entry import Entry

HALF_LIFE_DAYS = 90  # a habit of last quarter counts half as much as today's; not measured

HIDDEN = "lines that start with a space"
IGNORED = "lines that match HISTIGNORE or HISTORY_IGNORE"
FAILED = "commands that failed"
OLD = "repetitions of long ago"

_DAY_S = 86_400.0
_SLACK_S = _DAY_S  # two machines' clocks and time zones


class Worth(NamedTuple):
    """The entries that count, in their order, and how many were left out for which reason."""

    entries: list[Entry]
    left_out: tuple[tuple[str, int], ...]


def worth(
    entries: Iterable[Entry], *, now: float, leading_space_hides: bool, ignored: Callable[[str], bool] | None
) -> Worth:
    """Choose the entries to learn from.

    Args:
        entries: All that stand in the history, oldest first.
        now: Seconds since 1970; later times are wrong, and what is returned has none of them.
        leading_space_hides: Whether a line that starts with a space was meant to be kept out.
        ignored: Whether the user's patterns keep a line out.
    """
    left_out: Counter[str] = Counter()

    def is_wanted(entry: Entry) -> bool:
        reason = _reason_against(entry.text, leading_space_hides, ignored)
        if reason:
            left_out[reason] += 1
        return not reason

    written = (entry._replace(time=_possible(entry.time, now)) for entry in entries if entry.text.strip())
    wanted = [entry for entry in written if is_wanted(entry)]
    sound = _without_failures(wanted)
    fresh = _without_old_repetitions(sound)
    left_out[FAILED] = len(wanted) - len(sound)
    left_out[OLD] = len(sound) - len(fresh)
    return Worth(fresh, tuple((reason, count) for reason, count in left_out.items() if count))


def _reason_against(text: str, leading_space_hides: bool, ignored: Callable[[str], bool] | None) -> str | None:
    if leading_space_hides and text[0].isspace():
        return HIDDEN
    if ignored and ignored(text):
        return IGNORED
    if len(text) > LONGEST_LINE and any(len(line) > LONGEST_LINE for line in text.split("\n")):
        return TOO_LONG
    return None


def _without_failures(entries: Sequence[Entry]) -> list[Entry]:
    succeeded = {entry.text for entry in entries if not entry.failed}
    failures = Counter(entry.text for entry in entries if entry.failed)
    sound: list[Entry] = []
    tried_again: set[str] = set()
    for entry in entries:
        if not entry.failed:
            sound.append(entry)
        elif failures[entry.text] > 1 and entry.text not in succeeded | tried_again:
            tried_again.add(entry.text)
            sound.append(entry)
    return sound


def _without_old_repetitions(entries: Sequence[Entry]) -> list[Entry]:
    latest = max((entry.time for entry in entries if entry.time), default=0.0)
    weights: dict[str, float] = defaultdict(float)
    for entry in entries:
        days = (latest - (entry.time or latest)) / _DAY_S
        weights[entry.text] += 0.5 ** (days / HALF_LIFE_DAYS)
    left = {text: max(1, round(total)) for text, total in weights.items()}
    fresh = []
    for entry in reversed(entries):
        if left[entry.text]:
            left[entry.text] -= 1
            fresh.append(entry)
    return fresh[::-1]


def _possible(time: float | None, now: float) -> float | None:
    return float(time) if time is not None and 0 < time <= now + _SLACK_S else None
