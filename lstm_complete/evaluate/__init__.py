"""The report card of a model: held-out text typed again, key by key, and the keys counted that it saves."""

from __future__ import annotations

from lstm_complete.evaluate.alternatives import FrequentWords, HistoryPrefix, with_sources
from lstm_complete.evaluate.card import ReportCard, Row, report_card
from lstm_complete.evaluate.chart import bar_chart
from lstm_complete.evaluate.replay import (
    Case,
    Contestant,
    Ghost,
    PromptToolkitContestant,
    Score,
    document_cases,
    line_cases,
    replay,
)

__all__ = [
    "Case",
    "Contestant",
    "FrequentWords",
    "Ghost",
    "HistoryPrefix",
    "PromptToolkitContestant",
    "ReportCard",
    "Row",
    "Score",
    "bar_chart",
    "document_cases",
    "line_cases",
    "replay",
    "report_card",
    "with_sources",
]
