"""The plugin for Neovim, and the lines that load it."""

from __future__ import annotations

from pathlib import Path

PLUGIN = Path(__file__).with_name("lstm_complete.lua")


def init_lines() -> str:
    """What goes into the user's init.lua."""
    return f"dofile([[{PLUGIN}]]).setup({{ options = {{ model = 'default' }} }})"
