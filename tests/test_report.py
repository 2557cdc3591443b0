"""What a training shows: while it runs, and when it is done."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import pyte
import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

from lstm_complete import figures as drawing
from lstm_complete.training import progress, report
from lstm_complete.training.trainer import Progress

MOMENT = Progress("network", 0.5, 65.4, training_loss=3.21, validation_loss=3.456, accuracy=0.312)

REPORT = {
    "curve": [
        {"seconds": 1.0, "epoch": 1, "training_loss": 5.0, "validation_loss": 5.2, "validation_accuracy": 0.1},
        {"seconds": 2.0, "epoch": 2, "training_loss": 3.0, "validation_loss": 4.0, "validation_accuracy": 0.2},
    ],
    "held_out": {
        "cross_entropy": 3.4,
        "perplexity": 29.96,
        "bits_per_character": 1.5,
        "accuracy": 0.412,
        "characters": 1200,
        "tokens": 400,
        "lstm_bits_per_character": 1.8,
        "recall_bits_per_character": 1.6,
    },
    "samples": [{"input": ["git", " ch"], "target": [" ch", "eckout"], "prediction": [" ch", "\n"]}],
    "trained_on": [{"source": "a.txt", "characters": 9000, "documents": 20}],
    "characters": 9000,
    "tokens": 3000,
    "seconds": 12.3,
    "stopped": "budget",
    "parameters": 1_234_567,
}


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (65.4, "1:05"), (3725, "1:02:05"), (-1, "0:00")])
def test_time_left_reads_as_a_clock(seconds, shown):
    assert progress.clock(seconds) == shown


def test_plain_lines_show_time_left_losses_and_accuracy_once_for_each_step():
    stream = io.StringIO()
    with progress.live_progress(stream, bar=False) as show:
        show(Progress("vocabulary", 0.0, 65.4))
        for hundredth in range(100):
            show(replace(MOMENT, fraction=hundredth / 100))
    lines = stream.getvalue().splitlines()
    assert lines[0].split() == ["vocabulary", "0%", "1:05", "left"]
    assert len(lines) == 21
    assert lines[1] == "network       0%  1:05 left  loss 3.210, validation 3.456  31.2% right"


def test_time_left_that_nobody_knows_is_not_shown():
    assert progress.figures(Progress("vocabulary", 0.0, math.nan)) == ""


def test_a_terminal_gets_a_bar_with_the_same_figures():
    drawn = io.StringIO()
    output = Vt100_Output(drawn, lambda: Size(rows=24, columns=80), term="xterm", enable_cpr=False)
    with create_pipe_input() as keys, progress.progress_bar(output, keys) as show:
        show(MOMENT)
    screen = pyte.Screen(80, 24)
    pyte.Stream(screen).feed(drawn.getvalue())
    line = next(line for line in screen.display if line.strip())
    assert line.startswith("network   [===")
    assert "1:05 left  loss 3.210, validation 3.456  31.2% right" in line
    assert "50.0%" in line


def test_the_final_figures_name_each_with_its_unit():
    text = report.final_figures(REPORT)
    assert "Trained 1,234,567 parameters on 9,000 characters in 12 s; the time was used up." in text
    assert "1.500 bits a character (LSTM alone 1.800, recall alone 1.600)" in text
    assert "cross-entropy 3.400 nats a token, perplexity 30.0, 41.2% of the next tokens right by the LSTM" in text


def test_a_model_without_recall_names_no_parts():
    held_out = {**REPORT["held_out"], "recall_bits_per_character": None, "lstm_bits_per_character": None}
    assert "alone" not in report.final_figures({**REPORT, "held_out": held_out})


def test_samples_stand_side_by_side_with_their_spaces_visible():
    assert report.samples_table(REPORT["samples"]).splitlines() == [
        "input  target  prediction",
        "git    ·ch     ·ch         right",
        "·ch    eckout  ⏎",
    ]


def test_wide_characters_and_control_characters_keep_the_columns_straight():
    table = report.samples_table([{"input": ["日本", "\x1b"], "target": ["a", "b"], "prediction": ["a", "c"]}])
    assert table.splitlines()[1:] == ["日本   a       a           right", "?      b       c"]


def test_the_curve_as_text_runs_from_the_highest_loss_to_the_lowest():
    lines = report.curve_text(REPORT["curve"], width=20).splitlines()
    assert lines[1] == "   5.20 |          o"
    assert lines[12].startswith("   3.00 |")
    assert lines[12].endswith(".")
    assert lines[-1].endswith("2 s")
    assert max(map(len, lines[1:])) == 29
    assert report.curve_text([]) == "No loss was recorded."


@pytest.mark.parametrize(("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml")])
def test_the_curve_is_drawn_as_png_or_svg(tmp_path, suffix, start):
    output = tmp_path / f"curve{suffix}"
    drawing.save(output, lambda axes: report.draw_curve(axes, "default", REPORT))
    assert output.read_bytes().startswith(start)
