"""The short form of scripts/soak: what a suggester holds does not grow with what is typed."""

from __future__ import annotations

import gc
import random
import runpy

from lstm_complete import Suggester


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
