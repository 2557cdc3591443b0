"""What stands in one file or stream, cut into documents as what it is: lines, prose, code, a notebook."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePath

from lstm_complete.corpus import notebooks
from lstm_complete.corpus.decoding import Decoded, NotText, decode
from lstm_complete.corpus.documents import Document
from lstm_complete.corpus.lines import looks_like_lines, names_a_history

# Nobody writes a line of 100,000 characters: it is data, or code that a machine has packed.
LONGEST_LINE = 100_000
TOO_LONG = f"lines of more than {LONGEST_LINE:,} characters"
_NOTHING_SHORTER = NotText(f"nothing but {TOO_LONG}")

# Read as one text whatever it looks like: a short list in Markdown is no history, nor is a script without a blank line.
_MARKUP = (".md", ".markdown", ".rst", ".adoc", ".tex", ".org")
_CODE = (".py", ".pyi", ".js", ".ts", ".jsx", ".tsx", ".c", ".h", ".cc", ".cpp", ".hpp", ".java", ".kt", ".go", ".rs")
_SCRIPTS = (".rb", ".php", ".pl", ".lua", ".r", ".jl", ".sh", ".bash", ".zsh", ".fish", ".xsh", ".vim", ".el", ".hs")
_ONE_TEXT = frozenset((*_MARKUP, *_CODE, *_SCRIPTS))


@dataclass(frozen=True)
class Contents:
    """The documents in a file, and the account of it; see `FileRead`."""

    documents: tuple[Document, ...]
    characters: int
    lines: bool
    replaced: int = 0
    left_out: tuple[tuple[str, int], ...] = ()
    read_as: str = ""
    digest: str = ""
    size: int = 0
    modified: float | None = None


def contents_of(path: str, data: bytes, *, lines: bool | None) -> Contents | NotText:
    """Cut a file's bytes into documents.

    Args:
        path: What the documents name as their source; it says what the file is, where that is told by names.
        data: What is in it.
        lines: Whether each line is a document; None has it decided by the name and by the text.
    """
    decoded = decode(data)
    if isinstance(decoded, NotText):
        return decoded
    suffix = PurePath(path).suffix.lower()
    if suffix == notebooks.SUFFIX:
        cells = notebooks.cells_of(decoded.text)
        if isinstance(cells, NotText):
            return cells
        return _one_text(path, replace(decoded, text=cells), "notebook")
    if lines is None:
        lines = suffix not in _ONE_TEXT and (names_a_history(path) or looks_like_lines(decoded.text))
    return _each_line(path, decoded) if lines else _one_text(path, decoded)


def _each_line(path: str, decoded: Decoded) -> Contents | NotText:
    numbered = [(number, line) for number, line in enumerate(decoded.text.split("\n"), 1) if line.strip()]
    documents = tuple(Document(line, path, number) for number, line in numbered if len(line) <= LONGEST_LINE)
    if not documents:
        return _NOTHING_SHORTER
    too_long = [len(line) for _, line in numbered if len(line) > LONGEST_LINE]
    characters = len(decoded.text) - sum(too_long)
    return Contents(documents, characters, lines=True, replaced=decoded.replaced, left_out=_counted(len(too_long)))


def _one_text(path: str, decoded: Decoded, read_as: str = "") -> Contents | NotText:
    text, too_long = decoded.text, 0
    if len(text) > LONGEST_LINE:
        lines = text.split("\n")
        kept = [line if len(line) <= LONGEST_LINE else "" for line in lines]  # the others keep their numbers
        text, too_long = "\n".join(kept), sum(len(line) > LONGEST_LINE for line in lines)
    if not text.strip():
        return _NOTHING_SHORTER
    documents = (Document(text, path),)
    return Contents(
        documents, len(text), lines=False, replaced=decoded.replaced, left_out=_counted(too_long), read_as=read_as
    )


def _counted(too_long: int) -> tuple[tuple[str, int], ...]:
    return ((TOO_LONG, too_long),) if too_long else ()
