"""`python -m lstm_complete` is `lstm-complete`."""

from __future__ import annotations

import sys

from lstm_complete.cli import main

if __name__ == "__main__":
    sys.exit(main())
