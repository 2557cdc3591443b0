"""Jupyter notebooks: what stands in the cells, and nothing of the JSON around them or of what the cells put out."""

from __future__ import annotations

import json
import re

from lstm_complete.corpus.decoding import NotText

SUFFIX = ".ipynb"

_NOT_A_NOTEBOOK = NotText("no notebook: expected JSON with cells")
_KINDS = frozenset({"markdown", "code", "raw", "heading"})
_PASTED_IMAGE = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,[A-Za-z0-9+/=\s]*")


def cells_of(text: str) -> str | NotText:
    """The sources of a notebook's cells, one blank line between them.

    Outputs were written by a machine, and are left out; so are attachments, and images pasted into a cell.
    """
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError):
        return _NOT_A_NOTEBOOK
    cells = _cells(notebook)
    if cells is None:
        return _NOT_A_NOTEBOOK
    sources = [_source(cell).strip("\n") for cell in cells]
    joined = "\n\n".join(source for source in sources if source.strip())
    return f"{joined}\n" if joined else NotText("a notebook without text in its cells")


def _cells(notebook: object) -> list[object] | None:
    """Of format 4; before it, cells stood in worksheets."""
    if not isinstance(notebook, dict):
        return None
    sheets = notebook.get("worksheets")
    pages = [notebook, *(sheets if isinstance(sheets, list) else [])]
    found = [page["cells"] for page in pages if isinstance(page, dict) and isinstance(page.get("cells"), list)]
    return [cell for cells in found for cell in cells] if found else None


def _source(cell: object) -> str:
    if not isinstance(cell, dict) or cell.get("cell_type") not in _KINDS:
        return ""
    source = cell.get("source", cell.get("input", ""))
    lines = source if isinstance(source, list) else [source]
    joined = "".join(line for line in lines if isinstance(line, str))
    whole = joined.encode("utf-8", "replace").decode()  # JSON can spell half a surrogate pair
    return _PASTED_IMAGE.sub("", whole)
