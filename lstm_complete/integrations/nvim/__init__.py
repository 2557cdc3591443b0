"""The plugin for Neovim, and the lines that load it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

PLUGIN = Path(__file__).with_name("lstm_complete.lua")


def init_lines() -> str:
    """What goes into the user's init.lua: loads the plugin as long as it is there.

    The server is that of this environment, which Neovim's own PATH need not know.
    """
    command = shutil.which("lstm-complete", path=str(Path(sys.executable).parent)) or "lstm-complete"
    return f"""\
if vim.fn.filereadable([[{PLUGIN}]]) == 1 then
  dofile([[{PLUGIN}]]).setup({{
    cmd = {{ [[{command}]], "lsp" }},
    options = {{ model = "default" }},
  }})
end"""
