"""The programs that tests drive: skipped by name where one is missing, and a failure where none may be."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

# Set by .ci/run, which installs every host.
ALL_HOSTS_VARIABLE = "LSTM_COMPLETE_ALL_HOSTS"

ZSH_AUTOSUGGESTIONS = Path("/usr/share/zsh-autosuggestions/zsh-autosuggestions.zsh")

# Hosts that are files instead of programs.
_FILES = {"zsh-autosuggestions": ZSH_AUTOSUGGESTIONS}

# Hosts that run in this very Python.
_MODULES = {"ipython": "IPython", "ptpython": "ptpython", "xonsh": "xonsh", "litecli": "litecli"}


def needs(*hosts):
    """A mark for tests, or for `pytestmark`: they run where all of these are installed, and are skipped elsewhere.

    With LSTM_COMPLETE_ALL_HOSTS=1 a missing one is an error instead.
    """
    missing = [host for host in hosts if not _is_installed(host)]
    if missing and os.environ.get(ALL_HOSTS_VARIABLE) == "1":
        raise RuntimeError(f"{ALL_HOSTS_VARIABLE}=1 asks for every host, but {', '.join(missing)} is not installed")
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


def _is_installed(host):
    if host in _MODULES:
        return find_spec(_MODULES[host]) is not None
    return _FILES[host].is_file() if host in _FILES else shutil.which(host) is not None
