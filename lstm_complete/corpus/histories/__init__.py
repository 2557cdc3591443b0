"""Histories of shells, REPLs and databases, each read in its own format; and commit messages."""

from __future__ import annotations

from lstm_complete.corpus.histories.places import Places
from lstm_complete.corpus.histories.source import ALL, FORMATS, Source, find, found_on_this_machine, is_there

__all__ = ["ALL", "FORMATS", "Places", "Source", "find", "found_on_this_machine", "is_there"]
