"""Print what a model suggests within lines that it was not trained on: `suggest_held_out.py MODEL FILE`."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from lstm_complete import Suggester

SHOWN = 10
SHORTEST = 40
PROSE = 0.9


def main() -> None:
    """Cut lines drawn with a fixed seed in their second half, and show the ghost and the menu at the cut."""
    suggester = Suggester.load(sys.argv[1])
    lines = Path(sys.argv[2]).read_text(encoding="utf-8").split("\n")
    draw = random.Random(1)  # noqa: S311 - a choice of examples, not a secret
    numbers = draw.sample([number for number, line in enumerate(lines) if _is_prose(line)], SHOWN)
    print("What the model suggests at | in lines that it has not read:\n")
    for number in sorted(numbers):
        line = lines[number]
        cut = draw.randrange(len(line) // 2, len(line) - 8)
        before = "\n".join([*lines[max(0, number - 10) : number], line[:cut]])
        ghost = suggester.continuation(before)
        partial = suggester.partial_word(before)
        words = [f"{partial + word.text} {word.probability:.0%}" for word in suggester.suggest(before)]
        print(f"  {line[:cut].strip()}|{ghost.text if ghost else ''}")
        print(f"      written: {line[cut:]}")
        print(f"      menu:    {',  '.join(words)}\n")


def _is_prose(line: str) -> bool:
    """Neither a rule nor a table."""
    letters = sum(character.isalpha() or character == " " for character in line)
    return "|" not in line and len(line) >= SHORTEST and letters >= PROSE * len(line)


if __name__ == "__main__":
    main()
