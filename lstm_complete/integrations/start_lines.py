"""What each host has to read at its start, and in which file."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SHELLS = Path(__file__).parent / "shells"


@dataclass(frozen=True)
class Host:
    """A host that reads a start-up file.

    Attributes:
        lines: What to add to it.
        file: Where it is for this user; None where there is no such file, only something to read.
        comment: What starts a comment in it.
    """

    lines: Callable[[], str]
    file: Callable[[], Path] | None
    comment: str = "#"


def _shell(script: str, assignment: str = "{}={}") -> Callable[[], str]:
    """Lines that load a script of ours, as long as it is there, and name the Python that it is to run."""

    def lines() -> str:
        path, python = (shlex.quote(str(one)) for one in (_SHELLS / script, sys.executable))
        load = f"test -r {path} && source {path}" if script.endswith("fish") else f"[[ ! -r {path} ]] || source {path}"
        return f"{assignment.format('LSTM_COMPLETE_PYTHON', python)}\n{load}"

    return lines


def _text(lines: str) -> Callable[[], str]:
    return lambda: lines


def _nvim() -> str:
    from lstm_complete.integrations.nvim import init_lines  # noqa: PLC0415 - of one host of many

    lines = init_lines()
    return lines if _nvim_file().suffix == ".lua" else f"lua << LSTM_COMPLETE\n{lines}\nLSTM_COMPLETE"


def _home(*names: str) -> Path:
    return Path.home().joinpath(*names)


def _variable(name: str, default: Path) -> Path:
    return Path(os.environ.get(name) or default)


def _config(*names: str) -> Path:
    return _variable("XDG_CONFIG_HOME", _home(".config")).joinpath(*names)


def _nvim_file() -> Path:
    """init.vim where that is what the user has: Neovim reads one of the two."""
    vim = _config("nvim", "init.vim")
    return vim if vim.exists() else _config("nvim", "init.lua")


# The three below may be read by a host in an environment without lstm-complete, which then goes on as if they were not.
_IPYTHON = """\
import importlib.util
if importlib.util.find_spec("lstm_complete"):
    get_config().InteractiveShellApp.extensions.append("lstm_complete")"""

# It may stand behind a `configure` of the user's, which it then calls first.
_PTPYTHON = """\
def configure(repl, _before=globals().get("configure")):
    if _before:
        _before(repl)
    try:
        from lstm_complete.integrations.ptpython import install
    except ModuleNotFoundError:
        return
    install(repl)"""

_XONSH = "xontrib load --suppress-warnings lstm_complete"

_VSCODE = """\
// VS Code needs an extension that starts language servers: let it start "lstm-complete lsp" (docs/hosts/vscode.md).
// Into settings.json:
{ "editor.inlineSuggest.enabled": true }"""

_PYTHON = """\
# The prompt of python itself completes at Tab only, in alphabetical order: there is nothing to hook into.
# Use IPython (lstm-complete init ipython) or ptpython (lstm-complete init ptpython)."""

HOSTS = {
    "bash": Host(_shell("lstm_complete.bash"), lambda: _home(".bashrc")),
    "blesh": Host(_shell("lstm_complete.blesh"), lambda: _home(".bashrc")),
    "fish": Host(_shell("lstm_complete.fish", "set --global {} {}"), lambda: _config("fish", "config.fish")),
    "ipython": Host(
        _text(_IPYTHON),
        lambda: _variable("IPYTHONDIR", _home(".ipython")) / "profile_default" / "ipython_config.py",
    ),
    "nvim": Host(_nvim, _nvim_file, "--"),
    "ptpython": Host(_text(_PTPYTHON), lambda: _variable("PTPYTHON_CONFIG_HOME", _config("ptpython")) / "config.py"),
    "python": Host(_text(_PYTHON), None),
    "vscode": Host(_text(_VSCODE), None, "//"),
    "xonsh": Host(_text(_XONSH), lambda: _home(".xonshrc")),
    "zsh": Host(_shell("lstm_complete.zsh"), lambda: _variable("ZDOTDIR", _home()) / ".zshrc"),
}
