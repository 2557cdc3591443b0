"""The user's text: which files are read, what is left out and why, and what counts as one document."""

from __future__ import annotations

from lstm_complete.corpus.documents import Corpus, CutLine, Document, FileRead, Skipped
from lstm_complete.corpus.lines import looks_like_lines, names_a_history
from lstm_complete.corpus.reading import read_corpus

__all__ = ["Corpus", "CutLine", "Document", "FileRead", "Skipped", "looks_like_lines", "names_a_history", "read_corpus"]
