"""Packages to plain text: markup away, repetitions away, nothing that is refused."""

from __future__ import annotations

import gzip
import hashlib
import re
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lstm_complete.secrets import Cutter, SecretFilter
from starter.sources import REFUSED_NAMES, REFUSED_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starter.gather import Package

_KINDS = {
    ".py": "python", ".pyi": "python", ".js": "javascript", ".mjs": "javascript", ".ts": "javascript",
    ".md": "markdown", ".markdown": "markdown", ".rst": "markdown", ".txt": "prose", ".sql": "sql", ".sh": "shell",
    ".zsh": "shell", ".bash": "shell", ".html": "prose", ".yml": "settings", ".yaml": "settings", ".toml": "settings",
}  # fmt: skip
_OF_SOURCES = {"shell", "sql"}
_LANGUAGES = {"en": "prose", "fr": "french", "de": "german", "es": "spanish"}

# Most characters of each kind in the whole: code is easy to have, and would drown the rest.
LIMITS = {"python": 26_000_000, "javascript": 5_000_000, "settings": 1_000_000}
_SHARES = {"python": 0.75, "javascript": 0.25, "settings": 0.05}  # of one package's limit

_SMALLEST, _LARGEST, _PIECE = 250, 3_000_000, 24_000
_SKIPPED = re.compile(
    r"(^|/)(_vendor|vendor|_vendored|node_modules|locale|locales|dist|min|fixtures|migrations|__pycache__|genindex|"
    r"_modules|generated|test_data|testdata|licenses?|search|snapshots?|bundled|static)(/|\.|$)|"
    r"\.(min\.js|d\.ts|bundle\.js)$|(_static|/genindex|/py-modindex|/search).*\.html$|/man/[a-z]{2}(_[A-Z]+)?/",
    re.IGNORECASE,
)
# Files whose place says more than their suffix.
_BY_PLACE = (
    (re.compile(r"\.dist-info/METADATA$"), "markdown"),
    (re.compile(r"/man\d?/[^/]+\.\d\w*(\.gz)?$|/NEWS\.gz$"), "prose"),
    (re.compile(r"/zsh/(functions|\d[^/]*)/.*/_?[\w-]+$"), "shell"),
    (re.compile(r"^(?!.*(_sources/|/docs?/|README|CHANGES|NEWS|HISTORY)).*\.txt$"), None),
)
_BOILERPLATE = (
    "script, style, nav, header, footer, form, svg, .headerlink, .sphinxsidebar, .navheader, .navfooter, .toc, .related, "
    ".nav-wrapper, .contents, #preamble, #quickview, .sidebar, .toctree-wrapper, .up, .topbar, .fancy"
)
_COMMAND = re.compile(r"^\s*(?:\$|%|sh>|❯) (\S.*)$")
_PROGRAMS = """
    aws az awk basename brew bzip2 cargo cat cd chmod chown cmake conda cp crontab curl cut date dd df diff dig dirname
    docker du echo egrep env export expr file find for gcc git gpg grep gunzip gzip head helm hostname ifconfig ip kill
    kubectl less ln locate ls lsof make md5sum mkdir mount mv nc netstat node npm npx openssl paste perl pg_dump ping pip
    pipx pkill poetry pr printf ps psql pwd python python3 rename rev rm rmdir rsync scp sed seq sha256sum sleep sort
    split sqlite3 ssh ssh-keygen stat strings su sudo systemctl tac tail tar tee test time tmux touch tr tree type ulimit
    umount uname uniq unzip uv vim watch wc wget which while whoami xargs xxd yarn yes zcat zgrep zip
""".split()
_INDENTED_COMMAND = re.compile(rf"^\s{{3,}}((?:{'|'.join(_PROGRAMS)}) \S.*)$")
_SHELL_SCRIPT = re.compile(rb"#! ?/(?:usr/)?bin/(?:env )?(?:ba|z|da)?sh\b")
_SHELL_BLOCK = re.compile(r"^```(?:sh|bash|shell|console|zsh|shell-session)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Text:
    """One cleaned text: what it is ("python", "prose", "commands", ...), and whose."""

    kind: str
    source: str
    text: str


@dataclass
class Seen:
    """What was taken so far, so that nothing is taken twice."""

    documents: set[bytes] = field(default_factory=set)
    lines: set[int] = field(default_factory=set)
    commands: set[str] = field(default_factory=set)
    characters: dict[str, int] = field(default_factory=dict)

    def is_new(self, text: str) -> bool:
        """Whether a text is not one taken before, and most of its longer lines are not either."""
        digest = hashlib.sha256(text.encode()).digest()
        lines = [hash_of(line) for line in text.splitlines() if len(line) > 30]
        repeated = sum(line in self.lines for line in lines)
        if digest in self.documents or repeated * 2 > len(lines):
            return False
        self.documents.add(digest)
        self.lines.update(lines)
        return True


def hash_of(line: str) -> int:
    """The same number for the same line in every run."""
    return int.from_bytes(hashlib.blake2b(line.strip().encode(), digest_size=8).digest(), "big")


def texts(package: Package, seen: Seen) -> Iterator[Text]:
    """What a package gives, up to its limit; the same in every run."""
    taken: dict[str, int] = {}
    folder = package.unpacked()
    paths = sorted(folder.rglob("*"), key=lambda path: _order(str(path.relative_to(folder))))
    for path in paths:
        name = str(path.relative_to(folder))
        if not path.is_file() or path.is_symlink() or is_refused(name):
            continue
        kind = _kind(name) or _by_first_line(path)
        if kind is None or (package.origin == "pypi source" and kind not in _OF_SOURCES):
            continue
        if sum(taken.values()) >= package.limit:
            break
        if taken.get(kind, 0) >= package.limit * _SHARES.get(kind, 1) or seen.characters.get(kind, 0) >= LIMITS.get(
            kind, 10**12
        ):
            continue
        for text in _read(path, name, kind):
            for found in _taken(kind, package, text, seen):
                taken[kind] = taken.get(kind, 0) + len(found.text)
                seen.characters[found.kind] = seen.characters.get(found.kind, 0) + len(found.text)
                yield found


def _taken(kind: str, package: Package, text: str, seen: Seen) -> Iterator[Text]:
    text = _without_secrets(_tidied(text))
    if not _is_text(text) or any(word in text.lower() for word in REFUSED_TEXT) or not seen.is_new(text):
        return
    for piece in _pieces(text):
        yield Text(kind, package.name, piece)
    explains = kind in {"prose", "markdown"}
    fresh = [command for command in (_commands(text) if explains else ()) if command not in seen.commands]
    seen.commands.update(fresh)
    for command in dict.fromkeys(fresh):
        yield Text("commands", package.name, command)


def _order(name: str) -> tuple[bool, bytes]:
    """Texts that explain before code, else by chance, the same chance each time."""
    explains = _kind(name) in {"prose", "markdown", "french", "german", "spanish"}
    return not explains, hashlib.sha256(name.encode()).digest()


def _kind(name: str) -> str | None:
    """What a file is, by its name; None for what is not read."""
    if _SKIPPED.search(name):
        return None
    for pattern, kind in _BY_PLACE:
        if pattern.search(name):
            return kind
    if language := re.search(r"/(?:manual|help)/([a-z]{2}(?:-[a-z]+)?)/.*\.html$", name):
        return _LANGUAGES.get(language[1])
    suffix = re.search(r"(\.\w+)$", name)
    return _KINDS.get(suffix[1]) if suffix else None


def _by_first_line(path: Path) -> str | None:
    """A shell script needs no suffix."""
    with path.open("rb") as file:
        return "shell" if _SHELL_SCRIPT.match(file.read(40)) else None


def is_refused(name: str) -> bool:
    """Whether a path belongs to what the measurements use."""
    parts = re.split(r"[/.]", name.lower())
    return any(part in REFUSED_NAMES for part in parts) or any("prompt_toolkit" in part for part in parts)


def _read(path: Path, name: str, kind: str) -> Iterator[str]:
    if not _SMALLEST <= path.stat().st_size <= _LARGEST:
        return
    if "/_sources/" not in name and name.endswith(".html") and _has_sources(path):
        return
    data = path.read_bytes()
    if name.endswith(".gz"):
        data = gzip.decompress(data)
    if re.search(r"/man\d?/[^/]+$", name):
        yield _manual(data)
    elif ".html" in path.name:
        yield _from_html(data)
    elif name.endswith("METADATA"):
        yield data.decode(errors="replace").partition("\n\n")[2]
    else:
        text = data.decode(errors="replace")
        yield _without_notice(text) if kind in {"python", "javascript", "shell"} else text


def _has_sources(path: Path) -> bool:
    """Whether the text that a page was made from is there too."""
    return any((parent / "_sources").is_dir() for parent in path.parents[:6])


def _manual(page: bytes) -> str:
    plain = "groff -mandoc -Tutf8 -P-cbou -rHY=0 -rLL=120n -dAD=l 2>/dev/null"
    return subprocess.run(plain, shell=True, input=page, capture_output=True, check=False).stdout.decode(
        errors="replace"
    )


def _from_html(page: bytes) -> str:
    from bs4 import BeautifulSoup
    from markdownify import MarkdownConverter

    soup = BeautifulSoup(page, "lxml")
    main = soup.select_one("main, [role=main], div.body, article, #page-content, #apicontent") or soup.body
    if main is None:
        return ""
    for part in main.select(_BOILERPLATE):
        part.decompose()
    return MarkdownConverter(heading_style="ATX", strip=["a", "img"], escape_misc=False, escape_underscores=False,
                             escape_asterisks=False).convert_soup(main)  # fmt: skip


def _without_notice(text: str) -> str:
    """Code without the licence that stands before it, which would be learned by heart."""
    head = re.match(r"(?:(?:#|//| \*|/\*|\*/).*\n|\s*\n)*", text)
    if head and re.search(r"licen[cs]e|copyright", head[0], re.IGNORECASE):
        return text[head.end() :]
    return text


def _tidied(text: str) -> str:
    text = (
        text.replace("\r\n", "\n")
        .replace("\t", "    " if "\n    " in text else "\t")
        .replace("\xa0", " ")
        .replace("¶", "")
    )
    lines = [line.rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line for line in lines if len(line) < 1200)).strip("\n")


def _without_secrets(text: str) -> str:
    """The text without the lines that would be cut from a user's: what looks like a secret is not to be suggested."""
    pieces, _ = Cutter(SecretFilter(thorough=False)).cut(text)
    return "\n".join(piece for _, piece in pieces)


def _is_text(text: str) -> bool:
    if len(text) < _SMALLEST:
        return False
    lines = text.count("\n") + 1
    latin = sum(character < "\u0250" for character in text[:4000]) / min(len(text), 4000)
    letters = sum(character.isalpha() or character == " " for character in text[:4000]) / min(len(text), 4000)
    return len(text) / lines < 300 and latin > 0.97 and letters > 0.55


def _pieces(text: str) -> Iterator[str]:
    """A long text in parts that begin at a paragraph."""
    while len(text) > 1.5 * _PIECE:
        cut = text.find("\n\n", _PIECE)
        if cut < 0 or cut > 2 * _PIECE:
            cut = text.find("\n", _PIECE)
        if cut < 0:
            break
        yield text[:cut]
        text = text[cut:].lstrip("\n")
    yield text


def _commands(text: str) -> Iterator[str]:
    """What is to be typed at a shell, as a history keeps it: a line a document."""
    for line in text.splitlines():
        if (found := _COMMAND.match(line) or _INDENTED_COMMAND.match(line)) and 4 < len(found[1]) < 300:
            yield found[1].rstrip("\\ ")
    for block in _SHELL_BLOCK.findall(text):
        for line in block.splitlines():
            if len(line) > 4 and not line.startswith(("#", " ", "$", ">")):
                yield line.rstrip("\\ ")
