"""`lstm-complete try`, `suggest` and `why`: ask a model, at a prompt or from a script."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from lstm_complete.cli.arguments import count
from lstm_complete.cli.printing import printable
from lstm_complete.settings import DEFAULT_NAME, SuggestSettings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from lstm_complete.cli.arguments import Commands
    from lstm_complete.evaluate import Case
    from lstm_complete.suggest import Suggester, Suggestion

_EXAMPLES = 3


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the commands to the parser."""
    parser = commands.add_parser("try", help="type at a prompt that a model completes")
    parser.add_argument("name", nargs="?", default=DEFAULT_NAME, help="the model (default: %(default)s)")
    parser.add_argument("--multiline", action="store_true", help="Enter begins a new line; Alt-Enter ends the text")
    parser.set_defaults(run=run_try)

    parser = commands.add_parser("suggest", help="print what a model suggests after a text")
    parser.add_argument("text", metavar="TEXT", help="the text before the cursor")
    parser.add_argument("--name", default=DEFAULT_NAME, help="the model (default: %(default)s)")
    parser.add_argument(
        "--limit", type=count, default=SuggestSettings().limit, metavar="N", help="words (default: %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run_suggest)

    parser = commands.add_parser("why", help="explain what a model suggests after a text, and where it has read it")
    parser.add_argument("name", metavar="NAME", help="the model")
    parser.add_argument("text", metavar="TEXT", help="the text before the cursor")
    parser.add_argument("--shown", metavar="TEXT", help="what is suggested there (default: what would be)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run_why)


def run_try(options: argparse.Namespace) -> int:
    """Open the live prompt."""
    from lstm_complete.integrations import live_prompt  # noqa: PLC0415 - no other command needs it

    return live_prompt.run(options.name, multiline=options.multiline)


def run_suggest(options: argparse.Namespace) -> int:
    """Print words and phrase."""
    from lstm_complete.suggest import Suggester  # noqa: PLC0415 - numpy

    suggester = Suggester.load(options.name)
    words = suggester.suggest(options.text, options.limit)
    phrase = suggester.continuation(options.text)
    if options.json:
        found = {
            "text": options.text,
            "suggestions": [asdict(word) for word in words],
            "continuation": asdict(phrase) if phrase else None,
        }
        print(json.dumps(found, ensure_ascii=False))
        return 0
    partial = suggester.partial_word(options.text)
    for word in words:
        print(printable(f"{word.probability:4.0%}  {partial + word.text}"))
    if phrase:
        print(printable(f"{phrase.probability:4.0%}  {options.text}|{phrase.text}"))
    return 0


def run_why(options: argparse.Namespace) -> int:
    """Print the shares of a suggestion, and the lines it was recalled from."""
    from lstm_complete.suggest import Suggester  # noqa: PLC0415 - numpy

    why = Suggester.load(options.name).why(options.text, options.shown)
    if options.json:
        print(json.dumps(asdict(why) if why else None, ensure_ascii=False))
    elif why is None:
        print("nothing is suggested there")
    else:
        print(printable("\n".join(why.lines(options.text))))
    return 0


def suggestions_within(suggester: Suggester, cases: Sequence[Case]) -> Iterator[str]:
    """Lines that show what a model suggests in the midst of a few of these cases."""
    step = max(1, len(cases) // _EXAMPLES)
    for number, case in enumerate(cases[::step][:_EXAMPLES], 1):
        cut = max(1, len(case.target) * number // (_EXAMPLES + 1))
        before = case.context + case.target[:cut]
        phrase = suggester.continuation(before)
        yield f"  {case.target[:cut]}|{_one_line(phrase.text) if phrase else ''}"
        yield f"      {_menu(suggester.partial_word(before), suggester.suggest(before))}"


def _menu(partial_word: str, words: Sequence[Suggestion]) -> str:
    return "   ".join(f"{_one_line(partial_word + word.text).strip()} {word.probability:.0%}" for word in words)


def _one_line(text: str) -> str:
    return text.replace("\n", "⏎")
