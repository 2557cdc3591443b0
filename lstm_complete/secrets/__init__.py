"""Secrets in text: what they look like, where they stand, and how they are kept out of models and of prompts.

Our own rules need nothing but `re` and guard every key; in training detect-secrets is asked beside them.
"""

from __future__ import annotations

from lstm_complete.secrets.cutting import Cut, Cutter, SecretFilter
from lstm_complete.secrets.files import NAMED_LIKE_A_SECRET, is_named_like_a_secret
from lstm_complete.secrets.finding import MASK, find_secrets, first_secret, masked
from lstm_complete.secrets.personal import exclusions, exclusions_path
from lstm_complete.secrets.rules import Span

__all__ = [
    "MASK",
    "NAMED_LIKE_A_SECRET",
    "Cut",
    "Cutter",
    "SecretFilter",
    "Span",
    "exclusions",
    "exclusions_path",
    "find_secrets",
    "first_secret",
    "is_named_like_a_secret",
    "masked",
]
