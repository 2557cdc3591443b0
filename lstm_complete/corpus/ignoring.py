"""What .gitignore files exclude, nested ones and those of the folders above included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lstm_complete.errors import MissingExtraError

if TYPE_CHECKING:
    from pathlib import Path

    from pathspec import GitIgnoreSpec

RULES_NAME = ".gitignore"


@dataclass(frozen=True)
class Layer:
    """One .gitignore: the folder it stands in, resolved, and its patterns."""

    folder: Path
    patterns: GitIgnoreSpec

    def verdict(self, path: Path, *, is_folder: bool) -> bool | None:
        """Whether a path inside the folder is excluded; None where no pattern says anything."""
        inside = path.relative_to(self.folder).as_posix() + ("/" if is_folder else "")
        include: bool | None = self.patterns.check_file(inside).include
        return include


@dataclass(frozen=True)
class IgnoreRules:
    """The rules that hold in one folder, outermost first."""

    layers: tuple[Layer, ...] = ()

    def within(self, folder: Path) -> IgnoreRules:
        """The rules inside a folder: these, and its own .gitignore where it has one.

        Raises:
            OSError: If it has one that cannot be read.
        """
        rules = folder / RULES_NAME
        if not rules.is_file():
            return self
        patterns = rules.read_bytes().decode("utf-8-sig", "replace").splitlines()
        return IgnoreRules((*self.layers, Layer(folder, _compile(patterns))))

    def excluded_by(self, path: Path, *, is_folder: bool) -> str | None:
        """The .gitignore that excludes a path, or None. As in git, the innermost that says anything decides."""
        for layer in reversed(self.layers):
            verdict = layer.verdict(path, is_folder=is_folder)
            if verdict is not None:
                return f"{layer.folder.name}/{RULES_NAME}" if verdict else None
        return None


def rules_above(folder: Path) -> IgnoreRules:
    """The rules that the repository around a folder sets for what is in it.

    Rules which exclude the folder itself are left out: the user has named it, and wants it read.
    """
    around = [folder, *folder.parents]
    roots = [place for place in around if (place / ".git").exists()]
    if not roots:
        return IgnoreRules()
    rules = IgnoreRules()
    for parent in reversed(around[1 : around.index(roots[0]) + 1]):
        rules = rules.within(parent)
    return IgnoreRules(tuple(layer for layer in rules.layers if not _excludes(layer, folder)))


def _excludes(layer: Layer, folder: Path) -> bool:
    """Whether a layer excludes a folder, or one of those around it."""
    inside = [place for place in (folder, *folder.parents) if layer.folder in place.parents]
    return any(layer.verdict(place, is_folder=True) for place in inside)


def _compile(patterns: list[str]) -> GitIgnoreSpec:
    try:
        from pathspec import GitIgnoreSpec  # noqa: PLC0415 - the runtime does without it
    except ImportError:
        raise MissingExtraError("pathspec", "train", "Reading a folder with a .gitignore") from None
    kept = []
    for pattern in patterns:
        try:
            GitIgnoreSpec.from_lines([pattern])
        except ValueError:  # git passes over a pattern that makes no sense
            continue
        kept.append(pattern)
    return GitIgnoreSpec.from_lines(kept)
