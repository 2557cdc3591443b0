"""The short form of scripts/soak: what a suggester holds does not grow with what is typed."""

from __future__ import annotations

import gc
import random
import runpy

from lstm_complete import Suggester
from lstm_complete.tree import Node


def test_typing_on_holds_no_more_objects(model_path, text_path, checkout):
    soak = runpy.run_path(str(checkout / "scripts" / "soak"), run_name="soak")
    lines = [line for line in text_path.read_text("utf-8").splitlines() if line.strip()][:150]
    typing = soak["typed"](Suggester.load(model_path), lines, random.Random(0))  # noqa: S311

    def objects_after(count):
        for _ in range(count):
            next(typing)
        gc.collect()
        return len(gc.get_objects())

    objects_after(30)
    first = objects_after(10)
    assert objects_after(40) < 1.25 * first


def test_what_was_asked_is_not_kept_without_end(model_path):
    suggester = Suggester.load(model_path)

    def places_after(texts):
        for text in texts:
            suggester.suggest(text)
        gc.collect()
        return sum(type(each) is Node for each in gc.get_objects())

    texts = [f"{before} {number}" for number in range(600) for before in ("Return", "Raise")]
    first = places_after(texts[:200])
    last = places_after(texts[200:])
    assert last < 2 * first, (first, last)
