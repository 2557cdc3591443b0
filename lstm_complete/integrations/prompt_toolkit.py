"""prompt_toolkit: words in the menu, a phrase in grey behind the cursor, and the keys that take them.

    session = PromptSession(
        completer=LSTMCompleter("default"),
        auto_suggest=LSTMAutoSuggest("default"),
        key_bindings=key_bindings(),
        complete_while_typing=True,
    )
    session.prompt("> ", pre_run=prime)

prompt_toolkit asks for nothing before the first key; `prime` asks at the empty prompt. `enable_history_search` switches
`complete_while_typing` off. `DeduplicateCompleter`, `ConditionalAutoSuggest` and `complete_in_thread` have no async
methods or wait for the work: leave them out, `Switch` and the worker do their part.
"""

from __future__ import annotations

from lstm_complete.integrations.ghost import Ghost, LSTMAutoSuggest
from lstm_complete.integrations.ghost_keys import GhostKeys, key_bindings, prime
from lstm_complete.integrations.menu import LSTMCompleter
from lstm_complete.integrations.switch import SWITCH, Switch

__all__ = ["SWITCH", "Ghost", "GhostKeys", "LSTMAutoSuggest", "LSTMCompleter", "Switch", "key_bindings", "prime"]
